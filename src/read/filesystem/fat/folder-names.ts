import { Unreadable } from '../../disk/unreadable.ts';

/*
 * Names of a folder: 32 bytes each with a name of eight and three letters, and before it, in slots that old systems skip, the name
 * that is shown. Slots belong to the entry behind them if they are complete and bear its checksum. A tool that does not know
 * them leaves orphans behind; and whoever wants two systems to see different names makes some.
 *
 * Microsoft ends a folder at the first entry that was never used, Linux goes on behind it: so is gone on here.
 */

export const ENTRY_BYTES = 32;

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly cluster: number;
  readonly size: number;
  /** Seconds since the epoch. Its clock is local time, of a place that nobody wrote down: taken for UTC. */
  readonly mtime: number;
  /** Where the entry is on disk. */
  readonly at: number;
}

const DELETED = 0xe5;
const LONG = 0x0f;
const LABEL = 0x08;
const FOLDER = 0x10;
const LAST_SLOT = 0x40;
const MAX_SLOTS = 20;
/** Where in a slot its 13 letters of UTF-16 are. */
const LETTERS = [
  [1, 11],
  [14, 26],
  [28, 32],
] as const;

/** Takes a folder's entries one after the other. */
export class FolderNames {
  readonly #isFat32: boolean;
  #slots: Slots | undefined;
  #orphans = 0;
  #firstOrphan: number | undefined;
  /** The last label that was met. */
  label: string | undefined;

  constructor(isFat32: boolean) {
    this.#isFat32 = isFat32;
  }

  /**
   * @param entry 32 bytes
   * @param at where they are on disk
   * @returns what it names, when it names something
   */
  take(entry: Buffer, at: number): FolderEntry | undefined {
    const first = entry[0] ?? 0;
    const attributes = entry[11] ?? 0;
    if (first !== 0 && first !== DELETED && attributes === LONG) {
      this.#takeSlot(entry, at);
      return undefined;
    }
    const slots = this.#slots;
    this.#slots = undefined;
    if (first === 0 || first === DELETED || (attributes & LABEL) !== 0) {
      this.#drop(slots, at);
      if (first !== 0 && first !== DELETED) this.label = entry.toString('latin1', 0, 11).trimEnd();
      return undefined;
    }
    if (isDots(entry)) return undefined;
    const long = slots?.nextNumber === 0 && slots.checksum === checksumOf(entry) ? toLongName(slots) : '';
    if (long === '') this.#drop(slots, at);
    return {
      name: long === '' ? toShortName(entry) : long,
      isFolder: (attributes & FOLDER) !== 0,
      cluster: entry.readUInt16LE(26) + (this.#isFat32 ? (entry.readUInt16LE(20) & 0x0fff) * 2 ** 16 : 0),
      size: entry.readUInt32LE(28),
      mtime: toTime(entry.readUInt16LE(24), entry.readUInt16LE(22)),
      at,
    };
  }

  /** What was odd about all of them, after the last. */
  finish(): Unreadable | undefined {
    this.#drop(this.#slots, this.#firstOrphan ?? 0);
    this.#slots = undefined;
    if (this.#orphans === 0) return undefined;
    const message = `${this.#orphans} long names in a folder belong to no entry: systems may show other names`;
    return new Unreadable('MALFORMED_FILE_SYSTEM', message, this.#firstOrphan);
  }

  #takeSlot(slot: Buffer, at: number): void {
    const number = slot[0] ?? 0;
    const checksum = slot[13] ?? 0;
    const before = this.#slots;
    if ((number & LAST_SLOT) !== 0) {
      this.#drop(before, at);
      const count = number & (LAST_SLOT - 1);
      this.#slots = undefined;
      if (count === 0 || count > MAX_SLOTS) this.#countOrphan(at);
      else this.#slots = { letters: [lettersOf(slot)], nextNumber: count - 1, checksum, at };
    } else if (before !== undefined && number === before.nextNumber && checksum === before.checksum) {
      before.letters.unshift(lettersOf(slot));
      before.nextNumber--;
    } else {
      this.#slots = undefined;
      this.#countOrphan(before?.at ?? at);
    }
  }

  #drop(slots: Slots | undefined, at: number): void {
    if (slots !== undefined) this.#countOrphan(slots.at ?? at);
  }

  #countOrphan(at: number): void {
    this.#orphans++;
    this.#firstOrphan ??= at;
  }
}

/** Slots come last first: their letters are gathered in front. */
interface Slots {
  readonly letters: Buffer[];
  /** Of the slot that has to follow; 0 after the last. */
  nextNumber: number;
  readonly checksum: number;
  readonly at: number;
}

function lettersOf(slot: Buffer): Buffer {
  return Buffer.concat(LETTERS.map(([from, to]) => slot.subarray(from, to)));
}

function toLongName({ letters }: Slots): string {
  const name = Buffer.concat(letters).toString('utf16le');
  const end = name.indexOf('\0');
  return end < 0 ? name : name.slice(0, end);
}

/** Of the eight and three letters. */
function checksumOf(entry: Buffer): number {
  let sum = 0;
  for (const byte of entry.subarray(0, 11)) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff;
  return sum;
}

function isDots(entry: Buffer): boolean {
  const name = entry.toString('latin1', 0, 11).trimEnd();
  return name === '.' || name === '..';
}

/** Windows NT says with two bits that a name, or what is behind its dot, is lower case. */
function toShortName(entry: Buffer): string {
  const bytes = Buffer.from(entry.subarray(0, 11));
  if (bytes[0] === 0x05) bytes[0] = DELETED;
  const flags = entry[12] ?? 0;
  const inCase = (part: string, flag: number): string => ((flags & flag) === 0 ? part : part.toLowerCase());
  const name = inCase(bytes.toString('latin1', 0, 8).trimEnd(), 0x08);
  const extension = inCase(bytes.toString('latin1', 8, 11).trimEnd(), 0x10);
  return extension === '' ? name : `${name}.${extension}`;
}

function toTime(date: number, time: number): number {
  if (date === 0) return 0;
  const month = ((date >> 5) & 0xf) - 1;
  const seconds = (time & 0x1f) * 2;
  return Date.UTC(1980 + (date >> 9), month, date & 0x1f, time >> 11, (time >> 5) & 0x3f, seconds) / 1000;
}
