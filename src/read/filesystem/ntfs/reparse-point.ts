import { Unreadable } from '../../disk/unreadable.ts';
import { toNameBytes } from './file-name.ts';

/*
 * A reparse point makes a file something else than its content: a link, or a stand-in for content that is kept in another
 * form or place. [MS-FSCC] 2.1.2. Content that is elsewhere is never taken for the zeros that stand in its place.
 */

export type ReparsePoint =
  | { readonly kind: 'link'; readonly target: Buffer }
  | { readonly kind: 'special'; readonly node: 'fifo' | 'character' | 'block' }
  /** System compression: the content is in another stream. */
  | { readonly kind: 'compressed'; readonly algorithm: number }
  /** The content is as it would be without. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'elsewhere'; readonly what: string }
  | { readonly kind: 'unknown'; readonly tag: number };

/** [MS-FSCC] 2.1.2.1: header and data. */
export const MAX_REPARSE_BYTES = 2 ** 14;
const HEADER_BYTES = 8;

const SPECIAL = new Map<number, 'fifo' | 'character' | 'block'>([
  [0x80000023, 'fifo'], // AF_UNIX: a socket
  [0x80000024, 'fifo'],
  [0x80000025, 'character'],
  [0x80000026, 'block'],
]);

const ELSEWHERE = new Map<number, string>([
  [0xc0000004, 'content moved to hierarchical storage'],
  [0x80000006, 'content moved to hierarchical storage'],
  [0x80000007, 'content in a single-instance store'],
  [0x80000008, 'content in a WIM file'],
  [0x80000013, 'content in the deduplication store'],
  [0x80000018, 'content in the layer of a Windows container'],
  [0x90001018, 'content in the layer of a Windows container'],
  [0x8000001e, 'content in a storage of synchronised files'],
  [0x90000027, 'content in the layer of a Windows container'],
  [0x9000001c, 'content given by a program (projected file system)'],
]);

/** Tags of files that are kept in a cloud: `9000?01A`. */
const CLOUD_MASK = 0xffff0fff;
const CLOUD = 0x9000001a;

/** Tags that only add something: links to programs of the store are files without content, tombstones of container layers. */
const PLAIN = new Set([0x80000014, 0x8000001b, 0x8000001f, 0xa000001f, 0x80000020]);

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function parseReparsePoint(value: Buffer): ReparsePoint {
  if (value.length < HEADER_BYTES) throw malformed('is too short');
  const tag = value.readUInt32LE(0);
  const data = value.subarray(HEADER_BYTES, HEADER_BYTES + value.readUInt16LE(4));
  if (tag === 0xa000000c) return { kind: 'link', target: parseTarget(data, 12) };
  if (tag === 0xa0000003) return { kind: 'link', target: parseTarget(data, 8) };
  if (tag === 0xa000001d) return { kind: 'link', target: data.subarray(4) };
  if (tag === 0x80000017) return parseCompression(data);
  const node = SPECIAL.get(tag);
  if (node !== undefined) return { kind: 'special', node };
  const what = (tag & CLOUD_MASK) >>> 0 === CLOUD ? 'content kept in a cloud' : ELSEWHERE.get(tag);
  if (what !== undefined) return { kind: 'elsewhere', what };
  return PLAIN.has(tag) ? { kind: 'plain' } : { kind: 'unknown', tag };
}

/** @param names where in the data the names begin */
function parseTarget(data: Buffer, names: number): Buffer {
  if (data.length < names) throw malformed('is too short');
  const start = names + data.readUInt16LE(0);
  const end = start + data.readUInt16LE(2);
  if (end > data.length) throw malformed('has a target that leaves it');
  return toNameBytes(toPosixPath(data.toString('utf16le', start, end)));
}

/** `\??\C:\x` is `/x`: drives are told apart by nothing on the disk. */
function toPosixPath(target: string): string {
  const path = target.replace(/^\\(?:\?\?|DosDevices|\\\?)\\/, '');
  const inside = path.replace(/^[A-Za-z]:(?=\\|$)/, '').replaceAll('\\', '/');
  if (path !== target && /^UNC\//i.test(inside)) return `//${inside.slice(4)}`;
  if (path === target) return inside;
  return inside.startsWith('/') ? inside : `/${inside}`;
}

function parseCompression(data: Buffer): ReparsePoint {
  if (data.length < 8) throw malformed('is too short');
  if (data.readUInt32LE(4) === 1) return { kind: 'elsewhere', what: 'content in a WIM file' };
  if (data.readUInt32LE(4) !== 2 || data.length < 16)
    return { kind: 'elsewhere', what: 'content with an unknown provider' };
  return { kind: 'compressed', algorithm: data.readUInt32LE(12) };
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `a reparse point ${what}`);
}
