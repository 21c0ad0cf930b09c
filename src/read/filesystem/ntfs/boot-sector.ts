import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { readSafeInteger } from './safe-integer.ts';

/*
 * The boot sector says where the master file table is, and in which units all else is counted. Windows reads the copy in
 * the volume's last sector when the first is damaged, so one that is damaged on purpose hides nothing from it, nor from us.
 */

export const BOOT_SECTOR_BYTES = 512;

export interface Geometry {
  /** All sizes in bytes, powers of two. */
  readonly sectorSize: number;
  readonly clusterSize: number;
  /** Of a file record. */
  readonly recordSize: number;
  readonly clusters: number;
  /** Clusters at which the table of files and its mirror begin. */
  readonly mftCluster: number;
  readonly mirrorCluster: number;
  /** 16 hex digits, upper case. */
  readonly serial: string;
}

const OEM = Buffer.from('NTFS    ', 'latin1');
/** `BOOTMGR` and `NTLDR` as UTF-16 with their length before them: how Windows' boot code for NTFS begins, in the second sector. */
const BOOT_CODE = ['BOOTMGR', 'NTLDR'].map((name) =>
  Buffer.concat([Buffer.from([name.length, 0]), Buffer.from(name, 'utf16le')]),
);

/** Whether the boot sector's name is there, or the boot code of a volume whose first sector was wiped. */
export function hasBootMagic(head: Buffer): boolean {
  return (
    head.subarray(3, 11).equals(OEM) ||
    BOOT_CODE.some((code) => head.subarray(512, 512 + code.length).equals(code))
  );
}

/**
 * From the first sector, or from its backup in the last.
 * @throws Unreadable when neither can be used, Failure of the source
 */
export async function readGeometry(
  source: BlockSource,
): Promise<{ readonly geometry: Geometry; readonly flaws: readonly Unreadable[] }> {
  try {
    return { geometry: parseBootSector(await source.read(0, BOOT_SECTOR_BYTES)), flaws: [] };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const geometry = await readBackup(source);
    if (geometry === undefined) throw error;
    const message = `${error.message}; its backup at the end of the volume was used`;
    return { geometry, flaws: [new Unreadable(error.code, message, 0)] };
  }
}

async function readBackup(source: BlockSource): Promise<Geometry | undefined> {
  for (const size of [512, 4096]) {
    const at = (Math.floor(source.size / size) - 1) * size;
    if (at <= 0) continue;
    try {
      return parseBootSector(await source.read(at, BOOT_SECTOR_BYTES));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  return undefined;
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function parseBootSector(sector: Buffer): Geometry {
  if (!sector.subarray(3, 11).equals(OEM)) throw malformed('has no NTFS name');
  const sectorSize = sector.readUInt16LE(11);
  if (!isPowerOfTwo(sectorSize) || sectorSize < 256 || sectorSize > 4096)
    throw malformed(`has sectors of ${sectorSize} bytes`);
  const clusterSize = sectorSize * toSectorsPerCluster(sector.readUInt8(13));
  if (!isPowerOfTwo(clusterSize) || clusterSize > 2 ** 21)
    throw malformed(`has clusters of ${clusterSize} bytes`);
  const recordSize = toRecordSize(sector.readInt8(64), clusterSize);
  if (!isPowerOfTwo(recordSize) || recordSize < 512 || recordSize > 2 ** 16)
    throw malformed(`has file records of ${recordSize} bytes`);
  const size = readSafeInteger(sector, 40, 'the number of sectors') * sectorSize;
  const clusters = Math.floor(size / clusterSize);
  if (!Number.isSafeInteger(size) || clusters === 0) throw malformed(`has a size of ${size} bytes`);
  const mftCluster = readSafeInteger(sector, 48, 'the place of $MFT');
  const mirrorCluster = readSafeInteger(sector, 56, 'the place of $MFTMirr');
  if (mftCluster >= clusters && mirrorCluster >= clusters)
    throw malformed(`has $MFT at cluster ${mftCluster} of ${clusters}`);
  const serial = sector.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0');
  return { sectorSize, clusterSize, recordSize, clusters, mftCluster, mirrorCluster, serial };
}

/** Up to 128 as it is; above, the negative of a power of two (clusters over 64 KiB). */
function toSectorsPerCluster(field: number): number {
  return field <= 128 ? field : 2 ** (256 - field);
}

/** Clusters when positive, else the negative of a power of two of bytes. */
function toRecordSize(field: number, clusterSize: number): number {
  return field > 0 ? field * clusterSize : 2 ** -field;
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `the NTFS boot sector ${what}`, 0);
}
