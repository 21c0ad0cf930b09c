import type { FailureCode } from '../../core/failure.ts';
import type { ContentClass, FileRecord } from '../../core/file.ts';
import type { Problem } from '../../core/problem.ts';
import type { Observation } from '../examine.ts';
import type { RuleSet } from '../yara/rule-source.ts';

/*
 * What the main thread and a worker say to each other. File contents travel as one ArrayBuffer a batch, moved and not
 * copied; the worker moves it back with its answer, so that a few buffers serve a whole image.
 */

/** What a worker is told once. */
export interface WorkerSetup {
  readonly scope: Scope;
  /** Compiled by each worker that starts: neither engine can hand compiled rules over. */
  readonly rules: RuleSet;
}

/** `all` runs every detector; `packages` only reads the package databases. */
export type Scope = 'all' | 'packages';

export interface BatchRequest {
  readonly id: number;
  readonly buffer: ArrayBuffer;
  readonly files: readonly BatchFile[];
}

/** One file, or one window of a large one, in a batch's buffer. */
export interface BatchFile {
  readonly record: FileRecord;
  readonly start: number;
  readonly length: number;
  /** Offset of the window in the file. */
  readonly base: number;
  readonly whole: boolean;
  /** Bytes of the windows in which it is shown to all but those who want it whole: set where it is larger than `Limits.fileMemory`. */
  readonly window?: number;
  /** Told by the first window; the worker classifies where it is absent. */
  readonly content?: ContentClass;
}

/** A worker answers with batches, or once with why it cannot work. */
export type Reply = BatchReply | Refusal;

export interface Refusal {
  readonly kind: 'refused';
  readonly code: FailureCode;
  readonly message: string;
}

export interface BatchReply {
  readonly kind: 'examined';
  readonly id: number;
  readonly buffer: ArrayBuffer;
  readonly files: readonly ExaminedFile[];
}

export interface ExaminedFile {
  readonly content: ContentClass;
  /** Absent for windows: whoever cuts them hashes the whole. */
  readonly digests?: FileDigests;
  readonly observations: readonly Observation[];
  /** With the file's path, without a layer. */
  readonly problems: readonly Problem[];
}

export interface FileDigests {
  readonly sha256: string;
  readonly md5?: string;
  readonly sha1?: string;
}
