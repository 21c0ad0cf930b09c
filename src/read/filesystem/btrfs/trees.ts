import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { type Checksum, isIntact } from './checksum.ts';
import { compareKeyAt, KEY_BYTES, type Key, keyAt, readSafe, toText } from './key.ts';
import type { LogicalDisk } from './logical-disk.ts';
import type { Pointer } from './superblock.ts';

/*
 * The b-trees that everything is kept in: blocks with keys, in leaves the items, above them pointers to blocks one level down.
 *
 * The attacks: a pointer back up, so that a search never ends; one leaf named a hundred times, so that a folder never ends; a leaf with
 * keys that belong elsewhere, so that a search passes by what a scan would find. A level goes down by one at each step, keys
 * rise strictly, a block's first key is the one its pointer names, its last lies before the next pointer: no block can be met twice.
 */

const HEADER_BYTES = 101;
const ITEM_BYTES = 25;
const POINTER_BYTES = 33;
/** Bytes of blocks kept. */
const KEPT = 16 * 2 ** 20;

export interface Item {
  readonly key: Key;
  readonly data: Buffer;
}

/** Items of one leaf that are in the range, or why a part of the tree could not be read. */
export type Batch =
  | { readonly kind: 'items'; readonly items: readonly Item[] }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

/** What a block's neighbours say of its keys. */
interface Bounds {
  readonly first?: Key;
  /** The first key beyond. */
  readonly end?: Key;
}

/** A block that is being gone through. */
interface Step extends Bounds {
  readonly block: Buffer;
  readonly level: number;
  index: number;
}

interface Options {
  readonly checksum: Checksum;
  readonly nodeSize: number;
  readonly blockId: Buffer;
}

export class Trees {
  readonly #disk: LogicalDisk;
  readonly #options: Options;
  readonly #blocks = new Recent<number>(KEPT);

  constructor(disk: LogicalDisk, options: Options) {
    this.#disk = disk;
    this.#options = options;
  }

  /** The item with that very key. @throws Unreadable, Failure of the source */
  async find(root: Pointer, key: Key): Promise<Item | undefined> {
    for await (const batch of this.scan(root, key, key)) {
      if (batch.kind === 'flaw') throw batch.flaw;
      const [item] = batch.items;
      if (item !== undefined) return item;
    }
    return undefined;
  }

  /**
   * Items from one key to another, both included, in order.
   * @param before whether the last item before `from` comes too, when none has that key
   * @throws Unreadable when the root block cannot be read; Failure of the source
   */
  async *scan(root: Pointer, from: Key, to: Key, before = false): AsyncGenerator<Batch> {
    const path: Step[] = [await this.#enter(root, {}, from, before)];
    for (;;) {
      const step = path.at(-1);
      if (step === undefined) return;
      if (step.level === 0) {
        const items = itemsOf(step, to);
        if (items.length > 0) yield { kind: 'items', items };
        path.pop();
        continue;
      }
      const { block, index } = step;
      if (index >= countOf(block) || compareKeyAt(block, pointerAt(index), to) > 0) {
        path.pop();
        continue;
      }
      step.index++;
      try {
        path.push(await this.#enterChild(step, index, from, before));
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        yield { kind: 'flaw', flaw: error };
      }
    }
  }

  #enterChild(step: Step, index: number, from: Key, before: boolean): Promise<Step> {
    const { block, level } = step;
    const at = pointerAt(index);
    const end = index + 1 < countOf(block) ? keyAt(block, pointerAt(index + 1)) : step.end;
    const pointer = {
      logical: readSafe(block, at + KEY_BYTES, 'a pointer to a block'),
      level: level - 1,
      generation: block.readBigUInt64LE(at + KEY_BYTES + 8),
    };
    return this.#enter(pointer, { first: keyAt(block, at), ...(end !== undefined && { end }) }, from, before);
  }

  async #enter(pointer: Pointer, bounds: Bounds, from: Key, before: boolean): Promise<Step> {
    const { logical, level } = pointer;
    const block =
      this.#blocks.peek(logical) ?? (await this.#blocks.get(logical, () => this.#readBlock(pointer)));
    // One that is kept was read for another pointer, perhaps.
    const wrong = expectationFlaw(block, pointer) ?? boundsFlaw(block, bounds, logical);
    if (wrong !== undefined) throw wrong;
    const { found, index } = search(block, from);
    const floor = level > 0 || before;
    return { ...bounds, block, level, index: floor && !found ? Math.max(0, index - 1) : index };
  }

