import { parseNumber } from './tar-number.ts';
import { decodeName, upToNul } from './tar-text.ts';

export const BLOCK_BYTES = 512;

/** A header block, decoded but not yet overridden by the extended headers before it. */
export interface TarHeader {
  readonly name: string;
  readonly link: string;
  /** The type flag as a character; NUL, of archives older than POSIX, as is. */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

/**
 * Decodes a header block (POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). What is lawful
 * and where names are cut is taken from Go's archive/tar, because that is what the container runtimes read with: a
 * reader that sees other files than they do can be lied to.
 * @returns why the block is no header, where it is none
 */
export function parseHeader(block: Buffer): TarHeader | string {
  if (!hasChecksum(block)) return 'a header does not match its checksum';
  const mode = parseNumber(block, 100, 8);
  const uid = parseNumber(block, 108, 8);
  const gid = parseNumber(block, 116, 8);
  const size = parseNumber(block, 124, 12);
  const mtime = parseNumber(block, 136, 12);
  if (
    mode === undefined ||
    uid === undefined ||
    gid === undefined ||
    size === undefined ||
    mtime === undefined ||
    size < 0
  ) {
    return 'a header holds a number that is none';
  }
  const magic = block.toString('latin1', 257, 265);
  const isPosix = magic.startsWith('ustar\0');
  const isGnu = magic === 'ustar  \0';
  const known = isPosix || isGnu;
  const major = known ? parseNumber(block, 329, 8) : 0;
  const minor = known ? parseNumber(block, 337, 8) : 0;
  if (major === undefined || minor === undefined) return 'a header holds a device number that is none';
  const name = text(block, 0, 100);
  const prefix = isPosix ? posixPrefix(block) : isGnu ? mistakenPrefix(block) : '';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: block[157] === 0 ? '' : text(block, 157, 100),
    type: String.fromCharCode(block[156] ?? 0),
    mode,
    uid,
    gid,
    size,
    mtime,
    deviceMajor: major,
    deviceMinor: minor,
  };
}

/** star puts times in the last bytes of the prefix, and its mark in the last of the block. */
function posixPrefix(block: Buffer): string {
  if (block[345] === 0) return '';
  const isStar = block.toString('latin1', 508, 512) === 'tar\0';
  return text(block, 345, isStar ? 131 : 155);
}

/**
 * GNU has times where POSIX has the prefix. Go once wrote prefixes there nonetheless, and its reader takes for one
 * what is no time and is ASCII; so runtimes do, and so must this.
 */
function mistakenPrefix(block: Buffer): string {
  if (block[345] === 0 && block[357] === 0) return '';
  if (parseNumber(block, 345, 12) !== undefined && parseNumber(block, 357, 12) !== undefined) return '';
  const prefix = text(block, 345, 155);
  return /^[\x01-\x7f]*$/.test(prefix) ? prefix : '';
}

function text(block: Buffer, start: number, length: number): string {
  return decodeName(upToNul(block.subarray(start, start + length)));
}

/** The sum of all bytes with the checksum field as blanks; old writers summed signed bytes. */
function hasChecksum(block: Buffer): boolean {
  const wanted = parseNumber(block, 148, 8);
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < 148; at++) {
    const byte = block[at] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  for (let at = 156; at < BLOCK_BYTES; at++) {
    const byte = block[at] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  return wanted === unsigned || wanted === unsigned - 256 * high;
}
