import type { BlockSource } from '../disk/block-source.ts';
import { requireInside } from '../disk/bounded.ts';

/*
 * Parts of other sources put together as one: a logical volume of its segments, an array of its disks. A read asks each
 * part once, however finely it is striped.
 */

interface Place {
  readonly source: BlockSource;
  /** Bytes in it. */
  readonly offset: number;
}

/** Goes on where the one before ended. Over several places it is dealt out in turn, `stripe` bytes to each. */
export interface Piece {
  /** Bytes, over all places. A multiple of places and stripe where there are several. */
  readonly length: number;
  readonly places: readonly [Place, ...Place[]];
  /** Bytes; of no meaning with one place. */
  readonly stripe: number;
}

interface Placed extends Piece {
  readonly start: number;
}

/** It owns nothing of what it is over: closing it does nothing. */
export function mapPieces(name: string, pieces: readonly Piece[]): BlockSource {
  const placed: Placed[] = [];
  let size = 0;
  for (const piece of pieces) {
    placed.push({ ...piece, start: size });
    size += piece.length;
  }
  const source: BlockSource = {
    name,
    size,
    async read(offset, length) {
      requireInside(source, offset, length);
      const parts: Buffer[] = [];
      let at = offset;
      for (let index = findPiece(placed, offset); at < offset + length; index++) {
        const piece = placed[index];
        if (piece === undefined) break;
        const end = Math.min(piece.start + piece.length, offset + length);
        if (end > at) parts.push(await readPiece(piece, at - piece.start, end - at));
        at = Math.max(at, end);
      }
      const [first, second] = parts;
      return first !== undefined && second === undefined ? first : Buffer.concat(parts);
    },
    async close() {},
  };
  return source;
}

/** Index of the piece that has the byte. */
function findPiece(placed: readonly Placed[], offset: number): number {
  let low = 0;
  let high = placed.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((placed[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function readPiece({ places, stripe }: Placed, at: number, length: number): Promise<Buffer> {
  const [first] = places;
  if (places.length === 1) return first.source.read(first.offset + at, length);
  const bytes = Buffer.alloc(length);
  await Promise.all(
    places.map((place, column) => readColumn(place, column, places.length, stripe, at, bytes)),
  );
  return bytes;
}

/** Reads what one place has of `bytes`, which begin at byte `at` of the piece, and puts it where it belongs. */
async function readColumn(
  { source, offset }: Place,
  column: number,
  columns: number,
  stripe: number,
  at: number,
  bytes: Buffer,
): Promise<void> {
  const row = stripe * columns;
  /** How many of the piece's first `until` bytes are in this place. */
  const held = (until: number) =>
    Math.floor(until / row) * stripe + Math.min(stripe, Math.max(0, (until % row) - column * stripe));
  const from = held(at);
  const until = held(at + bytes.length);
  if (until <= from) return;
  const read = await source.read(offset + from, until - from);
  for (let taken = from; taken < until; ) {
    const inStripe = taken % stripe;
    const count = Math.min(stripe - inStripe, until - taken);
    const logical = Math.floor(taken / stripe) * row + column * stripe + inStripe;
    read.copy(bytes, logical - at, taken - from, taken - from + count);
    taken += count;
  }
}
