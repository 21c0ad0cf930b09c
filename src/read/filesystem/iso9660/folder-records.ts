import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { SECTOR } from './descriptors.ts';
import { type FolderRecord, parseRecord } from './record.ts';

export interface FolderPlace {
  readonly block: number;
  readonly bytes: number;
}

export type FolderItem =
  | { readonly kind: 'record'; readonly record: FolderRecord }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

const PIECE = 2 ** 20;
/** Half a million names. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads folders, each byte for one folder only: a small image could else claim a million of them over the same large and empty
 * part of it.
 */
export class FolderRecords {
  readonly #source: BlockSource;
  readonly #blockBytes: number;
  /** What folders occupy, in order, without overlaps. */
  readonly #taken: { readonly start: number; readonly end: number }[] = [];

  constructor(source: BlockSource, blockBytes: number) {
    this.#source = source;
    this.#blockBytes = blockBytes;
  }

  /**
   * All of its records, those for itself and the folder above included.
   * @throws Unreadable, Failure of the source
   */
  async *read({ block, bytes }: FolderPlace): AsyncGenerator<FolderItem> {
    const start = block * this.#blockBytes;
    const length = Math.max(0, Math.min(bytes, MAX_BYTES, this.#source.size - start));
    if (!this.#take(start, start + length)) {
      const message = `a folder at block ${block} has bytes of another: it was not read`;
      throw new Unreadable('MALFORMED_FILE_SYSTEM', message, start);
    }
    for (let from = 0; from < length; from += PIECE) {
      const piece = await this.#source.read(start + from, Math.min(PIECE, length - from));
      for (let at = 0; at < piece.length; at += SECTOR)
        yield* recordsOf(piece.subarray(at, at + SECTOR), start + from + at);
    }
    if (length < bytes) {
      const message = `a folder is said to have ${bytes} bytes, of which ${length} were read`;
      yield { kind: 'flaw', flaw: new Unreadable('MALFORMED_FILE_SYSTEM', message, start) };
    }
  }

  /** The record of a folder for itself. */
  async self(block: number): Promise<FolderRecord> {
    return (await this.#firstTwo(block)).self;
  }

  /** The record of a folder for the one above. */
  async parent(block: number): Promise<FolderRecord> {
    return (await this.#firstTwo(block)).parent;
  }

  async #firstTwo(block: number): Promise<{ self: FolderRecord; parent: FolderRecord }> {
    const start = block * this.#blockBytes;
    const items = [...recordsOf(await this.#source.read(start, SECTOR), start)];
    const [self, parent] = items.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
    if (self !== undefined && parent !== undefined && self.name[0] === 0 && parent.name[0] === 1)
      return { self, parent };
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `there is no folder at block ${block}`, start);
  }

  #take(start: number, end: number): boolean {
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#taken[middle]?.end ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const next = this.#taken[low];
    if (next?.start === start && next.end === end) return true;
    if (start === end) return true;
    if (next !== undefined && next.start < end) return false;
    this.#taken.splice(low, 0, { start, end });
    return true;
  }
}

/** Records do not cross sectors; after the last of one there are zeros. */
function* recordsOf(sector: Buffer, at: number): Generator<FolderItem> {
  for (let from = 0; from < sector.length; ) {
    const length = sector[from] ?? 0;
    if (length === 0) return;
    if (from + length > sector.length) {
      const flaw = new Unreadable('MALFORMED_FILE_SYSTEM', 'a directory record crosses a sector', at + from);
      yield { kind: 'flaw', flaw };
      return;
    }
    try {
      yield { kind: 'record', record: parseRecord(sector.subarray(from, from + length), at + from) };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield { kind: 'flaw', flaw: error };
    }
    from += length;
  }
}
