import type { ProblemCode } from '../../core/problem.ts';

/**
 * Why reading a stream stopped before its end, or what in it could not be read. A value, because what came before
 * it is kept and reported on.
 */
export interface Fault {
  readonly code: ProblemCode;
  readonly message: string;
  /** In the stored blob for decompression, in the decompressed stream for tar. */
  readonly offset: number;
}
