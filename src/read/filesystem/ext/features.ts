/*
 * What a superblock says its file system has. An incompatible feature that is not known changes how blocks are to be read, so
 * that nothing is guessed: such a file system is unsupported. Kernel, Documentation/filesystems/ext4/super.rst.
 */

export const COMPAT = { hasJournal: 0x4, sparseSuper2: 0x200 } as const;

export const INCOMPAT = {
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  wide: 0x80,
  attributeInodes: 0x400,
  checksumSeed: 0x2000,
  largeFolders: 0x4000,
} as const;

export const READ_ONLY_COMPAT = {
  sparseSuper: 0x1,
  hugeFiles: 0x8,
  groupChecksums: 0x10,
  clusters: 0x200,
  checksums: 0x400,
} as const;

/** filetype, recover, meta_bg, extents, 64bit, mmp, flex_bg, ea_inode, csum_seed, largedir, inline_data, encrypt, casefold. */
const KNOWN_INCOMPAT =
  0x2 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000;

/** What ext3 has: filetype, recover, meta_bg; sparse_super, large_file, btree_dir. More than that is ext4. */
const EXT3_INCOMPAT = 0x2 | 0x4 | 0x10;
const EXT3_READ_ONLY_COMPAT = 0x1 | 0x2 | 0x4;

const NAMES_OF_UNKNOWN: ReadonlyMap<number, string> = new Map([
  [0x1, 'compression'],
  [INCOMPAT.journalDevice, 'journal_dev'],
  [0x1000, 'dirdata'],
]);

export interface Features {
  readonly compat: number;
  readonly incompat: number;
  readonly readOnlyCompat: number;
}

/** Names of the incompatible features that are not read here. */
export function unknownFeatures({ incompat }: Features): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const flag = (1 << bit) >>> 0;
    if ((incompat & flag) === 0 || (KNOWN_INCOMPAT & flag) !== 0) continue;
    names.push(NAMES_OF_UNKNOWN.get(flag) ?? `incompatible feature 0x${flag.toString(16)}`);
  }
  return names;
}

/** As `blkid` tells them apart. */
export function toKind({ compat, incompat, readOnlyCompat }: Features): 'ext2' | 'ext3' | 'ext4' {
  if ((incompat & ~EXT3_INCOMPAT) !== 0 || (readOnlyCompat & ~EXT3_READ_ONLY_COMPAT) !== 0) return 'ext4';
  return (compat & COMPAT.hasJournal) === 0 ? 'ext2' : 'ext3';
}
