import type { BlockSource } from '../block-source.ts';
import { Recent } from '../recent.ts';
import type { Run } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { readGrain } from './grain.ts';
import { SECTOR, type SparseHeader } from './sparse-header.ts';

/*
 * Where the grains of a sparse extent are. The directory has an entry of four bytes for each grain table, a table one for each
 * grain: its sector, 0 for what the parent has, or 1 for zeros where the header allows for that. Any of them may point
 * anywhere: beyond the end is TRUNCATED, and nothing found there is followed further.
 */

const PAGE = 32 * 1024;

/** What is in a grain, where it is no offset in the file. */
const UNDER = -1;
const ZEROS = -2;

/** What the extents of one disk keep together, by the byte of the disk that it is about. */
export class Kept {
  readonly directories = new Recent<number>(256 * 1024);
  readonly tables = new Recent<number>(4 * 2 ** 20);
  readonly grains = new Recent<number>(8 * 2 ** 20);
}

export interface ExtentPlace {
  /** Byte of the disk where the extent starts. */
  readonly start: number;
  readonly kept: Kept;
  /** What is seen where the extent has nothing. */
  readonly under: (offset: number, most: number) => Run;
}

export class SparseExtent {
  readonly #source: BlockSource;
  readonly #header: SparseHeader;
  readonly #directory: number;
  readonly #place: ExtentPlace;
  /** Bytes that one grain table maps. */
  readonly #covered: number;

  constructor(source: BlockSource, header: SparseHeader, directory: number, place: ExtentPlace) {
    this.#source = source;
    this.#header = header;
    this.#directory = directory;
    this.#place = place;
    this.#covered = header.grainSize * header.entriesPerTable;
  }

  /** As `Locate` has it; `offset` is from the start of the extent, and inside it. */
  async locate(offset: number, most: number): Promise<Run> {
    const index = Math.floor(offset / this.#covered);
    const within = offset - index * this.#covered;
    const ahead = Math.min(most, this.#covered - within);
    const at = await this.#tableOffset(index);
    if (at === 0) return this.#under(offset, ahead);
    const table = await this.#readTable(index, at);
    return this.#runIn(table, at, { offset, within, most: ahead });
  }

  /** Where the file has the grain that starts at `offset` of the extent; undefined where it has none. */
  async placeOf(offset: number): Promise<number | undefined> {
    const { grainSize, entriesPerTable } = this.#header;
    const grain = offset / grainSize;
    if (!Number.isInteger(grain)) return undefined;
    const index = Math.floor(grain / entriesPerTable);
    const at = await this.#tableOffset(index);
    if (at === 0) return undefined;
    const state = this.#stateOf(await this.#readTable(index, at), at, grain % entriesPerTable);
    return state < 0 ? undefined : state;
  }

  async #readTable(index: number, at: number): Promise<Buffer> {
    const { tables } = this.#place.kept;
    const key = this.#place.start + index * this.#covered;
    const read = () => this.#source.read(at, this.#header.entriesPerTable * 4);
    return tables.peek(key) ?? (await tables.get(key, read));
  }

  #runIn(table: Buffer, at: number, where: { offset: number; within: number; most: number }): Run {
    const { grainSize, compressed } = this.#header;
    const { offset, within, most } = where;
    const grain = Math.floor(within / grainSize);
    const skipped = within - grain * grainSize;
    const first = this.#stateOf(table, at, grain);
    if (compressed && first > 0) return this.#packed(first, offset - skipped, skipped, most);
    let length = grainSize - skipped;
    for (let next = grain + 1; length < most; next++, length += grainSize) {
      const wanted = first < 0 ? first : first + (next - grain) * grainSize;
      if (this.#stateOf(table, at, next) !== wanted) break;
    }
    length = Math.min(length, most);
    if (first === UNDER) return this.#under(offset, length);
    if (first === ZEROS) return { kind: 'zeros', length };
    return { kind: 'stored', source: this.#source, offset: first + skipped, length };
  }

  /** 0 where there is no table. */
  async #tableOffset(index: number): Promise<number> {
    const { kept, start } = this.#place;
    const page = Math.floor((index * 4) / PAGE) * PAGE;
    const size = Math.ceil(this.#header.size / this.#covered) * 4;
    const key = start + (page / 4) * this.#covered;
    const read = () => this.#source.read(this.#directory + page, Math.min(PAGE, size - page));
    const bytes = kept.directories.peek(key) ?? (await kept.directories.get(key, read));
    return bytes.readUInt32LE(index * 4 - page) * SECTOR;
  }

  #stateOf(table: Buffer, at: number, grain: number): number {
    const sector = table.readUInt32LE(grain * 4);
    if (sector === 0) return UNDER;
    if (sector > 1) return sector * SECTOR;
    if (this.#header.zeroGrains) return ZEROS;
    // Zeros to some, and sector 1 of the file to QEMU: a disk that is two disks.
    const message = `${this.#source.name}: a grain is marked as zeros, and the header says that none is`;
    throw new Unreadable('MALFORMED_DISK', message, at + grain * 4);
  }

  #under(offset: number, most: number): Run {
    return this.#place.under(this.#place.start + offset, most);
  }

  /** @param grain its first byte in the extent */
  #packed(at: number, grain: number, from: number, most: number): Run {
    const { kept, start } = this.#place;
    const unpack = () => readGrain(this.#source, this.#header, at, grain);
    return {
      kind: 'packed',
      length: Math.min(most, this.#header.grainSize - from),
      from,
      unpack: () => kept.grains.get(start + grain, unpack),
    };
  }
}
