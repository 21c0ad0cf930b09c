import type { Digest } from './digest.ts';

/** Every code a problem can carry; docs/problems.md explains each. */
export const PROBLEM_CODES = [
  'DIGEST_MISMATCH',
  'DECOMPRESSION_FAILED',
  'TRUNCATED',
  'MALFORMED_ARCHIVE',
  'MALFORMED_DATABASE',
  'MALFORMED_CONFIG',
  'UNSUPPORTED',
  'FOREIGN_LAYER',
  'PATH_ESCAPE',
  'LIMIT_BYTES',
  'LIMIT_FILES',
  'LIMIT_RATIO',
  'LIMIT_PATH',
  'LIMIT_FILE_MEMORY',
  'LIMIT_FINDINGS',
  'LIMIT_DETECTOR',
  'DETECTOR_FAILED',
  'YARA_FAILED',
  'CACHE_UNUSABLE',
  'SIGNATURES_UNREAD',
  'NO_PERMISSION',
  'MALFORMED_DISK',
  'MALFORMED_FILE_SYSTEM',
  'CHECKSUM_MISMATCH',
  'ENCRYPTED',
  'UNKNOWN_CONTENT',
  'CLOUD_COST',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Something that could not be read, with its coordinates. Data, never an exception; never silently clean. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence for a person: what could not be read, and why. */
  readonly message: string;
  /**
   * `incomplete`: something was not inspected, so the image cannot be allowed.
   * `notice`: everything was inspected, but in a way worth saying.
   */
  readonly effect: 'incomplete' | 'notice';
  readonly layer?: LayerRef;
  readonly path?: string;
  /** Byte offset in the (decompressed) layer, or in the file when `path` is given. */
  readonly offset?: number;
}

/** Which layer, in words every report can show. */
export interface LayerRef {
  /** Position from the base, starting at 0. */
  readonly index: number;
  /** Digest of the blob as stored (compressed); the diff id where a source has only that. */
  readonly digest: Digest;
  readonly diffId: Digest;
  /** The history line that made the layer, where history can be matched to it. */
  readonly instruction?: string;
  /** Of a machine image: which volume. Its digests are of the first 128 KiB and the size: they name it and pin nothing. */
  readonly volume?: VolumeRef;
}

/** A volume of a machine image: a partition, a logical volume, a whole disk. */
export interface VolumeRef {
  /** `partition 1`, `logical volume vg0/root`, `disk`. */
  readonly name: string;
  /** `ext4`, `ntfs`; absent where there is none (boot code). */
  readonly fileSystem?: string;
  readonly label?: string;
  /** Where the system mounts it, as a layer path: `''` for the root. Absent for one that nothing mounts, which has a root of its own. */
  readonly mount?: string;
}
