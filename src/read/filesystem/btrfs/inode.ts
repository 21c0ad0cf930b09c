import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import { INODE_ITEM, MAX_U64, readSafe, XATTR_ITEM } from './key.ts';
import { malformed } from './malformed.ts';
import { parseNamedItems } from './named-items.ts';
import type { Pointer } from './superblock.ts';
import type { Trees } from './trees.ts';

const ITEM_BYTES = 160;
const NO_CHECKSUMS = 1n;
/** Bytes of attributes of one file; far beyond what any system sets. */
const MAX_XATTR_BYTES = 2 ** 20;

const KINDS: Readonly<Record<number, Node['kind']>> = {
  1: 'fifo',
  2: 'character',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'symlink',
  // A socket: no kind of its own here.
  12: 'fifo',
};

/** What a tree says of a file (struct btrfs_inode_item), and its attributes. */
export interface Inode {
  readonly number: number;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Bytes of content before compression, holes left out. */
  readonly stored: number;
  readonly mtime: number;
  readonly names: number;
  readonly hasChecksums: boolean;
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly flaws: readonly Unreadable[];
}

/** @throws Unreadable when there is none or it is damaged; Failure of the source */
export async function readInode(trees: Trees, root: Pointer, number: number): Promise<Inode> {
  const objectid = BigInt(number);
  const from = { objectid, type: INODE_ITEM, offset: 0n };
  const to = { objectid, type: XATTR_ITEM, offset: MAX_U64 };
  const xattrs = new Map<string, string>();
  const flaws: Unreadable[] = [];
  let item: Buffer | undefined;
  let bytes = 0;
  for await (const batch of trees.scan(root, from, to)) {
    if (batch.kind === 'flaw') {
      flaws.push(batch.flaw);
      continue;
    }
    for (const { key, data } of batch.items) {
      if (key.type === INODE_ITEM) item ??= data;
      if (key.type !== XATTR_ITEM) continue;
      bytes += data.length;
      if (bytes <= MAX_XATTR_BYTES) addXattrs(data, xattrs, flaws);
    }
  }
  if (item === undefined) throw flaws[0] ?? malformed(`there is no inode ${number}`);
  if (bytes > MAX_XATTR_BYTES)
    flaws.push(
      new Unreadable('LIMIT_FILE_MEMORY', `btrfs: inode ${number} has ${bytes} bytes of attributes`),
    );
  return {
    ...parseInode(number, item),
    ...(xattrs.size > 0 && { xattrs: Object.fromEntries(xattrs) }),
    flaws,
  };
}

function parseInode(number: number, item: Buffer): Omit<Inode, 'flaws'> {
  if (item.length < ITEM_BYTES) throw malformed(`inode ${number} is cut off`);
  const mode = item.readUInt32LE(52);
  const kind = KINDS[mode >>> 12];
  if (kind === undefined)
    throw malformed(`inode ${number} has mode ${mode.toString(8)}, which is no kind of file`);
  const mtime = Number(item.readBigInt64LE(136));
  return {
    number,
    kind,
    mode: mode & 0o7777,
    uid: item.readUInt32LE(44),
    gid: item.readUInt32LE(48),
    size: kind === 'file' || kind === 'symlink' ? readSafe(item, 16, `the size of inode ${number}`) : 0,
    stored: Number(item.readBigUInt64LE(24)),
    // Beyond what a number holds exactly, no date is meant.
    mtime: Number.isSafeInteger(mtime) ? mtime : 0,
    names: item.readUInt32LE(40),
    hasChecksums: (item.readBigUInt64LE(64) & NO_CHECKSUMS) === 0n,
  };
}

function addXattrs(data: Buffer, to: Map<string, string>, flaws: Unreadable[]): void {
  try {
    for (const { name, value } of parseNamedItems(data))
      to.set(name.toString('utf8'), value.toString('latin1'));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(error);
  }
}
