/** Bounds on what an image may make us do. Each that cuts is reported as a problem. All sizes in bytes. */
export interface Limits {
  /** Decompressed bytes of one layer. */
  readonly bytes: number;
  /** Entries over all layers. */
  readonly files: number;
  /** Decompressed over compressed bytes, looked at once 64 MiB came out. */
  readonly ratio: number;
  /** Indexes inside indexes, archives inside archives. */
  readonly nesting: number;
  /** Bytes of one path. */
  readonly pathLength: number;
  /** Content of one file held in memory at once; a larger one is inspected in overlapping windows. */
  readonly fileMemory: number;
  /** One JSON document: manifest, index, config. */
  readonly documentBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  bytes: 64 * 2 ** 30,
  files: 4_000_000,
  ratio: 500,
  nesting: 4,
  pathLength: 4096,
  fileMemory: 64 * 2 ** 20,
  documentBytes: 8 * 2 ** 20,
};
