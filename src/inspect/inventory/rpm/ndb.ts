import type { Damage } from '../damage.ts';

/*
 * SUSE's package database (rpm, lib/backend/ndb/rpmpkg.c), little endian: pages of 16-byte slots, the first two taken by
 * the file header, then blobs in blocks of 16 bytes. A slot names a blob's package, first block and block count; the
 * blob repeats that between a head and a tail of its own. All slots are read, and all their blobs together cannot be
 * longer than the file, so overlapping ones gain nothing.
 */

const FILE_MAGIC = 0x52706d50; // RpmP
const SLOT_MAGIC = 0x536c6f74; // Slot
const HEAD_MAGIC = 0x426c6253; // BlbS
const TAIL_MAGIC = 0x426c6245; // BlbE
const FILE_HEADER = 32;
const PAGE = 4096;
const SLOT = 16;
const BLOCK = 16;
const HEAD = 16;
const TAIL = 12;

/** The headers of all packages. Never throws: what is wrong with the file goes to `damage`. */
export function* readNdb(bytes: Uint8Array, damage: Damage): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER || !isAt(view, 0, FILE_MAGIC) || view.getUint32(4, true) !== 0) {
    damage.add('it is no ndb file of version 0');
    return;
  }
  const slotsEnd = view.getUint32(12, true) * PAGE;
  if (slotsEnd > bytes.length) damage.add('it ends before its last slot');
  let budget = bytes.length;
  for (let at = FILE_HEADER; at + SLOT <= Math.min(slotsEnd, bytes.length); at += SLOT) {
    const first = view.getUint32(at + 8, true);
    if (!isAt(view, at, SLOT_MAGIC)) damage.add(`slot ${at / SLOT} is no slot`);
    else if (first !== 0) {
      const blocks = view.getUint32(at + 12, true);
      const blob = blobAt(bytes, view, first * BLOCK, blocks * BLOCK, view.getUint32(at + 4, true));
      if (blob === undefined || blob.length > budget)
        damage.add(`the package of slot ${at / SLOT} is damaged`);
      else {
        budget -= blob.length;
        yield blob;
      }
    }
  }
}

/** Head: magic, package, time, length. Tail, at the end of the last block: checksum, length, magic. */
function blobAt(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  size: number,
  packageIndex: number,
): Uint8Array | undefined {
  const end = start + size;
  if (size < HEAD + TAIL || end > bytes.length) return undefined;
  const length = view.getUint32(start + 12, true);
  const framed =
    isAt(view, start, HEAD_MAGIC) &&
    view.getUint32(start + 4, true) === packageIndex &&
    HEAD + length + TAIL <= size &&
    view.getUint32(end - 8, true) === length &&
    isAt(view, end - 4, TAIL_MAGIC);
  return framed ? bytes.subarray(start + HEAD, start + HEAD + length) : undefined;
}

function isAt(view: DataView, offset: number, magic: number): boolean {
  return view.getUint32(offset) === magic;
}
