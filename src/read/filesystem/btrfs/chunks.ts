import { Unreadable } from '../../disk/unreadable.ts';
import { CHUNK_ITEM, KEY_BYTES, keyAt, readSafe, toSafe } from './key.ts';
import { malformed } from './malformed.ts';

/*
 * All addresses in btrfs are logical. Chunks say where they are on devices: once, in several copies, or in stripes of 64 KiB.
 * Only one device is read here; what lies on others is said to be unread.
 */

const STRIPE_BYTES = 64 * 1024;
const HEADER_BYTES = 48;
const STRIPE_ITEM_BYTES = 32;

const RAID0 = 2 ** 3;
const RAID1 = 2 ** 4;
const DUP = 2 ** 5;
const RAID10 = 2 ** 6;
const RAID1C3 = 2 ** 9;
const RAID1C4 = 2 ** 10;
/** RAID 5 and 6 among them, which are not read. */
const PROFILES = 0x7f8;

/** Part of a copy: consecutive bytes of this device. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** Where a logical range is, whole. */
export type Copy = readonly Piece[];

interface Chunk {
  readonly logical: number;
  readonly length: number;
  readonly profile: number;
  /** How many stripes hold different data, and how many hold the same. */
  readonly across: number;
  readonly copies: number;
  /** Where each stripe begins on this device; undefined for one on another. */
  readonly stripes: readonly (number | undefined)[];
}

export class ChunkMap {
  readonly #device: number;
  /** By logical address; they do not overlap. */
  readonly #chunks: Chunk[] = [];

  /** @param device the one that is read */
  constructor(device: number) {
    this.#device = device;
  }

  /**
   * The chunks that the superblock has itself: pairs of key and chunk.
   * @throws Unreadable MALFORMED_FILE_SYSTEM
   */
  addSystemChunks(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (bytes.length - at < KEY_BYTES + HEADER_BYTES) throw malformed('the system chunks are cut off');
      const key = keyAt(bytes, at);
      if (key.type !== CHUNK_ITEM) throw malformed('there is something else among the system chunks');
      const item = bytes.subarray(at + KEY_BYTES);
      const length = HEADER_BYTES + item.readUInt16LE(44) * STRIPE_ITEM_BYTES;
      this.add(key.offset, item.subarray(0, length));
      at += KEY_BYTES + length;
    }
  }

  /**
   * What is known of an address already stays: the superblock's own chunks come first, as for the kernel.
   * @throws Unreadable MALFORMED_FILE_SYSTEM
   */
  add(start: bigint, item: Buffer): void {
    const chunk = this.#parse(toSafe(start, 'a chunk'), item);
    const index = this.#indexAfter(chunk.logical);
    const before = this.#chunks[index - 1];
    if (before !== undefined && before.logical + before.length > chunk.logical) return;
    const next = this.#chunks[index];
    if (next !== undefined && chunk.logical + chunk.length > next.logical)
      throw malformed(`the chunk at ${chunk.logical} overlaps the one at ${next.logical}`);
    this.#chunks.splice(index, 0, chunk);
  }

  /**
   * Every copy of the range on this device: at least one.
   * @throws Unreadable MALFORMED_FILE_SYSTEM, UNSUPPORTED
   */
  copiesOf(logical: number, length: number): Copy[] {
    const chunk = this.#chunks[this.#indexAfter(logical) - 1];
    if (chunk === undefined || logical + length > chunk.logical + chunk.length)
      throw malformed(`${length} bytes at logical address ${logical} are in no chunk`, logical);
    if (chunk.across === 0)
      throw new Unreadable('UNSUPPORTED', `btrfs: ${profileName(chunk.profile)} is not read`, logical);
    const offset = logical - chunk.logical;
    if (chunk.across === 1) return toCopies(chunk, [{ stripe: 0, offset, length }]);
    return toCopies(chunk, spread(chunk, offset, length));
  }

  /** Index of the first chunk that begins beyond the address. */
  #indexAfter(logical: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle]?.logical ?? 0) <= logical) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #parse(logical: number, item: Buffer): Chunk {
    if (item.length < HEADER_BYTES) throw malformed(`the chunk at ${logical} is cut off`);
    const length = readSafe(item, 0, 'the length of a chunk');
    const count = item.readUInt16LE(44);
    if (count === 0 || item.length < HEADER_BYTES + count * STRIPE_ITEM_BYTES || length === 0)
      throw malformed(`the chunk at ${logical} has no stripes`);
    toSafe(BigInt(logical) + BigInt(length), 'the end of a chunk');
    const profile = item.readUInt32LE(24) & PROFILES;
    const stripes: (number | undefined)[] = [];
    for (let at = HEADER_BYTES; stripes.length < count; at += STRIPE_ITEM_BYTES) {
      const isHere = item.readBigUInt64LE(at) === BigInt(this.#device);
      stripes.push(isHere ? readSafe(item, at + 8, 'a stripe') : undefined);
    }
    const shape = shapeOf(profile, count, item.readUInt16LE(46));
    if (shape === undefined) throw malformed(`the chunk at ${logical} has ${count} stripes`);
    if (shape.across > 1 && item.readBigUInt64LE(16) !== BigInt(STRIPE_BYTES))
      throw malformed(`the chunk at ${logical} has stripes that are not ${STRIPE_BYTES} bytes`);
    return { logical, length, profile, ...shape, stripes };
  }
}

