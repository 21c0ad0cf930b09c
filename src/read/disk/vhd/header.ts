import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import type { WindowsPath } from '../windows-parent.ts';
import { hasChecksum, toSafe } from './footer.ts';

const HEADER_BYTES = 1024;
const COOKIE = 'cxsparse';
const CHECKSUM = 36;
const SMALLEST_BLOCK = 4096;
const LARGEST_BLOCK = 256 * 2 ** 20;
const LOCATORS = 8;
const LONGEST_PATH = 64 * 1024;

/** "Dynamic Disk Header Format". */
export interface DynamicHeader {
  readonly tableOffset: number;
  readonly tableEntries: number;
  /** Bytes of data in a block; its bitmap is before it. */
  readonly blockSize: number;
  /** Of the parent's footer; lower-case hex. */
  readonly parentId: string;
  readonly bytes: Buffer;
}

/** @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source */
export async function readHeader(
  source: BlockSource,
  offset: number,
  flaw: (flaw: Unreadable) => void,
): Promise<DynamicHeader> {
  const bytes = await source.read(offset, HEADER_BYTES);
  if (bytes.toString('latin1', 0, 8) !== COOKIE)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has no VHD header where its footer says`, offset);
  if (!hasChecksum(bytes, CHECKSUM))
    flaw(
      new Unreadable('CHECKSUM_MISMATCH', `the header of ${source.name} does not match its checksum`, offset),
    );
  const version = bytes.readUInt32BE(24);
  if (version >>> 16 !== 1)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has a VHD header of version ${version >>> 16}`,
      offset,
    );
  const blockSize = bytes.readUInt32BE(32);
  if (blockSize < SMALLEST_BLOCK || blockSize > LARGEST_BLOCK || (blockSize & (blockSize - 1)) !== 0)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has VHD blocks of ${blockSize} bytes`, offset);
  return {
    tableOffset: toSafe(source, 'table offset', bytes.readBigUInt64BE(16)),
    tableEntries: bytes.readUInt32BE(28),
    blockSize,
    parentId: bytes.toString('hex', 40, 56),
    bytes,
  };
}

/**
 * Where the parent is: its locators, and its name in the header.
 * @throws Unreadable TRUNCATED, MALFORMED_DISK; Failure of the source
 */
export async function readParentPaths(source: BlockSource, { bytes }: DynamicHeader): Promise<WindowsPath[]> {
  const paths: WindowsPath[] = [];
  for (let at = 576; at < 576 + LOCATORS * 24; at += 24) {
    const code = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32BE(at + 8);
    const kind = code === 'W2ru' || code === 'Wi2r' ? 'relative' : 'absolute';
    const decode = DECODERS.get(code);
    if (decode === undefined || length === 0) continue;
    if (length > LONGEST_PATH)
      throw new Unreadable('MALFORMED_DISK', `${source.name} names its parent with ${length} bytes`);
    const offset = toSafe(source, 'locator offset', bytes.readBigUInt64BE(at + 16));
    paths.push({ kind, path: upToNul(decode(await source.read(offset, length))) });
  }
  paths.push({ kind: 'absolute', path: upToNul(toUtf16(Buffer.from(bytes.subarray(64, 576)).swap16())) });
  return paths;
}

/** W2*u is UTF-16, Wi2* the older ANSI, MacX a file URL. */
const DECODERS: ReadonlyMap<string, (bytes: Buffer) => string> = new Map([
  ['W2ru', toUtf16],
  ['W2ku', toUtf16],
  ['Wi2r', (bytes: Buffer) => bytes.toString('latin1')],
  ['Wi2k', (bytes: Buffer) => bytes.toString('latin1')],
  ['MacX', fromUrl],
]);

function toUtf16(bytes: Buffer): string {
  return bytes.toString('utf16le', 0, bytes.length - (bytes.length % 2));
}

function fromUrl(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function upToNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
