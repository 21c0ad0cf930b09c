import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { DataDisk } from './data-disk.ts';
import { type Compression, compressionOfType, decompress, MAX_COMPRESSED } from './decompress.ts';
import type { Inode } from './inode.ts';
import { EXTENT_DATA, readSafe, toSafe } from './key.ts';
import type { Pointer } from './superblock.ts';
import type { Item, Trees } from './trees.ts';

/*
 * Content of files: extents (struct btrfs_file_extent_item) in the order of the file, each in the tree itself, on disk, or reserved; on disk
 * as it is or compressed. What no extent covers is zeros.
 */

const HEADER_BYTES = 21;
const EXTENT_BYTES = 53;
const INLINE = 0;
const REGULAR = 1;
const RESERVED = 2;
/** Bytes of decoded extents kept: the next read often begins in the last one. */
const KEPT = 4 * 2 ** 20;
/** Reads under way at once. */
const PARALLEL = 16;

/** An extent, where it is in the file. */
interface Extent {
  readonly start: number;
  readonly length: number;
  /** Puts what is asked for, from `from` in the extent, into the buffer; undefined where it is zeros. */
  readonly read?: (from: number, length: number) => Promise<Buffer>;
}

export class Contents {
  readonly #trees: Trees;
  readonly #disk: DataDisk;
  readonly #sectorSize: number;
  readonly #decoded = new Recent<string>(KEPT);

  constructor(trees: Trees, disk: DataDisk, sectorSize: number) {
    this.#trees = trees;
    this.#disk = disk;
    this.#sectorSize = sectorSize;
  }

  /** @throws Unreadable, Failure of the source */
  async read(root: Pointer, inode: Inode, offset: number, length: number): Promise<Buffer> {
    if (!(offset >= 0 && length >= 0 && offset + length <= inode.size))
      throw malformed(inode, `has ${inode.size} bytes: there are no ${length} at ${offset}`);
    if (length === 0) return Buffer.alloc(0);
    const parts = await this.#partsOf(root, inode, offset, length);
    const [only] = parts;
    if (parts.length === 1 && only?.read !== undefined && only.length === length) return only.read(0, length);
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < parts.length; at += PARALLEL) {
      await Promise.all(
        parts.slice(at, at + PARALLEL).map(async (part) => {
          bytes.set((await part.read?.(0, part.length)) ?? [], part.start - offset);
        }),
      );
    }
    return bytes;
  }

  /** Extents that hold something of the range, cut to it; the holes left out. */
  async #partsOf(root: Pointer, inode: Inode, offset: number, length: number): Promise<Extent[]> {
    const end = offset + length;
    const keyOf = (at: number) => ({ objectid: BigInt(inode.number), type: EXTENT_DATA, offset: BigInt(at) });
    const parts: Extent[] = [];
    let covered = 0;
    for await (const batch of this.#trees.scan(root, keyOf(offset), keyOf(end - 1), true)) {
      if (batch.kind === 'flaw') throw batch.flaw;
      for (const item of batch.items) {
        if (item.key.objectid !== BigInt(inode.number) || item.key.type !== EXTENT_DATA) continue;
        const extent = this.#toExtent(item, inode);
        if (extent.start < covered) throw malformed(inode, `has extents that overlap at ${extent.start}`);
        covered = extent.start + extent.length;
        const { read } = extent;
        const start = Math.max(extent.start, offset);
        const size = Math.min(covered, end) - start;
        if (size <= 0 || read === undefined) continue;
        const skip = start - extent.start;
        parts.push({ start, length: size, read: (from, count) => read(skip + from, count) });
      }
    }
    return parts;
  }

  #toExtent({ key, data }: Item, inode: Inode): Extent {
    const start = toSafe(key.offset, `an extent of inode ${inode.number}`);
    if (data.length < HEADER_BYTES) throw malformed(inode, `has an extent that is cut off at ${start}`);
    if (data[17] !== 0) throw new Unreadable('ENCRYPTED', `btrfs: inode ${inode.number} is encrypted`);
    if (data.readUInt16LE(18) !== 0)
      throw new Unreadable('UNSUPPORTED', `btrfs: inode ${inode.number} has an encoding that is not known`);
    const compression = compressionOfType(data[16] ?? 0);
    const decodedBytes = readSafe(data, 8, `the length of an extent of inode ${inode.number}`);
    if (compression !== 'none' && decodedBytes > MAX_COMPRESSED)
      throw malformed(inode, `has a compressed extent of ${decodedBytes} bytes at ${start}`);
    const type = data[20];
    if (type === INLINE) return this.#toInline(start, data, compression, decodedBytes, inode);
    if (data.length < EXTENT_BYTES || (type !== REGULAR && type !== RESERVED))
      throw malformed(inode, `has an extent of unknown type ${type} at ${start}`);
    const length = readSafe(data, 45, `the length of an extent of inode ${inode.number}`);
    toSafe(BigInt(start) + BigInt(length), `the end of an extent of inode ${inode.number}`);
    const logical = readSafe(data, 21, 'where an extent is');
    if (type === RESERVED || logical === 0) return { start, length };
    const stored = readSafe(data, 29, 'the stored length of an extent');
    const skip = readSafe(data, 37, 'the offset in an extent');
    toSafe(BigInt(logical) + BigInt(skip) + BigInt(length), 'the end of an extent');
    if ([start, logical, stored, skip].some((value) => value % this.#sectorSize !== 0))
      throw malformed(inode, `has an extent that begins inside a sector at ${start}`);
    if (compression === 'none')
      return { start, length, read: (from, count) => this.#readPlain(logical + skip + from, count, inode) };
    if (skip + length > decodedBytes || stored > MAX_COMPRESSED)
      throw malformed(inode, `has a compressed extent that is longer than what it holds at ${start}`);
    const read = async (from: number, count: number): Promise<Buffer> => {
      const decoded = await this.#decode(logical, stored, compression, decodedBytes, inode);
      return decoded.subarray(skip + from, skip + from + count);
    };
    return { start, length, read };
  }

  #toInline(start: number, data: Buffer, compression: Compression, size: number, inode: Inode): Extent {
    if (start !== 0)
      throw malformed(inode, `has content in the tree at ${start}, where only the first can be`);
    const stored = data.subarray(HEADER_BYTES);
    if (compression === 'none') {
      const read = async (from: number, count: number): Promise<Buffer> =>
        stored.subarray(from, from + count);
      return { start, length: stored.length, read };
    }
    const read = async (from: number, count: number): Promise<Buffer> =>
      (await decompress(stored, compression, size, this.#sectorSize)).subarray(from, from + count);
    return { start, length: size, read };
  }

  async #readPlain(logical: number, length: number, { hasChecksums }: Inode): Promise<Buffer> {
    const inside = logical % this.#sectorSize;
    const whole = Math.ceil((inside + length) / this.#sectorSize) * this.#sectorSize;
    const bytes = await this.#disk.read(logical - inside, whole, hasChecksums);
    return bytes.subarray(inside, inside + length);
  }

  #decode(
    logical: number,
    stored: number,
    compression: Exclude<Compression, 'none'>,
    size: number,
    { hasChecksums }: Inode,
  ): Promise<Buffer> {
    return this.#decoded.get(`${logical} ${stored} ${compression} ${size} ${hasChecksums}`, async () => {
      const bytes = await this.#disk.read(logical, stored, hasChecksums);
      return decompress(bytes, compression, size, this.#sectorSize);
    });
  }
}

function malformed({ number }: Inode, what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `btrfs: inode ${number} ${what}`);
}