/** `across` is 0 for a profile that is not read; undefined where the count of stripes does not fit. */
function shapeOf(
  profile: number,
  count: number,
  halves: number,
): Pick<Chunk, 'across' | 'copies'> | undefined {
  switch (profile) {
    case 0:
      return count === 1 ? { across: 1, copies: 1 } : undefined;
    case DUP:
    case RAID1:
    case RAID1C3:
    case RAID1C4:
      return { across: 1, copies: count };
    case RAID0:
      return { across: count, copies: 1 };
    case RAID10:
      return halves === 2 && count % 2 === 0 ? { across: count / 2, copies: 2 } : undefined;
    default:
      return { across: 0, copies: 0 };
  }
}

/** Consecutive bytes of the first of the stripes that hold the same. */
interface Part {
  readonly stripe: number;
  readonly offset: number;
  readonly length: number;
}

function spread({ across, copies }: Chunk, offset: number, length: number): Part[] {
  const parts: Part[] = [];
  for (let at = offset; at < offset + length; ) {
    const row = Math.floor(at / STRIPE_BYTES);
    const inside = at % STRIPE_BYTES;
    const size = Math.min(STRIPE_BYTES - inside, offset + length - at);
    const place = Math.floor(row / across) * STRIPE_BYTES + inside;
    parts.push({ stripe: (row % across) * copies, offset: place, length: size });
    at += size;
  }
  return parts;
}

function toCopies(chunk: Chunk, parts: readonly Part[]): Copy[] {
  const places = parts.map(({ stripe, offset, length }) =>
    chunk.stripes
      .slice(stripe, stripe + chunk.copies)
      .filter((start) => start !== undefined)
      .map((start) => ({ offset: start + offset, length })),
  );
  const count = Math.min(...places.map(({ length }) => length));
  if (count === 0) {
    const message = `btrfs: the ${profileName(chunk.profile)} chunk at ${chunk.logical} is on another device`;
    throw new Unreadable('UNSUPPORTED', message, chunk.logical);
  }
  return Array.from({ length: count }, (_, copy) => places.flatMap((place) => place[copy] ?? []));
}

function profileName(profile: number): string {
  if (profile === 0) return 'single';
  const names = ['RAID0', 'RAID1', 'DUP', 'RAID10', 'RAID5', 'RAID6', 'RAID1C3', 'RAID1C4'];
  return names.filter((_, bit) => (profile & (RAID0 << bit)) !== 0).join('+');
}
