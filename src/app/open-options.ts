import { Failure } from '../core/failure.ts';
import type { Limits } from '../core/limits.ts';
import type { OpenOptions } from '../read/open.ts';
import type { Settings } from './settings.ts';

export function toLimits(settings: Settings): Limits {
  return {
    bytes: settings.maxBytes,
    files: settings.maxFiles,
    ratio: settings.maxRatio,
    nesting: settings.maxNesting,
    pathLength: settings.maxPathLength,
    fileMemory: settings.maxFileMemory,
    documentBytes: settings.maxDocument,
  };
}

/** @throws Failure USAGE when a `HOST=VALUE` setting has no `=` */
export function toOpenOptions(settings: Settings, limits: Limits, signal: AbortSignal): OpenOptions {
  return {
    limits,
    signal,
    env: process.env,
    allPlatforms: settings.allPlatforms,
    ...(settings.platform !== undefined && { platform: settings.platform }),
    registry: {
      documentBytes: limits.documentBytes,
      plainHttp: settings.plainHttp,
      mirrors: toMap(settings.mirror, '--mirror'),
      authRealms: toMap(settings.authRealm, '--auth-realm'),
      ...(settings.caFile !== undefined && { caFile: settings.caFile }),
    },
  };
}

function toMap(pairs: readonly string[], flag: string): Record<string, string[]> {
  const map: Record<string, string[]> = Object.create(null);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) throw new Failure('USAGE', `${flag} ${pair}: write HOST=VALUE`);
    const host = pair.slice(0, at);
    map[host] = [...(map[host] ?? []), pair.slice(at + 1)];
  }
  return map;
}
