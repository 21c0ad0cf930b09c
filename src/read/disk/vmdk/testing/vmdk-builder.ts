import { deflateSync } from 'node:zlib';
import { beside, memoryDisk } from '../../../testing/memory-disk.ts';
import { openVmdk } from '../index.ts';

/* VMDK disks made by hand: what no tool makes. */

export const SECTOR = 512;
/** 8 sectors: one grain is one page. */
export const GRAIN = 8 * SECTOR;
export const GRAINS = 16;
export const PATTERN = Buffer.from(Array.from({ length: GRAIN }, (_, index) => (index * 7) % 251));
/** Sector of the first grain: header, descriptor (2 sectors), directory, table. */
export const FIRST = 5;

interface Draft {
  readonly version?: number;
  readonly flags?: number;
  readonly capacity?: bigint;
  readonly grainSectors?: bigint;
  readonly entries?: number;
  readonly directory?: bigint;
  readonly redundant?: bigint;
  readonly algorithm?: number;
  readonly lineEnds?: string;
  readonly descriptor?: string;
  /** Entries of the only grain table. */
  readonly table?: readonly number[];
  readonly data?: readonly Buffer[];
}

export const COMPRESSED = { flags: 0x30001, algorithm: 1 } as const;

export function header(draft: Draft): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.write('KDMV', 'latin1');
  bytes.writeUInt32LE(draft.version ?? 1, 4);
  bytes.writeUInt32LE(draft.flags ?? 3, 8);
  bytes.writeBigUInt64LE(draft.capacity ?? BigInt((GRAINS * GRAIN) / SECTOR), 12);
  bytes.writeBigUInt64LE(draft.grainSectors ?? BigInt(GRAIN / SECTOR), 20);
  bytes.writeBigUInt64LE(draft.descriptor === undefined ? 0n : 1n, 28);
  bytes.writeBigUInt64LE(draft.descriptor === undefined ? 0n : 2n, 36);
  bytes.writeUInt32LE(draft.entries ?? 512, 44);
  bytes.writeBigUInt64LE(draft.redundant ?? 3n, 48);
  bytes.writeBigUInt64LE(draft.directory ?? 3n, 56);
  bytes.writeBigUInt64LE(BigInt(FIRST), 64);
  bytes.write(draft.lineEnds ?? '\n \r\n', 73, 'latin1');
  bytes.writeUInt16LE(draft.algorithm ?? 0, 77);
  return bytes;
}

export function sparse(draft: Draft = {}): Buffer {
  const descriptor = Buffer.alloc(2 * SECTOR);
  descriptor.write(draft.descriptor ?? '');
  const directory = Buffer.alloc(SECTOR);
  directory.writeUInt32LE(4, 0);
  const table = Buffer.alloc(SECTOR);
  for (const [index, entry] of (draft.table ?? []).entries()) table.writeUInt32LE(entry, index * 4);
  // Tables have 512 entries, of which only these are used: the rest lies in what follows.
  return Buffer.concat([
    header(draft),
    descriptor,
    directory,
    table,
    ...(draft.data ?? []),
    Buffer.alloc(4 * SECTOR),
  ]);
}

/** A compressed grain with its marker, filled up to a sector. */
export function packed(grain: number, content: Buffer = PATTERN): Buffer {
  const bytes = deflateSync(content);
  const marker = Buffer.alloc(12);
  marker.writeBigUInt64LE(BigInt((grain * GRAIN) / SECTOR), 0);
  marker.writeUInt32LE(bytes.length, 8);
  const all = Buffer.concat([marker, bytes]);
  return Buffer.concat([all, Buffer.alloc((SECTOR - (all.length % SECTOR)) % SECTOR)]);
}

/** As written front to back: the directory's place is in the footer. */
export function streamed(draft: Draft): Buffer {
  const all = { ...COMPRESSED, ...draft };
  const marker = Buffer.alloc(SECTOR);
  marker.writeBigUInt64LE(1n, 0);
  marker.writeUInt32LE(3, 12);
  const end = Buffer.alloc(SECTOR);
  return Buffer.concat([sparse({ ...all, directory: 0xffffffffffffffffn }), marker, header(all), end]);
}

export function esx(): Buffer {
  const bytes = Buffer.alloc(4 * SECTOR + 4096 * 4);
  bytes.write('COWD', 'latin1');
  for (const [at, value] of [
    [4, 1],
    [8, 3],
    [12, (GRAINS * GRAIN) / SECTOR],
    [16, GRAIN / SECTOR],
    [20, 4],
    [24, 1],
  ] as const)
    bytes.writeUInt32LE(value, at);
  const directory = Buffer.alloc(SECTOR);
  directory.writeUInt32LE(5, 0);
  const table = Buffer.alloc(4096 * 4);
  table.writeUInt32LE(5 + 32, 0);
  return Buffer.concat([bytes.subarray(0, 4 * SECTOR), directory, table, PATTERN]);
}

export const text = (...lines: readonly string[]): Buffer =>
  Buffer.from(
    ['# Disk DescriptorFile', 'version=1', 'CID=fffffffe', 'parentCID=ffffffff', ...lines, ''].join('\n'),
  );

export const over = (parent: string, id = '0000abcd'): string =>
  `# Disk DescriptorFile\nCID=12345678\nparentCID=${id}\nparentFileNameHint="${parent}"\nRW 128 SPARSE "a"\n`;
const parentDescriptor = '# Disk DescriptorFile\nCID=abcd\nparentCID=ffffffff\n';
export const parent = sparse({ descriptor: parentDescriptor, table: [FIRST], data: [PATTERN] });

export type Files = Readonly<Record<string, Buffer>>;

export const reading = async (bytes: Buffer, files: Files = {}) => {
  const { options, flaws } = beside(files);
  const disk = await openVmdk(memoryDisk(bytes, 'disk.vmdk'), options);
  return { disk, flaws };
};
