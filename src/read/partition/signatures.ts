import type { BlockSource } from '../disk/block-source.ts';

/*
 * What is known by its magic and not read: where each is, and what it is called. Sources: the formats' own documents and
 * headers. Several places are those where versions or block sizes put it.
 */

export interface Signature {
  /** In words: `LUKS`, `APFS`. */
  readonly what: string;
  readonly code: 'ENCRYPTED' | 'UNSUPPORTED';
  /** Long enough that it is never there by chance: said even beside a file system that is read. */
  readonly isCertain: boolean;
  /** Looks like a file system that is read, and hides another: no driver is to be asked. */
  readonly isDisguise: boolean;
}

interface Row extends Partial<Pick<Signature, 'isDisguise' | 'isCertain'>> {
  readonly what: string;
  readonly code?: 'ENCRYPTED';
  /** Latin-1. */
  readonly magic: string;
  readonly at: readonly number[];
}

const LUKS2_SECOND_HEADERS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((kib) => kib * 1024);
const BITLOCKER_GUIDS = ['3bd66749292ed84a8399f6a339e3d001', '3b4da892dd800e4d9e4eb1e3284eaed8'].map(bytes);

const ROWS: readonly Row[] = [
  { what: 'LUKS', code: 'ENCRYPTED', magic: 'LUKS\xba\xbe', at: [0] },
  { what: 'LUKS', code: 'ENCRYPTED', magic: 'SKUL\xba\xbe', at: LUKS2_SECOND_HEADERS },
  { what: 'BitLocker', code: 'ENCRYPTED', magic: '-FVE-FS-', at: [3], isDisguise: true },
  // BitLocker To Go has a FAT of its own around what is encrypted.
  ...BITLOCKER_GUIDS.map(
    (magic): Row => ({ what: 'BitLocker', code: 'ENCRYPTED', magic, at: [160, 424], isDisguise: true }),
  ),
  { what: 'dm-integrity', magic: 'integrt\0', at: [0] },
  { what: 'dm-verity hash tree', magic: 'verity\0\0', at: [0] },
  { what: 'VDO', magic: 'dmvdo001', at: [0] },
  { what: 'Ceph BlueStore', magic: 'bluestore block device\n', at: [0] },
  { what: 'Stratis pool', magic: '!Stra0tis\x86\xff\x02^\x41rh', at: [516, 4612] },
  { what: 'bcache', magic: bytes('c68573f64e1a45ca8265f57f48ba6d81'), at: [4120] },
  { what: 'bcachefs', magic: bytes('c68573f666ce90a9d96a60cf803df7ef'), at: [4120] },
  { what: 'Windows dynamic disk (LDM)', magic: 'PRIVHEAD', at: [3072] },
  { what: 'APFS', magic: 'NXSB', at: [32] },
  { what: 'ReFS', magic: 'ReFS\0\0\0\0', at: [3] },
  { what: 'exFAT', magic: 'EXFAT   ', at: [3] },
  { what: 'UDF', magic: 'NSR02', at: [34817, 36865, 38913, 40961] },
  { what: 'UDF', magic: 'NSR03', at: [34817, 36865, 38913, 40961] },
  { what: 'JFS', magic: 'JFS1', at: [32768] },
  { what: 'ReiserFS', magic: 'ReIsErFs', at: [65588, 8244] },
  { what: 'ReiserFS', magic: 'ReIsEr2Fs', at: [65588, 8244] },
  { what: 'ReiserFS', magic: 'ReIsEr3Fs', at: [65588, 8244] },
  { what: 'Reiser4', magic: 'ReIsEr4', at: [65536] },
  // Its second superblock does as well as the first.
  { what: 'F2FS', magic: '\x10\x20\xf5\xf2', at: [1024, 5120] },
  { what: 'EROFS', magic: '\xe2\xe1\xf5\xe0', at: [1024] },
  { what: 'HFS+', magic: 'H+\0\x04', at: [1024] },
  { what: 'HFSX', magic: 'HX\0\x05', at: [1024] },
  { what: 'HFS', magic: 'BD', at: [1024] },
  { what: 'cramfs', magic: 'Compressed ROMFS', at: [16, 528] },
  { what: 'romfs', magic: '-rom1fs-', at: [0] },
  { what: 'OCFS2', magic: 'OCFSV2', at: [1024, 2048, 4096, 8192] },
  { what: 'GFS2', magic: '\x01\x16\x19\x70\0\0\0\x01', at: [65536] },
  { what: 'UFS2', magic: '\x19\x01\x54\x19', at: [66908, 9564] },
  { what: 'UFS2', magic: '\x19\x54\x01\x19', at: [66908, 9564] },
  { what: 'UFS1', magic: '\x54\x19\x01\0', at: [9564] },
  { what: 'UFS1', magic: '\0\x01\x19\x54', at: [9564] },
  { what: 'NILFS2', magic: '\x34\x34', at: [1030] },
  { what: 'minix', magic: '\x5a\x4d', at: [1048] },
  ...['\x7f\x13', '\x8f\x13', '\x68\x24', '\x78\x24'].map(
    (magic): Row => ({ what: 'minix', magic, at: [1040] }),
  ),
  { what: 'Oracle ASM', magic: 'ORCLDISK', at: [32] },
  // A table, which a CD image has besides.
  { what: 'BSD disklabel', magic: 'WEV\x82', at: [512], isCertain: false },
  { what: 'Apple partition map', magic: 'PM\0\0', at: [512, 2048], isCertain: false },
  { what: 'qcow2 image', magic: 'QFI\xfb', at: [0] },
  { what: 'VMDK image', magic: 'KDMV', at: [0] },
  { what: 'VHDX image', magic: 'vhdxfile', at: [0] },
  { what: 'VHD image', magic: 'conectix', at: [0] },
];

