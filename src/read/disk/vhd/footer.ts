import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';

/*
 * The footer: the only thing that tells a fixed VHD from a raw disk. One that grows has a copy at its start.
 *
 * QEMU reads the copy, Hyper-V and Azure read the footer at the end. A disk of which the two differ is one disk here and another
 * there, so that is reported, whichever is read.
 */

const FOOTER_BYTES = 512;
/** Before Virtual PC 2004 the last byte was left out. */
const SHORT_FOOTER_BYTES = 511;
const COOKIE = Buffer.from('conectix', 'latin1');
const CHECKSUM = 64;
/** 65,535 × 16 × 255: a disk that is too large for its geometry has this one. */
const LARGEST_GEOMETRY = 65_535 * 16 * 255;

/** Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format". Big-endian. */
export interface Footer {
  readonly kind: 'fixed' | 'dynamic' | 'differencing';
  /** Of the dynamic disk header. */
  readonly headerOffset: number;
  /** Bytes the disk has. */
  readonly size: number;
  /** Lower-case hex. */
  readonly id: string;
}

export interface Footers {
  readonly footer: Footer;
  /** Where the bytes before the footer end. */
  readonly end: number;
  readonly flaws: readonly Unreadable[];
}

/** Whether the last 512 bytes hold a footer, or the first ones its copy. */
export function hasFooter(head: Buffer, tail: Buffer): boolean {
  return footerLength(tail) !== 0 || head.subarray(0, COOKIE.length).equals(COOKIE);
}

function footerLength(tail: Buffer): number {
  if (tail.length < FOOTER_BYTES) return 0;
  const last = tail.subarray(tail.length - FOOTER_BYTES);
  if (last.subarray(0, COOKIE.length).equals(COOKIE)) return FOOTER_BYTES;
  return last.subarray(1, 1 + COOKIE.length).equals(COOKIE) ? SHORT_FOOTER_BYTES : 0;
}

interface Candidate {
  readonly bytes: Buffer;
  readonly place: string;
  readonly isSound: boolean;
}

/**
 * Reads the footer, or its copy where the footer is damaged.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source
 */
export async function readFooters(source: BlockSource): Promise<Footers> {
  if (source.size < FOOTER_BYTES)
    throw new Unreadable('TRUNCATED', `${source.name} is shorter than a VHD footer`);
  const tail = await source.read(source.size - FOOTER_BYTES, FOOTER_BYTES);
  const length = footerLength(tail);
  const footer = length === 0 ? undefined : toCandidate(tail.subarray(FOOTER_BYTES - length), 'the footer');
  const head = await source.read(0, FOOTER_BYTES);
  const copy = head.subarray(0, COOKIE.length).equals(COOKIE)
    ? toCandidate(head, 'the copy of the footer')
    : undefined;
  const chosen = [footer, copy].find((one) => one?.isSound) ?? footer ?? copy;
  if (chosen === undefined) throw new Unreadable('MALFORMED_DISK', `${source.name} has no VHD footer`);
  const parsed = parseFooter(source, chosen.bytes);
  const flaws = [...judge(source, parsed, footer, copy)];
  if (length === 0)
    flaws.push(new Unreadable('TRUNCATED', `${source.name} has no VHD footer at its end: cut off`));
  if (geometryOf(chosen.bytes) > parsed.size) {
    const message = `${source.name} has a geometry of more than its ${parsed.size} bytes: some programs read beyond them`;
    flaws.push(new Unreadable('MALFORMED_DISK', message));
  }
  return { footer: parsed, end: source.size - length, flaws };
}

function toCandidate(bytes: Buffer, place: string): Candidate {
  return { bytes, place, isSound: hasChecksum(bytes, CHECKSUM) };
}

function* judge(
  source: BlockSource,
  parsed: Footer,
  footer: Candidate | undefined,
  copy: Candidate | undefined,
): Generator<Unreadable> {
  for (const one of [footer, copy]) {
    if (one === undefined || one.isSound) continue;
    yield new Unreadable('CHECKSUM_MISMATCH', `${one.place} of ${source.name} does not match its checksum`);
  }
  if (footer?.isSound === true && copy?.isSound === true && !isSame(footer.bytes, copy.bytes)) {
    const message = `${source.name} has a footer and a copy of it that differ: programs read different disks`;
    yield new Unreadable('MALFORMED_DISK', message);
  }
  // Without the copy, QEMU takes the file for a raw disk.
  if (copy === undefined && parsed.kind !== 'fixed') {
    const message = `${source.name} has no copy of its VHD footer at its start: some programs read a raw disk there`;
    yield new Unreadable('MALFORMED_DISK', message, 0);
  }
}

/** Header offset, size, geometry, type and identity; times and the saved state may differ. */
function isSame(a: Buffer, b: Buffer): boolean {
  return [
    [16, 24],
    [48, 64],
    [68, 84],
  ].every(([from, to]) => a.subarray(from, to).equals(b.subarray(from, to)));
}

const KINDS: ReadonlyMap<number, Footer['kind']> = new Map([
  [2, 'fixed'],
  [3, 'dynamic'],
  [4, 'differencing'],
]);

/**
 * Current size, as Hyper-V, Azure, VirtualBox and what QEMU writes with `force_size` have it. What QEMU writes without has a size rounded
 * up to its geometry, and notes both alike. Virtual PC goes by the geometry alone, which is the smaller one: nothing it
 * shows is missed here.
 */
function parseFooter(source: BlockSource, bytes: Buffer): Footer {
  const version = bytes.readUInt32BE(12);
  if (version >>> 16 !== 1)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has VHD version ${version >>> 16}: only version 1 is read`,
    );
  const type = bytes.readUInt32BE(60);
  const kind = KINDS.get(type);
  if (kind === undefined)
    throw new Unreadable('UNSUPPORTED', `${source.name} is a VHD of the unknown type ${type}`);
  return {
    kind,
    headerOffset: kind === 'fixed' ? 0 : toSafe(source, 'header offset', bytes.readBigUInt64BE(16)),
    size: toSafe(source, 'size', bytes.readBigUInt64BE(48)),
    id: bytes.toString('hex', 68, 84),
  };
}

function geometryOf(bytes: Buffer): number {
  const sectors = bytes.readUInt16BE(56) * bytes.readUInt8(58) * bytes.readUInt8(59);
  return sectors === LARGEST_GEOMETRY ? 0 : sectors * 512;
}

/** @throws Unreadable MALFORMED_DISK */
export function toSafe(source: BlockSource, what: string, value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new Unreadable(
    'MALFORMED_DISK',
    `${source.name} has the VHD ${what} ${value}: no file is that large`,
  );
}

/** The inverted sum of all bytes but those of the checksum itself. */
export function hasChecksum(bytes: Buffer, at: number): boolean {
  let sum = 0;
  for (const [index, byte] of bytes.entries()) if (index < at || index >= at + 4) sum += byte;
  return ~sum >>> 0 === bytes.readUInt32BE(at);
}
