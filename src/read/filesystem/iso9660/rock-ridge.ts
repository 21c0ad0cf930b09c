import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import { toTarget } from '../link-target.ts';
import { toTime, toTimeFromDigits } from './dates.ts';
import type { SystemUseEntry } from './system-use.ts';

/** What Rock Ridge (IEEE P1282, RRIP 1.12) says of a file besides its directory record. */
export interface RockRidge {
  readonly name?: Buffer;
  readonly kind?: Node['kind'];
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly target?: Buffer;
  /** The block of the folder that belongs here, and was put elsewhere because it is too deep. */
  readonly child?: number;
  /** Of a folder that was put elsewhere: the block of the one that it belongs to. */
  readonly parent?: number;
  /** A folder that belongs elsewhere. */
  readonly isRelocated?: boolean;
  readonly flaws: readonly Unreadable[];
}

/** The upper four bits of a mode: a socket, and what else there is. */
const KINDS: Readonly<Record<number, Node['kind']>> = {
  12: 'fifo',
  10: 'symlink',
  8: 'file',
  6: 'block',
  4: 'directory',
  2: 'character',
  1: 'fifo',
};
const MAX_NAME = 255;
/** PATH_MAX: a kernel follows no longer one. */
const MAX_TARGET = 4096;
const CONTINUES = 0x01;
const SYSTEMS = ['RRIP_1991A', 'IEEE_P1282', 'IEEE_1282'];

/** Whether the entries of the root folder say that names and modes are to be read so. */
export function isRockRidge(entries: readonly SystemUseEntry[]): boolean {
  return entries.some(({ signature, data }) => {
    if (signature === 'ER') return SYSTEMS.some((name) => data.includes(name, 0, 'latin1'));
    return signature === 'RR' || signature === 'PX';
  });
}

/** How many bytes of each other area are left out; undefined where no area begins with that entry (SUSP, 5.3). */
export function skippedBytes(area: Buffer): number | undefined {
  // A disc for the XA of CD-i has fourteen bytes of its own in front.
  for (const at of [0, 14]) {
    const entry = area.subarray(at, at + 7);
    if (entry.length === 7 && entry.toString('latin1', 0, 2) === 'SP' && entry.readUInt16BE(4) === 0xbeef)
      return entry[6] ?? 0;
  }
  return undefined;
}

export function parseRockRidge(entries: readonly SystemUseEntry[], at: number): RockRidge {
  const parser = new Parser(at);
  for (const entry of entries) parser.take(entry);
  return parser.result();
}

class Parser {
  readonly #at: number;
  readonly #name: Buffer[] = [];
  readonly #target = new Target();
  readonly #flaws: Unreadable[] = [];
  readonly #read: { -readonly [Key in keyof RockRidge]?: RockRidge[Key] } = {};

  constructor(at: number) {
    this.#at = at;
  }

  take({ signature, data }: SystemUseEntry): void {
    switch (signature) {
      case 'NM':
        // Its flags say `.` and `..` of what is known to be that.
        if (((data[0] ?? 0) & 0x06) === 0) this.#name.push(data.subarray(1));
        break;
      case 'PX':
        this.#takeAttributes(data);
        break;
      case 'TF':
        this.#read.mtime = toModified(data) ?? this.#read.mtime ?? 0;
        break;
      case 'SL':
        this.#target.take(data.subarray(1));
        break;
      case 'CL':
        if (data.length >= 4) this.#read.child = data.readUInt32LE(0);
        break;
      case 'PL':
        if (data.length >= 4) this.#read.parent = data.readUInt32LE(0);
        break;
      case 'RE':
        this.#read.isRelocated = true;
        break;
      case 'ZF':
        this.#unsupported('its content is compressed with zisofs, and was read as it is stored');
        break;
      case 'SF':
        this.#unsupported('its content is sparse in the way of Rock Ridge, and was read as it is stored');
        break;
    }
  }

  result(): RockRidge {
    const name = Buffer.concat(this.#name);
    if (name.length > MAX_NAME)
      this.#flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', `a name has ${name.length} bytes`, this.#at));
    const target = this.#readTarget();
    return {
      ...this.#read,
      ...(name.length > 0 && { name }),
      ...(target.length > 0 && { target }),
      flaws: this.#flaws,
    };
  }

  #readTarget(): Buffer {
    const stored = this.#target.result();
    if (stored.length > MAX_TARGET) {
      const message = `a link has a target of ${stored.length} bytes`;
      this.#flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', message, this.#at));
    }
    return toTarget(stored.subarray(0, MAX_TARGET), 'it', this.#flaws);
  }

  #takeAttributes(data: Buffer): void {
    if (data.length < 32) return;
    const mode = data.readUInt32LE(0);
    const kind = KINDS[(mode >>> 12) & 0o17];
    if (kind === undefined)
      this.#flaws.push(
        new Unreadable('MALFORMED_FILE_SYSTEM', `a mode of ${mode.toString(8)} is of no kind`, this.#at),
      );
    else this.#read.kind = kind;
    this.#read.mode = mode & 0o7777;
    this.#read.uid = data.readUInt32LE(16);
    this.#read.gid = data.readUInt32LE(24);
  }

  #unsupported(message: string): void {
    this.#flaws.push(new Unreadable('UNSUPPORTED', message, this.#at));
  }
}

/** Puts a target together from its parts (RRIP, 4.1.3.1). */
class Target {
  readonly #parts: Buffer[] = [];
  #betweenParts = false;

  take(components: Buffer): void {
    for (let at = 0; at + 2 <= components.length; ) {
      const flags = components[at] ?? 0;
      const length = components[at + 1] ?? 0;
      const text = components.subarray(at + 2, at + 2 + length);
      at += 2 + length;
      if (this.#betweenParts) this.#parts.push(SLASH);
      this.#betweenParts = (flags & CONTINUES) === 0;
      if ((flags & 0x02) !== 0) this.#parts.push(Buffer.from('.'));
      else if ((flags & 0x04) !== 0) this.#parts.push(Buffer.from('..'));
      else if ((flags & 0x08) !== 0) {
        this.#parts.push(SLASH);
        this.#betweenParts = false;
      } else this.#parts.push(text);
    }
  }

  result(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const SLASH = Buffer.from('/');

/** Of the times in a `TF` entry, in the order of the bits of its flags, the modification; else the creation. */
function toModified(data: Buffer): number | undefined {
  const flags = data[0] ?? 0;
  const inDigits = (flags & 0x80) !== 0;
  const bytes = inDigits ? 17 : 7;
  const wanted = (flags & 0x02) !== 0 ? 0x02 : flags & 0x01;
  if (wanted === 0) return undefined;
  const at = 1 + ((flags & 0x03) === 0x03 ? bytes : 0);
  const time = data.subarray(at, at + bytes);
  return inDigits ? toTimeFromDigits(time) : toTime(time);
}
