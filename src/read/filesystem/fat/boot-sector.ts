import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/*
 * The first sector of a FAT file system tells where everything is. It has no magic: every field is looked at, with the rules by
 * which Linux takes it for FAT (fs/fat/inode.c), so that nothing that would be mounted is overlooked; whether there is a jump
 * in front or a signature behind is not among them.
 */

export type FatKind = 'fat12' | 'fat16' | 'fat32';

/** Where things are, in bytes from the start of the source. */
export interface Geometry {
  readonly kind: FatKind;
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  /** Of data; the first has number 2. */
  readonly clusters: number;
  /** The copies of the table of clusters. */
  readonly tables: readonly number[];
  readonly tableBytes: number;
  /** Of FAT12 and FAT16: the root folder has a place of its own. */
  readonly rootStart: number;
  readonly rootBytes: number;
  /** Of FAT32: where the root folder's chain begins. */
  readonly rootCluster: number;
  readonly dataStart: number;
  /** Of all of it. */
  readonly bytes: number;
  readonly label: string;
  readonly uuid: string | undefined;
}

const SECTOR = 512;
/** Microsoft, "FAT: General Overview of On-Disk Format" 1.03: with more clusters, entries need more bits. */
const MAX_FAT12 = 4084;
const MAX_FAT16 = 65_524;
const MAX_FAT32 = 0x0ffffff5;
const MAX_TABLES = 4;
const BACKUP_SECTOR = 50;

export function isFat(head: Buffer): boolean {
  if (head.length < SECTOR) return false;
  const sectorBytes = head.readUInt16LE(11);
  const clusterSectors = head[13] ?? 0;
  const media = head[21] ?? 0;
  return (
    sectorBytes >= SECTOR &&
    sectorBytes <= 4096 &&
    isPowerOfTwo(sectorBytes) &&
    isPowerOfTwo(clusterSectors) &&
    head.readUInt16LE(14) > 0 &&
    (head[16] ?? 0) > 0 &&
    (head[16] ?? 0) <= MAX_TABLES &&
    (media >= 0xf8 || media === 0xf0) &&
    (head.readUInt16LE(22) > 0 || head.readUInt32LE(36) > 0) &&
    (head.readUInt16LE(19) > 0 || head.readUInt32LE(32) > 0)
  );
}

/**
 * The geometry, from the backup of the boot sector where the boot sector itself cannot be used.
 * @throws Unreadable, Failure of the source
 */
export async function readGeometry(
  source: BlockSource,
): Promise<{ geometry: Geometry; flaws: Unreadable[] }> {
  const sector = await source.read(0, SECTOR);
  if (!isFat(sector)) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'there is no FAT boot sector', 0);
  const backup = await readBackup(source, sector);
  try {
    const geometry = parseGeometry(sector);
    return { geometry, flaws: backup === undefined ? [] : compareBackup(sector, backup) };
  } catch (error) {
    if (!(error instanceof Unreadable) || backup === undefined || !isFat(backup.bytes)) throw error;
    const geometry = parseGeometry(backup.bytes);
    const message = `the boot sector cannot be used, its backup was: ${error.message}`;
    return { geometry, flaws: [new Unreadable('MALFORMED_FILE_SYSTEM', message, 0)] };
  }
}

interface Backup {
  readonly bytes: Buffer;
  readonly at: number;
}

/** FAT32 has one, mostly in sector 6. */
async function readBackup(source: BlockSource, sector: Buffer): Promise<Backup | undefined> {
  if (sector.readUInt16LE(22) !== 0) return undefined;
  const number = sector.readUInt16LE(BACKUP_SECTOR);
  if (number === 0 || number === 0xffff || number >= sector.readUInt16LE(14)) return undefined;
  const at = number * sector.readUInt16LE(11);
  if (at + SECTOR > source.size) return undefined;
  return { bytes: await source.read(at, SECTOR), at };
}

/** Only what tells where things are: tools write a new label or boot code to the first alone. */
function compareBackup(sector: Buffer, { bytes, at }: Backup): Unreadable[] {
  const places = [
    [11, 19],
    [22, 24],
    [32, 40],
    [44, 48],
  ] as const;
  // Some tools leave its place empty.
  if (!isFat(bytes)) return [];
  if (places.every(([from, to]) => sector.subarray(from, to).equals(bytes.subarray(from, to)))) return [];
  const message = 'the boot sector and its backup tell different places: the tree of the first was read';
  return [new Unreadable('MALFORMED_FILE_SYSTEM', message, at)];
}

function parseGeometry(sector: Buffer): Geometry {
  const sectorBytes = sector.readUInt16LE(11);
  const clusterSectors = sector[13] ?? 0;
  const reserved = sector.readUInt16LE(14);
  const shortTable = sector.readUInt16LE(22);
  const isFat32 = shortTable === 0;
  const tableSectors = isFat32 ? sector.readUInt32LE(36) : shortTable;
  const tableCount = sector[16] ?? 0;
  const rootBytes = isFat32 ? 0 : sector.readUInt16LE(17) * 32;
  const rootStart = (reserved + tableSectors * tableCount) * sectorBytes;
  const dataStart = rootStart + Math.ceil(rootBytes / sectorBytes) * sectorBytes;
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const bytes = sectors * sectorBytes;
  const clusterBytes = clusterSectors * sectorBytes;
  const clusters = Math.floor((bytes - dataStart) / clusterBytes);
  if (clusters < 1) throw malformed(`${sectors} sectors leave no room for files`);
  const kind = toKind(isFat32, clusters);
  const tableBytes = tableSectors * sectorBytes;
  const extra = isFat32 ? 64 : 36;
  return {
    kind,
    sectorBytes,
    clusterBytes,
    clusters: Math.min(clusters, entriesIn(kind, tableBytes) - 2),
    // FAT32 can say which copy is kept up. Windows looks, Linux does not: that they differ is a flaw in any case.
    tables: Array.from({ length: tableCount }, (_, index) => reserved * sectorBytes + index * tableBytes),
    tableBytes,
    rootStart,
    rootBytes,
    rootCluster: isFat32 ? sector.readUInt32LE(44) : 0,
    dataStart,
    bytes,
    ...identify(sector, extra),
  };
}

function toKind(isFat32: boolean, clusters: number): FatKind {
  if (clusters > (isFat32 ? MAX_FAT32 : MAX_FAT16))
    throw malformed(`${clusters} clusters are more than there can be`);
  // As all systems do, and not by the number of clusters: small FAT32 is common on EFI system partitions.
  if (isFat32) return 'fat32';
  return clusters <= MAX_FAT12 ? 'fat12' : 'fat16';
}

/** How many entries a table has room for. */
function entriesIn(kind: FatKind, tableBytes: number): number {
  const bits = { fat12: 12, fat16: 16, fat32: 32 }[kind];
  const entries = Math.floor((tableBytes * 8) / bits);
  if (entries > 2) return entries;
  throw malformed(`a table of ${tableBytes} bytes has no room for clusters`);
}

function identify(sector: Buffer, at: number): { label: string; uuid: string | undefined } {
  const signature = sector[at + 2];
  if (signature !== 0x28 && signature !== 0x29) return { label: '', uuid: undefined };
  const serial = sector
    .readUInt32LE(at + 3)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');
  const label = signature === 0x29 ? sector.toString('latin1', at + 7, at + 18).trimEnd() : '';
  return { label: label === 'NO NAME' ? '' : label, uuid: `${serial.slice(0, 4)}-${serial.slice(4)}` };
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

function malformed(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `the boot sector lies: ${message}`, 0);
}
