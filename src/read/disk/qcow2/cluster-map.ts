import type { BlockSource } from '../block-source.ts';
import { Recent } from '../recent.ts';
import { type Run, runOf } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { coveredByL1Entry, type Header } from './header.ts';
import { type Packed, readPacked } from './unpack.ts';

/*
 * Where the clusters of a qcow2 disk are. The L1 table has an entry for each L2 table, an L2 table one for each cluster: in the
 * file, compressed, all zeros, or not in this file (then in the backing file, or zeros). With extended L2 entries
 * the last three are said of each of a cluster's 32 subclusters. The zero flag comes before the place of a cluster: a discarded
 * cluster may still hold what it held, which the guest no longer sees.
 *
 * Both tables are an attacker's and may point anywhere: into each other, which only makes strange content, or beyond the end,
 * which is TRUNCATED. Nothing follows a pointer found in what a pointer led to, so there are no loops.
 *
 * Source: QEMU docs/interop/qcow2.txt, "Cluster mapping"; what it leaves open is as block/qcow2.h does it.
 */

const SUBCLUSTERS = 32;
const L1_PAGE = 32 * 1024;
/** Each; a chain of 16 files has 16 of each. */
const TABLES_KEPT = 4 * 2 ** 20;
const UNPACKED_KEPT = 8 * 2 ** 20;

/** What is in a unit, where it is no offset in the file. */
const UNDER = -1;
const ZEROS = -2;
const PACKED = -3;

/** In the upper half of an entry. */
const COMPRESSED = 0x40000000;
const IN_USE_ONCE = 0x80000000;
/** In the lower half of an L2 entry. */
const ALL_ZEROS = 1;

export interface ClusterFiles {
  /** The qcow2 file. */
  readonly source: BlockSource;
  /** Where clusters are: the same file, or an external one. */
  readonly data: BlockSource;
  /** What is seen where this file has nothing; zeros where there is none. */
  readonly backing: BlockSource | undefined;
}

export class ClusterMap {
  readonly #header: Header;
  readonly #files: ClusterFiles;
  readonly #clusterSize: number;
  readonly #unitSize: number;
  /** Bytes of the disk that one L2 table maps. */
  readonly #covered: number;
  readonly #l1 = new Recent<number>(TABLES_KEPT / 16);
  readonly #l2 = new Recent<number>(TABLES_KEPT);
  readonly #unpacked = new Recent<number>(UNPACKED_KEPT);

  constructor(header: Header, files: ClusterFiles) {
    this.#header = header;
    this.#files = files;
    this.#clusterSize = 2 ** header.clusterBits;
    this.#unitSize = header.extendedL2 ? this.#clusterSize / SUBCLUSTERS : this.#clusterSize;
    this.#covered = coveredByL1Entry(header.clusterBits, header.extendedL2);
  }

