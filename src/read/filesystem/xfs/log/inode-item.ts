import { Unreadable } from '../../../disk/unreadable.ts';
import { checksumOf } from '../checksum.ts';
import { MOST_BUFFER } from './buffer-item.ts';
import { readLittle64 } from './little-endian.ts';
import { BLOCK } from './ring.ts';
import type { Item } from './transactions.ts';

/*
 * An inode that was changed: its core, in the byte order of the machine that wrote it, and its forks as they are on disk, but for roots
 * of b-trees, that are as they were in memory. (struct xfs_inode_log_format, `xlog_recover_inode_commit_pass2`)
 */

/** Of `ilf_fields`. */
const CORE = 0x1;
const DATA = { local: 0x2, extents: 0x4, root: 0x8 } as const;
const DEVICE = 0x10;
const ATTRIBUTES = { local: 0x40, extents: 0x80, root: 0x100 } as const;
const OWNERS = 0x600;

const MAGIC = 0x494e;
const CHECKSUM = 100;
export const INODE_LSN = 112;

export interface InodeItem {
  /** Of the buffer it is in. */
  readonly place: number;
  readonly length: number;
  /** Of the inode in that. */
  readonly offset: number;
  readonly fields: number;
  readonly device: number;
  readonly core: Buffer;
  /** Data and attributes, those of the two that were changed. */
  readonly forks: readonly Buffer[];
}

/** @throws Unreadable */
export function parseInodeItem({
  regions: [head = Buffer.alloc(0), core = Buffer.alloc(0), ...forks],
}: Item): InodeItem {
  // 32-bit machines have no padding.
  const shift = head.length === 52 ? 4 : 0;
  if (head.length !== 56 && shift === 0) throw wrong(`begins with ${head.length} bytes`);
  const fields = head.readUInt32LE(4);
  if ((fields & CORE) === 0 || core.length < 2 || core.readUInt16LE(0) !== MAGIC) throw wrong('has no core');
  if ((fields & OWNERS) !== 0)
    throw new Unreadable('UNSUPPORTED', "in the log, two files were given each other's extents");
  const length = head.readUInt32LE(48 - shift) * BLOCK;
  if (length === 0 || length > MOST_BUFFER) throw wrong(`is in a buffer of ${length} bytes`);
  return {
    ...{ fields, core, forks, length },
    device: head.readUInt32LE(24 - shift),
    place: readLittle64(head, 40 - shift, 'the place of an inode') * BLOCK,
    offset: head.readUInt32LE(52 - shift),
  };
}

/** In version 4, which has no LSN: how often an inode was written. What is on disk may be newer than what is in the log. */
export function isOlder({ core }: InodeItem, inode: Buffer): boolean {
  const [logged, stored] = [core.readUInt16LE(30), inode.readUInt16BE(30)];
  const isAround = stored === 0xffff && logged < 0x7fff;
  return logged < stored && !isAround;
}

/**
 * Changes an inode as it is on disk.
 * @param lsn undefined in version 4
 * @throws Unreadable
 */
export function applyInode(inode: Buffer, item: InodeItem, lsn: bigint | undefined): void {
  if (inode.readUInt16BE(0) !== MAGIC) throw wrong('is not where an inode is');
  const start = lsn === undefined ? 100 : 176;
  if (item.core.length < Math.min(start, lsn === undefined ? 96 : 176))
    throw wrong('has a core that is too short');
  if ((item.core.readUInt8(4) === 3) !== (lsn !== undefined))
    throw wrong(`has version ${item.core.readUInt8(4)}`);
  applyCore(inode, item.core);
  const { fields } = item;
  if ((fields & DEVICE) !== 0) inode.writeUInt32BE(item.device, start);
  applyForks(inode, item, start);
  if (lsn === undefined) return;
  inode.writeBigUInt64BE(lsn, INODE_LSN);
  inode.writeUInt32LE(checksumOf(inode, CHECKSUM), CHECKSUM);
}

/** Of `di_flags2`. */
const BIGTIME = 0x8;
const LARGE_COUNTS = 0x10;

