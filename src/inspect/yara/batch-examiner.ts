import type { Problem } from '../../core/problem.ts';
import type { Examiner } from '../contract.ts';
import type { Content } from '../examine.ts';

/** An examiner that is handed many files at once, for an engine that is slow to call. */
export interface BatchExaminer<O> extends Pick<Examiner<O>, 'id' | 'version'> {
  /** One result a file, in order. Synchronous; never throws. */
  examineBatch(files: readonly Content[]): readonly BatchResult<O>[];
}

export interface BatchResult<O> {
  readonly observations: readonly O[];
  /** With the file's path, without a layer. */
  readonly problems: readonly Problem[];
}