const PAGES = [4096, 8192, 16384, 32768, 65536];
const SWAP = ['SWAPSPACE2', 'SWAP-SPACE'];
/** Put where swap's magic was by a system that went to sleep: its memory is in there. */
const HIBERNATED = ['S1SUSPEND\0', 'S2SUSPEND\0', 'ULSUSPEND\0', 'LINHIB0001'];

/** All that are in the first 128 KiB. */
export function findSignatures(head: Buffer): readonly Signature[] {
  const found = ROWS.filter(({ magic, at }) => at.some((offset) => has(head, offset, magic))).map(
    toSignature,
  );
  if (isSwapMagic(head, HIBERNATED))
    found.push(toSignature({ what: 'memory of a hibernated system', magic: '', at: [] }));
  return found.filter(({ what }, index) => found.findIndex((other) => other.what === what) === index);
}

export function isSwap(head: Buffer): boolean {
  return isSwapMagic(head, SWAP);
}

/**
 * What has its magic further inside: looked at only where nothing else is known.
 * @throws Unreadable, Failure of the source
 */
export async function findDistantSignature(source: BlockSource): Promise<Signature | undefined> {
  const magicAt = async (offset: number, magics: readonly string[]) => {
    if (offset < 0 || offset + 8 > source.size) return false;
    const there = await source.read(offset, 8);
    return magics.some((magic) => has(there, 0, magic));
  };
  if (await hasUberblock(source)) return toSignature({ what: 'ZFS', magic: '', at: [] });
  if ((await magicAt(2 ** 20, ['\x0d\xd0\x01\xc0'])) || (await magicAt(2 ** 21, ['\x5e\xf1\xab\x2f'])))
    return toSignature({ what: 'VMFS', magic: '', at: [] });
  // Meta data of DRBD are in the last 4 KiB.
  const end = source.size - (source.size % 4096) - 4096 + 60;
  if (await magicAt(end, ['\x83\x74\x02\x6b', '\x83\x74\x02\x6c', '\x83\x74\x02\x6d']))
    return toSignature({ what: 'DRBD', magic: '', at: [] });
  return undefined;
}

/** Of ZFS: the second half of the first label is a ring of them. */
async function hasUberblock(source: BlockSource): Promise<boolean> {
  const half = 128 * 1024;
  if (source.size < half * 2) return false;
  const ring = await source.read(half, half);
  const magics = ['\x0c\xb1\xba\0\0\0\0\0', '\0\0\0\0\0\xba\xb1\x0c'];
  for (let at = 0; at < half; at += 1024) if (magics.some((magic) => has(ring, at, magic))) return true;
  return false;
}

function toSignature({
  what,
  code,
  magic,
  isDisguise = false,
  isCertain = magic.length >= 4,
}: Row): Signature {
  return { what, code: code ?? 'UNSUPPORTED', isCertain, isDisguise };
}

function isSwapMagic(head: Buffer, magics: readonly string[]): boolean {
  return PAGES.some((page) => magics.some((magic) => has(head, page - 10, magic)));
}

function has(bytes: Buffer, offset: number, magic: string): boolean {
  return (
    bytes.length >= offset + magic.length && bytes.toString('latin1', offset, offset + magic.length) === magic
  );
}

function bytes(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1');
}