  /** As `Locate` has it; `offset` is inside the disk. */
  async locate(offset: number, most: number): Promise<Run> {
    const index = Math.floor(offset / this.#covered);
    const within = offset - index * this.#covered;
    const ahead = Math.min(most, this.#covered - within);
    const at = await this.#l2Offset(index);
    if (at === 0) return runOf(this.#files.backing, offset, ahead);
    const table = this.#l2.peek(at) ?? (await this.#l2.get(at, () => this.#readL2(at)));
    const unit = Math.floor(within / this.#unitSize);
    const skipped = within - unit * this.#unitSize;
    const first = this.#stateOf(table, at, unit);
    if (first === PACKED) return this.#packed(table, at, within, ahead);
    let length = this.#unitSize - skipped;
    for (let next = unit + 1; length < ahead; next++, length += this.#unitSize) {
      const wanted = first < 0 ? first : first + (next - unit) * this.#unitSize;
      if (this.#stateOf(table, at, next) !== wanted) break;
    }
    length = Math.min(length, ahead);
    if (first === UNDER) return runOf(this.#files.backing, offset, length);
    if (first === ZEROS) return { kind: 'zeros', length };
    return { kind: 'stored', source: this.#files.data, offset: first + skipped, length };
  }

  /** 0 where there is no L2 table. */
  async #l2Offset(index: number): Promise<number> {
    const { l1 } = this.#header;
    const page = Math.floor((index * 8) / L1_PAGE) * L1_PAGE;
    const read = () => this.#files.source.read(l1.offset + page, Math.min(L1_PAGE, l1.entries * 8 - page));
    const bytes = this.#l1.peek(page) ?? (await this.#l1.get(page, read));
    return this.#offsetIn(bytes, index * 8 - page, l1.offset + index * 8);
  }

  async #readL2(at: number): Promise<Buffer> {
    return this.#files.source.read(at, this.#clusterSize);
  }

  /**
   * What is in a unit, a cluster or subcluster: its offset in the file, or one of the above.
   * @param at of the table in the file
   */
  #stateOf(table: Buffer, at: number, unit: number): number {
    if (this.#header.extendedL2) return this.#stateOfSubcluster(table, at, unit);
    const entry = unit * 8;
    const flags = table.readUInt32BE(entry);
    if ((flags & COMPRESSED) !== 0) return PACKED;
    if ((table.readUInt32BE(entry + 4) & ALL_ZEROS) !== 0) {
      if (this.#header.version === 3) return ZEROS;
      return this.#refuse('version 2 has no clusters of zeros, and here is one', at + entry);
    }
    const offset = this.#offsetIn(table, entry, at + entry);
    return offset !== 0 || this.#startsExternalFile(flags) ? offset : UNDER;
  }

  #stateOfSubcluster(table: Buffer, at: number, unit: number): number {
    const entry = Math.floor(unit / SUBCLUSTERS) * 16;
    const subcluster = unit % SUBCLUSTERS;
    const flags = table.readUInt32BE(entry);
    if ((flags & COMPRESSED) !== 0) return PACKED;
    const zeros = table.readUInt32BE(entry + 8);
    const stored = table.readUInt32BE(entry + 12);
    const offset = this.#offsetIn(table, entry, at + entry);
    const allocated = offset !== 0 || this.#startsExternalFile(flags);
    if ((zeros & stored) !== 0 || (!allocated && stored !== 0))
      this.#refuse('a subcluster is said to be two things', at + entry);
    if (((stored >>> subcluster) & 1) === 1) return offset + subcluster * this.#unitSize;
    return ((zeros >>> subcluster) & 1) === 1 ? ZEROS : UNDER;
  }

  /** Offset 0 is the qcow2 header's own place, except in another file. */
  #startsExternalFile(flags: number): boolean {
    return this.#files.data !== this.#files.source && (flags & IN_USE_ONCE) !== 0;
  }

  /** Bits 9 to 55 of an entry: a place where a cluster can start, or 0. */
  #offsetIn(table: Buffer, entry: number, at: number): number {
    const high = table.readUInt32BE(entry) & 0x00ffffff;
    const offset = high * 2 ** 32 + Math.floor(table.readUInt32BE(entry + 4) / 512) * 512;
    if (offset % this.#clusterSize === 0) return offset;
    return this.#refuse(`a table names offset ${offset}, where no cluster can start`, at);
  }

  #packed(table: Buffer, at: number, within: number, most: number): Run {
    const index = Math.floor(within / this.#clusterSize);
    const entry = index * (this.#header.extendedL2 ? 16 : 8);
    if (this.#files.data !== this.#files.source)
      this.#refuse('a cluster cannot be compressed and in an external file', at + entry);
    const packed = parsePacked(table.readBigUInt64BE(entry), this.#header.clusterBits);
    const from = within - index * this.#clusterSize;
    const { compression } = this.#header;
    return {
      kind: 'packed',
      length: Math.min(most, this.#clusterSize - from),
      from,
      unpack: () =>
        this.#unpacked.get(at + entry, () =>
          readPacked(this.#files.source, packed, compression, this.#clusterSize),
        ),
    };
  }

  #refuse(what: string, offset: number): never {
    throw new Unreadable('MALFORMED_DISK', `${this.#files.source.name}: ${what}`, offset);
  }
}

/** "Compressed Clusters Descriptor": where the offset ends and the number of further sectors starts depends on the cluster's size. */
function parsePacked(entry: bigint, clusterBits: number): Packed {
  const offsetBits = BigInt(62 - (clusterBits - 8));
  const offset = Number(entry & ((1n << offsetBits) - 1n));
  const sectors = Number((entry & ((1n << 62n) - 1n)) >> offsetBits) + 1;
  return { offset, length: sectors * 512 - (offset % 512) };
}
