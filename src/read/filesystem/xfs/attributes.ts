import { Unreadable } from '../../disk/unreadable.ts';
import { decodeName } from '../../unpack/tar-text.ts';
import { accessListName, toShownAccessList } from './access-list.ts';

/** Of an attribute: where its value is, and which namespace its name is in. */
export const LOCAL = 0x01;
const ROOT = 0x02;
const SECURE = 0x04;
const PARENT = 0x08;
/** Being written when the system stopped: no system shows it. */
const INCOMPLETE = 0x80;

/** Values of one inode, together. */
const MOST_BYTES = 4 * 2 ** 20;

/** The attributes of one inode as they are found. */
export class AttributeSet {
  readonly what: string;
  readonly flaws: Unreadable[] = [];
  readonly #values = new Map<string, string>();
  #bytes = 0;

  /** @param inode its number */
  constructor(inode: number) {
    this.what = `the attributes of inode ${inode}`;
  }

  get values(): Readonly<Record<string, string>> | undefined {
    return this.#values.size === 0 ? undefined : Object.fromEntries(this.#values);
  }

  /** Whether anybody gets to see it: parent pointers and half-written ones are the file system's own. */
  isShown(flags: number): boolean {
    return (flags & (PARENT | INCOMPLETE)) === 0;
  }

  /** @throws Unreadable LIMIT_FILE_MEMORY */
  add(flags: number, name: Buffer, value: Buffer): void {
    const whole = namespaceOf(flags) + decodeName(name);
    this.#bytes += whole.length + value.length;
    if (this.#bytes > MOST_BYTES)
      throw new Unreadable('LIMIT_FILE_MEMORY', `${this.what} are more than ${MOST_BYTES} bytes`);
    if (this.#values.has(whole)) {
      this.complain(`have ${JSON.stringify(whole)} twice`);
      return;
    }
    this.#values.set(whole, value.toString('latin1'));
    const shownName = accessListName(whole);
    if (shownName === undefined) return;
    const list = toShownAccessList(value);
    if (list === undefined) this.complain('have an access list that is none');
    else this.#values.set(shownName, list.toString('latin1'));
  }

  complain(message: string, place?: number): void {
    this.flaws.push(this.wrong(message, place));
  }

  wrong(message: string, place?: number): Unreadable {
    return new Unreadable('MALFORMED_FILE_SYSTEM', `${this.what} ${message}`, place);
  }
}

function namespaceOf(flags: number): string {
  if ((flags & SECURE) !== 0) return 'security.';
  return (flags & ROOT) === 0 ? 'user.' : 'trusted.';
}

/** Attributes that fit into the inode: total, count, then length of name, length of value, flags, name, value each. */
export function parseShortAttributes(bytes: Buffer, found: AttributeSet): void {
  const total = bytes.length < 4 ? 0 : bytes.readUInt16BE(0);
  if (total < 4 || total > bytes.length)
    throw found.wrong(`are ${total} bytes, which is not what can be there`);
  let at = 4;
  for (let left = bytes.readUInt8(2); left > 0; left--) {
    const nameLength = at + 3 <= total ? bytes.readUInt8(at) : 0;
    const value = at + 3 + nameLength;
    const end = nameLength === 0 ? total + 1 : value + bytes.readUInt8(at + 1);
    if (end > total) {
      found.complain(`are damaged: ${left} of them were not read`);
      return;
    }
    const flags = bytes.readUInt8(at + 2);
    if (found.isShown(flags)) found.add(flags, bytes.subarray(at + 3, value), bytes.subarray(value, end));
    at = end;
  }
}
