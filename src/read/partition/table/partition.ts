import type { Unreadable } from '../../disk/unreadable.ts';
import type { VolumeNames } from '../contract.ts';

/** Bytes from `start` up to `end`, which is not in it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One entry of a partition table, as it is written: it may lie outside of the disk. Bytes. */
export interface Partition extends Range {
  /** `partition 1`. */
  readonly name: string;
  readonly number: number;
  /** In words where it is known. It tells nothing of the content. */
  readonly type: string;
  /** What its type says that it is started from, or kept for a system's own use. */
  readonly purpose?: 'boot' | 'reserved';
  readonly names: Pick<VolumeNames, 'partUuid' | 'partLabel' | 'usualMount'>;
}

export interface PartitionTable {
  /** For messages: `GPT`, `MBR`. */
  readonly kind: 'GPT' | 'MBR';
  /** Bytes. */
  readonly sectorSize: number;
  readonly partitions: readonly Partition[];
  /** Where the tables themselves are, code of the first sector left out. */
  readonly own: readonly Range[];
  readonly flaws: readonly Unreadable[];
}