  #readBlock(pointer: Pointer): Promise<Buffer> {
    const { logical } = pointer;
    const { checksum, nodeSize, blockId } = this.#options;
    return this.#disk.read(logical, nodeSize, (block) => {
      if (!isIntact(checksum, block.subarray(32), block)) {
        const message = `btrfs: the ${checksum.name} of the tree block at ${logical} is wrong`;
        return new Unreadable('CHECKSUM_MISMATCH', message, logical);
      }
      if (!block.subarray(32, 48).equals(blockId)) return malformed(logical, 'is of another file system');
      if (block.readBigUInt64LE(48) !== BigInt(logical)) return malformed(logical, 'says it is elsewhere');
      return expectationFlaw(block, pointer) ?? contentFlaw(block, logical);
    });
  }
}

function countOf(block: Buffer): number {
  return block.readUInt32LE(96);
}

function pointerAt(index: number): number {
  return HEADER_BYTES + index * POINTER_BYTES;
}

function strideOf(block: Buffer): number {
  return block[100] === 0 ? ITEM_BYTES : POINTER_BYTES;
}

/** Where the key is, or the first that is greater. */
function search(block: Buffer, key: Key): { readonly found: boolean; readonly index: number } {
  const stride = strideOf(block);
  let low = 0;
  let high = countOf(block);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeyAt(block, HEADER_BYTES + middle * stride, key);
    if (order === 0) return { found: true, index: middle };
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return { found: false, index: low };
}

function itemsOf({ block, index }: Step, to: Key): Item[] {
  const items: Item[] = [];
  const count = countOf(block);
  for (let at = index; at < count; at++) {
    const place = HEADER_BYTES + at * ITEM_BYTES;
    if (compareKeyAt(block, place, to) > 0) break;
    const start = HEADER_BYTES + block.readUInt32LE(place + KEY_BYTES);
    items.push({
      key: keyAt(block, place),
      data: block.subarray(start, start + block.readUInt32LE(place + KEY_BYTES + 4)),
    });
  }
  return items;
}

function expectationFlaw(block: Buffer, { logical, level, generation }: Pointer): Unreadable | undefined {
  if (block[100] !== level) return malformed(logical, `has level ${block[100]} instead of ${level}`);
  if (block.readBigUInt64LE(80) === generation) return undefined;
  return malformed(logical, `is of generation ${block.readBigUInt64LE(80)} instead of ${generation}`);
}

function boundsFlaw(block: Buffer, { first, end }: Bounds, logical: number): Unreadable | undefined {
  if (first === undefined) return undefined;
  const count = countOf(block);
  if (count === 0 || compareKeyAt(block, HEADER_BYTES, first) !== 0)
    return malformed(logical, `does not begin with the key ${toText(first)} it is found by`);
  const last = HEADER_BYTES + (count - 1) * strideOf(block);
  if (end === undefined || compareKeyAt(block, last, end) < 0) return undefined;
  return malformed(logical, `has keys beyond ${toText(end)}, where the next begins`);
}

/** Keys in order; the items of a leaf one before the other, from its end down. */
function contentFlaw(block: Buffer, logical: number): Unreadable | undefined {
  const count = countOf(block);
  const isLeaf = block[100] === 0;
  const stride = isLeaf ? ITEM_BYTES : POINTER_BYTES;
  const lowest = HEADER_BYTES + count * stride;
  if (lowest > block.length || (count === 0 && !isLeaf)) return malformed(logical, `has ${count} entries`);
  let end = block.length;
  for (let at = HEADER_BYTES; at < lowest; at += stride) {
    if (at > HEADER_BYTES && compareKeyAt(block, at - stride, keyAt(block, at)) >= 0)
      return malformed(logical, 'has keys that are not in order');
    if (!isLeaf) continue;
    const start = HEADER_BYTES + block.readUInt32LE(at + KEY_BYTES);
    if (start < lowest || start + block.readUInt32LE(at + KEY_BYTES + 4) !== end)
      return malformed(logical, 'has items that overlap or leave it');
    end = start;
  }
  return undefined;
}

function malformed(logical: number, what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `btrfs: the tree block at ${logical} ${what}`, logical);
}
