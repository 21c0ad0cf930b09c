import type { Image, Platform } from '../core/image.ts';
import type { Limits } from '../core/limits.ts';
import { parsePlatform } from './manifest/platform.ts';
import type { OpenOptions } from './open.ts';

/** What of a location is wanted, and how far one may go for it: what every way of opening needs to know. */
export interface Selection {
  /** As the user named it, for the report. */
  readonly location: string;
  /** Undefined: Linux on this machine's architecture where there is a choice, else whatever there is. */
  readonly platform: Platform | undefined;
  readonly allPlatforms: boolean;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** @throws Failure USAGE when the platform is none */
export function toSelection(location: string, options: OpenOptions): Selection {
  return {
    location,
    platform: options.platform === undefined ? undefined : parsePlatform(options.platform),
    allPlatforms: options.allPlatforms ?? false,
    limits: options.limits,
    signal: options.signal,
  };
}

/** Turns the release of something shared into one `close` for each image: the last one to be called releases it. */
export function shareClose(release: () => Promise<void>, holders: number): Image['close'][] {
  let left = holders;
  return Array.from({ length: holders }, () => {
    let closed = false;
    return async () => {
      if (closed) return;
      closed = true;
      left--;
      if (left === 0) await release();
    };
  });
}
