import type { Limits } from '../core/limits.ts';
import type { AnyDetector } from '../inspect/contract.ts';
import type { NameBook } from '../inspect/names/book.ts';
import type { Scope } from '../inspect/pool/messages.ts';
import type { WorkerPool } from '../inspect/pool/pool.ts';
import type { FactsCache } from './cache/facts-cache.ts';
import type { Trust } from './verify/trust.ts';

/** How far an inspection is; emitted often, so keep the listener cheap. */
export type Progress = OpenedProgress | LayerProgress;

export interface OpenedProgress {
  readonly kind: 'opened';
  readonly location: string;
  /** Stored bytes of each layer, where the source says them. */
  readonly layers: readonly (number | undefined)[];
  /** What reading will cost at most, in words; absent where it costs nothing. */
  readonly cost?: string;
}

export interface LayerProgress {
  readonly kind: 'layer';
  readonly index: number;
  /** Stored bytes read so far. */
  readonly bytes: number;
  readonly done: boolean;
  readonly cached: boolean;
}

export interface InspectHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What every step of one inspection shares. */
export interface Run {
  readonly limits: Limits;
  readonly scope: Scope;
  readonly detectors: readonly AnyDetector[];
  readonly pool: WorkerPool;
  readonly cache: FactsCache | undefined;
  /** Whom the user trusts; absent where nobody is to be asked. */
  readonly trust: Trust | undefined;
  /** What is known of names; built when it is first asked for. */
  readonly book: () => NameBook;
  /** What facts depend on besides the layer; see `examinersFingerprint`. */
  readonly examiners: string;
  readonly hooks: InspectHooks;
}
