import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { u64 } from '../integers.ts';

/*
 * What Linux MD writes on a member of an array: version 0.90 and 1.0 at its end, 1.1 at its start, 1.2 4 KiB from it
 * (include/uapi/linux/raid/md_p.h).
 */

const MAGIC = 0xa92b4efc;
const SECTOR = 512;
const LEGACY_BYTES = 4096;
const LEGACY_DISKS = 27;
/** In words, of what the superblock says of the disk that it is on. */
const LEGACY_OWN_DISK = 992;
const MAX_ROLES = 384;
const RECOVERING = 2;
const RESHAPING = 4;

export interface MdMember {
  /** Of the array, hexadecimal. */
  readonly array: string;
  /** `md0`, `root`: what follows `/dev/` or `/dev/md/`. */
  readonly name: string;
  /** -1 is linear. */
  readonly level: number;
  /** How many disks make up the array. */
  readonly disks: number;
  /** Which of them this is; undefined for a spare, a faulty one, a journal. */
  readonly role: number | undefined;
  readonly events: number;
  /** Bytes of each member's data that the array uses; 0 where all that they have (linear). */
  readonly used: number;
  /** Bytes; 0 where there are none. */
  readonly chunk: number;
  /** Bytes from the start of the member, where its data begin. */
  readonly dataOffset: number;
  /** Bytes of data it has room for. */
  readonly dataSize: number;
  /** Bytes from the start of the array up to which all disks are known to be the same. */
  readonly inSync: number;
  /** Why the array cannot be read, whatever its level. */
  readonly obstacle?: string;
}

/** `flaw`: it can be used, and there is another one. */
export type MdFound =
  | { readonly member: MdMember; readonly flaw?: Unreadable }
  | { readonly damage: Unreadable };

/**
 * @param head the first 128 KiB
 * @returns undefined where there is none
 * @throws Failure of the source, Unreadable
 */
export async function findMdSuperblock(source: BlockSource, head: Buffer): Promise<MdFound | undefined> {
  const sectors = Math.floor(source.size / SECTOR);
  const v1 = (sectors - 16 - ((sectors - 16) % 8)) * SECTOR;
  const legacy = source.size - (source.size % 65536) - 65536;
  const found: MdFound[] = [];
  for (const at of [4096, 0, v1, legacy]) {
    if (at < 0 || at + 4096 > source.size) continue;
    const block = at + 4096 <= head.length ? head.subarray(at, at + 4096) : await source.read(at, 4096);
    const one = parse(block, at, source);
    if (one !== undefined) found.push(one);
  }
  const [first, second] = found;
  if (first === undefined || second === undefined || 'damage' in first) return first;
  const what = `${source.name} has more than one MD superblock: systems may differ in which they use`;
  return { ...first, flaw: new Unreadable('MALFORMED_DISK', what, 0) };
}

function parse(block: Buffer, at: number, source: BlockSource): MdFound | undefined {
  if (block.readUInt32LE(0) !== MAGIC) {
    if (block.readUInt32BE(0) !== MAGIC || block.readUInt32BE(4) !== 0) return undefined;
    return damaged('UNSUPPORTED', 'was written by a big-endian machine');
  }
  const major = block.readUInt32LE(4);
  const isLegacy = major === 0 && block.readUInt32LE(8) >= 90;
  if (!isLegacy && major !== 1) return damaged('UNSUPPORTED', `is of version ${major}`);
  // An array on a whole disk and one on its last partition end at the same place: this says whose it is.
  if (!isLegacy && u64(block, 144) * SECTOR !== at) return undefined;
  const max = block.readUInt32LE(220);
  if (!isLegacy && max > MAX_ROLES) return damaged('MALFORMED_DISK', `has ${max} roles`);
  const sum = isLegacy ? sumOf(block, LEGACY_BYTES, 152) : sumOf(block, 256 + max * 2, 216);
  if (sum !== block.readUInt32LE(isLegacy ? 152 : 216))
    return damaged('CHECKSUM_MISMATCH', 'does not have its checksum');
  return { member: isLegacy ? parseLegacy(block, at) : parseVersion1(block, max) };

  function damaged(code: 'UNSUPPORTED' | 'MALFORMED_DISK' | 'CHECKSUM_MISMATCH', what: string): MdFound {
    return { damage: new Unreadable(code, `the MD superblock of ${source.name} ${what}`, at) };
  }
}

/** The kernel's: 32-bit words added up with that of the sum left out, the upper half then added to the lower. */
function sumOf(block: Buffer, length: number, without: number): number {
  let sum = 0;
  for (let at = 0; at + 4 <= length; at += 4) if (at !== without) sum += block.readUInt32LE(at);
  if (length % 4 !== 0) sum += block.readUInt16LE(length - 2);
  return ((sum % 2 ** 32) + Math.floor(sum / 2 ** 32)) % 2 ** 32;
}

function parseLegacy(block: Buffer, at: number): MdMember {
  const word = (index: number) => block.readUInt32LE(index * 4);
  const level = block.readInt32LE(28);
  const number = word(LEGACY_OWN_DISK);
  const disk = number < LEGACY_DISKS ? 128 + number * 32 : LEGACY_OWN_DISK;
  const role = word(disk + 3);
  const isActive = (word(disk + 4) & 0b111) === 0b110;
  const isClean = (word(33) & 1) === 1;
  const used = word(8) * 1024;
  return {
    array: block.subarray(20, 24).toString('hex') + block.subarray(52, 64).toString('hex'),
    name: `md${word(11)}`,
    level,
    disks: word(10),
    role: isActive && role < word(10) ? role : undefined,
    events: word(40) * 2 ** 32 + word(39),
    used: level === -1 || level === 0 ? 0 : used,
    chunk: word(65),
    dataOffset: 0,
    dataSize: at,
    inSync: isClean ? used : word(43) * SECTOR,
    ...(word(2) > 90 && { obstacle: 'is being reshaped' }),
  };
}

function parseVersion1(block: Buffer, max: number): MdMember {
  const features = block.readUInt32LE(8);
  const level = block.readInt32LE(72);
  const chunk = block.readUInt32LE(88) * SECTOR;
  const disks = block.readUInt32LE(92);
  const device = block.readUInt32LE(160);
  const role = device < max ? block.readUInt16LE(256 + device * 2) : 0xffff;
  const isRecovering = (features & RECOVERING) !== 0;
  const used = u64(block, 80) * SECTOR;
  const resync = u64(block, 208);
  return {
    array: block.toString('hex', 16, 32),
    name: toName(block.subarray(32, 64)),
    level,
    disks,
    role: role < disks && !isRecovering ? role : undefined,
    events: u64(block, 200),
    used: level === -1 || level === 0 ? 0 : used,
    chunk,
    dataOffset: u64(block, 128) * SECTOR,
    dataSize: u64(block, 136) * SECTOR,
    inSync: resync * SECTOR,
    ...((features & RESHAPING) !== 0 && { obstacle: 'is being reshaped' }),
  };
}

/** Without the host that made it. Printable, as it gets into the name of a volume. */
function toName(bytes: Buffer): string {
  const text = (bytes.toString('latin1').split('\0', 1)[0] ?? '').replaceAll(/[^\x21-\x7e]|\//g, '?');
  const name = text.slice(text.indexOf(':') + 1);
  return /^\d{1,3}$/.test(name) ? `md${name}` : name || 'md';
}
