import { Unreadable } from '../../disk/unreadable.ts';
import { checkHeader, FOLDER_HEADER } from './block-header.ts';
import { type FolderEntry, isDot, toInodeNumber } from './folder-entry.ts';
import type { Volume } from './volume.ts';

/*
 * A block of names. Names and free space follow each other from the header on, each on 8 bytes and with its own place at its
 * end. A folder of one block has its index at the end of that block.
 *
 * The attack: an index that points into free space. There a name can be opened that no listing shows. So it is kept
 * which places have names, and every place that an index names has to be one of them.
 */

const DATA_V4 = 0x58443244;
const DATA_V5 = 0x58444433;
const WHOLE_V4 = 0x58443242;
const WHOLE_V5 = 0x58444233;
const HEADER_V4 = 16;
const HEADER_V5 = 64;
const FREE = 0xffff;
/** Everything in a folder begins at a multiple of this. */
export const UNIT = 8;

export interface FolderBlock {
  readonly entries: readonly FolderEntry[];
  readonly flaws: readonly Unreadable[];
  /** One byte for each unit of the block: 1 where a name begins. */
  readonly starts: Uint8Array;
}

/**
 * @param from place in the folder, in bytes
 * @param place in the volume
 * @throws Unreadable when it is not the block that belongs here
 */
export function parseFolderBlock(
  volume: Volume,
  block: Buffer,
  owner: number,
  from: number,
  place: number,
): FolderBlock {
  const what = `the directory in inode ${owner}, block at ${from}`;
  const [data, whole, header] = volume.hasChecksums
    ? [DATA_V5, WHOLE_V5, HEADER_V5]
    : [DATA_V4, WHOLE_V4, HEADER_V4];
  const magic = block.readUInt32BE(0);
  if (magic !== data && (magic !== whole || from !== 0))
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what}, is none: its magic number is not there`, place);
  const flaw = checkHeader(volume, block, FOLDER_HEADER, place, owner, what);
  const parser = new BlockParser(volume, block, what, place);
  if (flaw !== undefined) parser.flaws.push(flaw);
  const index = magic === whole ? parser.parseTail() : undefined;
  parser.parseEntries(header, index?.start ?? block.length);
  if (index !== undefined && !parser.isDamaged) parser.checkIndex(index);
  return parser;
}

interface Index {
  readonly start: number;
  readonly count: number;
}

class BlockParser implements FolderBlock {
  readonly entries: FolderEntry[] = [];
  readonly flaws: Unreadable[] = [];
  readonly starts: Uint8Array;
  isDamaged = false;
  readonly #block: Buffer;
  readonly #what: string;
  readonly #place: number;
  /** Of an entry, besides its name: number, length, kind, place. */
  readonly #around: number;

  constructor({ superblock }: Volume, block: Buffer, what: string, place: number) {
    this.#block = block;
    this.#what = what;
    this.#place = place;
    this.#around = superblock.hasFileTypes ? 12 : 11;
    this.starts = new Uint8Array(block.length / UNIT);
  }

  /** Where the names end. */
  parseTail(): Index | undefined {
    const count = this.#block.readUInt32BE(this.#block.length - 8);
    const start = this.#block.length - 8 - count * 8;
    if (start >= HEADER_V4) return { start, count };
    this.#complain(`has an index of ${count} entries`, this.#block.length - 8);
    return undefined;
  }

  parseEntries(start: number, end: number): void {
    let at = start;
    while (at + UNIT <= end) {
      const length = this.#block.readUInt16BE(at) === FREE ? this.#free(at, end) : this.#name(at, end);
      if (length === undefined) {
        this.#complain('is damaged: the names from there on were not read', at);
        return;
      }
      at += length;
    }
  }

  checkIndex({ start, count }: Index): void {
    for (let index = 0; index < count; index++) {
      const unit = this.#block.readUInt32BE(start + index * 8 + 4);
      if (unit === 0 || this.starts[unit] === 1) continue;
      this.#complain('has a name in its index that its listing does not show', start + index * 8);
      return;
    }
  }

  #free(at: number, end: number): number | undefined {
    const length = this.#block.readUInt16BE(at + 2);
    return length >= UNIT && length % UNIT === 0 && at + length <= end ? length : undefined;
  }

  #name(at: number, end: number): number | undefined {
    const length = at + 9 <= end ? this.#block.readUInt8(at + 8) : 0;
    const whole = Math.ceil((this.#around + length) / UNIT) * UNIT;
    if (length === 0 || at + whole > end || this.#block.readUInt16BE(at + whole - 2) !== at) return undefined;
    this.starts[at / UNIT] = 1;
    const name = this.#block.subarray(at + 9, at + 9 + length);
    if (!isDot(name)) this.entries.push({ name, inode: toInodeNumber(this.#block, at, 8) });
    return whole;
  }

  #complain(message: string, at: number): void {
    this.isDamaged = true;
    this.flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', `${this.#what}, ${message}`, this.#place + at));
  }
}