function applyCore(inode: Buffer, core: Buffer): void {
  const isVersion3 = core.readUInt8(4) === 3;
  const flags2 = isVersion3 ? core.readUInt32LE(120) : 0;
  const swap16 = (...places: readonly number[]): void => {
    for (const at of places) inode.writeUInt16BE(core.readUInt16LE(at), at);
  };
  const swap32 = (...places: readonly number[]): void => {
    for (const at of places) inode.writeUInt32BE(core.readUInt32LE(at), at);
  };
  const swap64 = (...places: readonly number[]): void => {
    for (const at of places) inode.writeBigUInt64BE(core.readBigUInt64LE(at), at);
  };
  const swapTime = (at: number): void => ((flags2 & BIGTIME) !== 0 ? swap64(at) : swap32(at, at + 4));
  swap16(0, 2, 20, 22, 80, 88, 90);
  swap32(8, 12, 16, 72, 76, 84, 92);
  swap64(56, 64);
  for (const at of [32, 40, 48]) swapTime(at);
  for (const at of [4, 5, 82, 83]) inode.writeUInt8(core.readUInt8(at), at);
  inode.fill(0, 6, 8);
  // Where there are no large counts, how often it was written: that begins again.
  if ((flags2 & LARGE_COUNTS) !== 0) swap64(24);
  else inode.fill(0, 24, 32);
  if (!isVersion3) return;
  swap64(104, 120, 152);
  swap32(128);
  inode.fill(0, 132, 144);
  swapTime(144);
  core.copy(inode, 160, 160, 176);
}

function applyForks(inode: Buffer, { fields, forks }: InodeItem, start: number): void {
  const split = start + inode.readUInt8(82) * 8;
  if (split > inode.length) throw wrong('has attributes outside it');
  const isSplit = split > start;
  const data = fields & (DATA.local | DATA.extents | DATA.root);
  const attributes = fields & (ATTRIBUTES.local | ATTRIBUTES.extents | ATTRIBUTES.root);
  if (forks.length === 0) {
    // Linux takes a fork that is flagged and not there for one that did not change.
    if (data !== 0 || attributes !== 0) throw wrong('lacks a fork');
    return;
  }
  const [first, second] = data === 0 ? [undefined, forks[0]] : forks;
  if (forks.length !== (data === 0 ? 0 : 1) + (attributes === 0 ? 0 : 1))
    throw wrong(`has ${forks.length} forks`);
  const headerLength = start === 176 ? 72 : 24;
  if (first !== undefined)
    applyFork(inode.subarray(start, isSplit ? split : inode.length), first, data, DATA, headerLength);
  if (attributes === 0 || second === undefined) return;
  if (!isSplit) throw wrong('has attributes and no place for them');
  applyFork(inode.subarray(split), second, attributes, ATTRIBUTES, headerLength);
}

function applyFork(
  fork: Buffer,
  bytes: Buffer,
  fields: number,
  kinds: { readonly local: number; readonly extents: number; readonly root: number },
  headerLength: number,
): void {
  if (fields === kinds.root) applyRoot(fork, bytes, headerLength);
  else if (fields !== kinds.local && fields !== kinds.extents) throw wrong('has a fork of two kinds');
  else if (bytes.length > fork.length) throw wrong(`has a fork of ${bytes.length} bytes`);
  else bytes.copy(fork);
}

/** In memory a root has the header of a block, and its pointers are after as many keys as it has room for; on disk too, which is another room. */
function applyRoot(fork: Buffer, bytes: Buffer, headerLength: number): void {
  if (bytes.length < headerLength) throw wrong(`has a root of ${bytes.length} bytes`);
  const count = bytes.readUInt16BE(6);
  const room = Math.floor((bytes.length - headerLength) / 16);
  const place = Math.floor((fork.length - 4) / 16);
  if (count > room || count > place) throw wrong(`has a root with ${count} entries`);
  bytes.copy(fork, 0, 4, 8);
  bytes.copy(fork, 4, headerLength, headerLength + count * 8);
  const pointers = headerLength + room * 8;
  bytes.copy(fork, 4 + place * 8, pointers, pointers + count * 8);
}

function wrong(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `in the log, a change of an inode ${message}`);
}
