import type { LayerSummary } from '../../core/image.ts';
import { DEFAULT_LIMITS, type Limits } from '../../core/limits.ts';
import { type LayerExpectation, readLayer } from '../unpack/read-layer.ts';
import { LayerRecorder } from './layer-recorder.ts';

export interface ReadOptions {
  readonly expected?: LayerExpectation;
  readonly limits?: Partial<Limits>;
  /** Bytes of each chunk the blob comes in; the default is all at once. */
  readonly chunk?: number;
  readonly recorder?: LayerRecorder;
  readonly signal?: AbortSignal;
}

/** Reads a layer from memory and remembers what it held. */
export async function readArchive(
  bytes: Uint8Array,
  options: ReadOptions = {},
): Promise<{ layer: LayerRecorder; summary: LayerSummary; problems: string[]; oddities: string[] }> {
  const layer = options.recorder ?? new LayerRecorder();
  const summary = await readLayer(
    inChunks(bytes, options.chunk ?? bytes.length),
    options.expected ?? {},
    layer,
    { ...DEFAULT_LIMITS, ...options.limits },
    options.signal ?? new AbortController().signal,
  );
  return {
    layer,
    summary,
    problems: summary.problems.map(({ code, effect, path }) => `${code} ${effect} ${path ?? ''}`.trim()),
    oddities: layer.oddities.map(({ kind, path }) => `${kind} ${path ?? ''}`.trim()),
  };
}

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Math.max(1, size))
    yield bytes.subarray(at, at + Math.max(1, size));
}
