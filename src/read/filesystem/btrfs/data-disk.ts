import { Unreadable } from '../../disk/unreadable.ts';
import { type Checksum, isIntact } from './checksum.ts';
import { EXTENT_CSUM, toSafe } from './key.ts';
import type { LogicalDisk } from './logical-disk.ts';
import type { Pointer } from './superblock.ts';
import type { Trees } from './trees.ts';

/** All checksums of data belong to object -10. */
const CHECKSUMS = 2n ** 64n - 10n;

export interface DataOptions {
  readonly checksum: Checksum;
  readonly sectorSize: number;
  /** Of the tree of checksums; undefined where there is none. */
  readonly checksums: Pointer | undefined;
}

/** Content by logical address, verified with the checksums that there are: one for each sector. */
export class DataDisk {
  readonly #disk: LogicalDisk;
  readonly #trees: Trees;
  readonly #options: DataOptions;

  constructor(disk: LogicalDisk, trees: Trees, options: DataOptions) {
    this.#disk = disk;
    this.#trees = trees;
    this.#options = options;
  }

  /**
   * @param logical at a sector's start
   * @param length whole sectors, bounded by the caller
   * @throws Unreadable, Failure of the source
   */
  async read(logical: number, length: number, verified: boolean): Promise<Buffer> {
    const sums = verified ? await this.#checksumsOf(logical, length) : [];
    return this.#disk.read(logical, length, (bytes) => this.#flawOf(bytes, logical, sums));
  }

  #flawOf(bytes: Buffer, logical: number, sums: readonly Sum[]): Unreadable | undefined {
    const { checksum, sectorSize } = this.#options;
    for (const { at, stored } of sums) {
      if (isIntact(checksum, bytes.subarray(at, at + sectorSize), stored)) continue;
      const message = `btrfs: the ${checksum.name} of the content at logical address ${logical + at} is wrong`;
      return new Unreadable('CHECKSUM_MISMATCH', message, logical + at);
    }
    return undefined;
  }

  async #checksumsOf(logical: number, length: number): Promise<Sum[]> {
    const { checksum, sectorSize, checksums } = this.#options;
    if (checksums === undefined) return [];
    const keyOf = (at: number) => ({ objectid: CHECKSUMS, type: EXTENT_CSUM, offset: BigInt(at) });
    const sums: Sum[] = [];
    for await (const batch of this.#trees.scan(
      checksums,
      keyOf(logical),
      keyOf(logical + length - 1),
      true,
    )) {
      if (batch.kind === 'flaw') throw batch.flaw;
      for (const { key, data } of batch.items) {
        if (key.objectid !== CHECKSUMS || key.type !== EXTENT_CSUM) continue;
        const start = toSafe(key.offset, 'where checksums begin') - logical;
        const first = Math.max(0, Math.ceil(-start / sectorSize));
        for (let index = first; (index + 1) * checksum.bytes <= data.length; index++) {
          const at = start + index * sectorSize;
          if (at + sectorSize > length) break;
          sums.push({ at, stored: data.subarray(index * checksum.bytes, (index + 1) * checksum.bytes) });
        }
      }
    }
    return sums;
  }
}

interface Sum {
  /** Of its sector, from the start of what is read. */
  readonly at: number;
  readonly stored: Buffer;
}
