import type { Digest } from '../core/digest.ts';
import type { FileRecord, Whiteout } from '../core/file.ts';
import type { Oddity } from '../core/image.ts';
import type { LayerPath } from '../core/layer-path.ts';
import type { Problem } from '../core/problem.ts';

/**
 * Everything one layer's content says, independent of the image it is in: plain data, cached by diff id and by the
 * versions of the examiners.
 */
export interface LayerFacts {
  readonly diffId: Digest;
  readonly files: readonly FileRecord[];
  readonly whiteouts: readonly Whiteout[];
  readonly oddities: readonly Oddity[];
  readonly observations: readonly LayerObservation[];
  /** Without a `layer`: the reader of the facts knows which it is. */
  readonly problems: readonly Problem[];
  /** Bytes read as stored. */
  readonly bytes: number;
}

export interface LayerObservation {
  readonly examiner: string;
  readonly path: LayerPath;
  readonly observation: unknown;
}
