import { Unreadable } from '../../disk/unreadable.ts';
import { read64 } from './big-endian.ts';
import { checkHeader, EXTENTS_HEADER } from './block-header.ts';
import { type Extent, ExtentList, RECORD, type Unwritten } from './extents.ts';
import type { Fork } from './inode.ts';
import type { Volume } from './volume.ts';

/*
 * The extents of a fork: in the inode, or in a b-tree whose root is there.
 *
 * The attacks: a tree that leads back into itself; one whose pointers lead to other leaves than its sibling links do, since
 * Linux reads the leaves along the links and others along the pointers: two readers, two contents. No block is read twice, depth only goes
 * down, and both ways have to agree.
 */

const MAGIC_V4 = 0x424d4150;
const MAGIC_V5 = 0x424d4133;
const HEADER_V4 = 24;
const HEADER_V5 = 72;
const MOST_LEVELS = 12;
/** A sibling that is not there. */
const NONE = 0xffffffff_ffffffffn;

/**
 * Extents in order; holes are between them. Flaws, such as wrong checksums, are added to `flaws`.
 * @param what whose, for messages: `inode 131`
 * @throws Unreadable, Failure of the source
 */
export async function readExtents(
  volume: Volume,
  fork: Fork,
  owner: number,
  what: string,
  unwritten: Unwritten,
  flaws: Unreadable[],
): Promise<readonly Extent[]> {
  const list = new ExtentList(volume, what, unwritten);
  if (fork.format === 'btree') await new ExtentTree(volume, list, owner, what, flaws).read(fork.bytes);
  else addInlineExtents(list, fork, what);
  return list.finish(fork.extents);
}

/** @throws Unreadable */
export function parseInlineExtents(
  volume: Volume,
  fork: Fork,
  what: string,
  unwritten: Unwritten,
): readonly Extent[] {
  const list = new ExtentList(volume, what, unwritten);
  addInlineExtents(list, fork, what);
  return list.finish(fork.extents);
}

function addInlineExtents(list: ExtentList, fork: Fork, what: string): void {
  if (fork.format !== 'extents')
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} has its data in a place where it cannot be`);
  if (fork.extents * RECORD > fork.bytes.length)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} says it has ${fork.extents} extents in itself`);
  for (let index = 0; index < fork.extents; index++) list.add(fork.bytes, index * RECORD);
}

class ExtentTree {
  readonly #volume: Volume;
  readonly #list: ExtentList;
  readonly #owner: number;
  readonly #what: string;
  readonly #flaws: Unreadable[];
  readonly #seen = new Set<number>();
  /** By level: the block that the one before says comes next. */
  readonly #expected: bigint[] = [];

  constructor(volume: Volume, list: ExtentList, owner: number, what: string, flaws: Unreadable[]) {
    this.#volume = volume;
    this.#list = list;
    this.#owner = owner;
    this.#what = what;
    this.#flaws = flaws;
  }

  async read(root: Buffer): Promise<void> {
    const most = Math.floor((root.length - 4) / 16);
    const level = root.length < 4 ? 0 : root.readUInt16BE(0);
    const records = root.length < 4 ? 0 : root.readUInt16BE(2);
    if (level < 1 || level > MOST_LEVELS || records < 1 || records > most)
      throw this.#wrong('the root is not usable');
    await this.#children(root, 4 + most * 8, records, level);
    if (this.#expected.some((next) => next !== NONE))
      throw this.#wrong('it has leaves that the root does not reach');
  }

  async #children(bytes: Buffer, pointers: number, count: number, level: number): Promise<void> {
    for (let index = 0; index < count; index++)
      await this.#node(read64(bytes, pointers + index * 8, 'a block number'), level - 1);
  }

  async #node(block: number, level: number): Promise<void> {
    if (this.#seen.has(block)) throw this.#wrong(`block ${block} is in it twice`);
    this.#seen.add(block);
    const { blockSize } = this.#volume.superblock;
    const place = this.#volume.placeOfBlocks(block, 1, this.#describe());
    const bytes = await this.#volume.readMetadata(place, blockSize);
    const header = this.#checkNode(bytes, block, level, place);
    const records = bytes.readUInt16BE(6);
    const most = Math.floor((blockSize - header) / 16);
    if (records < 1 || records > most) throw this.#wrong(`block ${block} has ${records} records`, place);
    if (level > 0) return this.#children(bytes, header + most * 8, records, level);
    for (let index = 0; index < records; index++) this.#list.add(bytes, header + index * RECORD);
  }

  /** @returns where its records begin */
  #checkNode(bytes: Buffer, block: number, level: number, place: number): number {
    const [magic, header] = this.#volume.hasChecksums ? [MAGIC_V5, HEADER_V5] : [MAGIC_V4, HEADER_V4];
    if (bytes.readUInt32BE(0) !== magic || bytes.readUInt16BE(4) !== level)
      throw this.#wrong(`block ${block} is no node of its level ${level}`, place);
    const flaw = checkHeader(
      this.#volume,
      bytes,
      EXTENTS_HEADER,
      place,
      this.#owner,
      `block ${block} of ${this.#describe()}`,
    );
    if (flaw !== undefined) this.#flaws.push(flaw);
    const expected = this.#expected[level];
    if (expected !== undefined && expected !== BigInt(block))
      throw this.#wrong(`block ${block} is not the one that its sibling names`, place);
    this.#expected[level] = bytes.readBigUInt64BE(16);
    return header;
  }

  #describe(): string {
    return `the extent tree of ${this.#what}`;
  }

  #wrong(message: string, place?: number): Unreadable {
    return new Unreadable('MALFORMED_FILE_SYSTEM', `${this.#describe()}: ${message}`, place);
  }
}
