import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { SECTOR } from './descriptors.ts';

/*
 * El Torito 1.0: what firmware starts from a disc. A boot image need not be a file of any tree, and is run before there is one.
 */

export interface BootImage {
  /** Bytes from the start of the disc. */
  readonly at: number;
  readonly media: number;
  /** What firmware is told to load. */
  readonly loaded: number;
}

const ENTRY = 32;
const CATALOGUE_BYTES = 8 * SECTOR;
const VIRTUAL_SECTOR = 512;
const VALIDATION = 0x01;
const SECTION = 0x90;
const LAST_SECTION = 0x91;
const EXTENSION = 0x44;
/** Bytes of the floppy disks that may be played: 1.2, 1.44 and 2.88 million. */
const FLOPPIES: Readonly<Record<number, number>> = { 1: 1_228_800, 2: 1_474_560, 3: 2_949_120 };
const HARD_DISK = 4;

/** @throws Unreadable, Failure of the source */
export async function readBootCatalogue(
  source: BlockSource,
  sector: number,
): Promise<{ images: BootImage[]; flaws: Unreadable[] }> {
  const at = sector * SECTOR;
  const bytes = await source.read(at, Math.max(SECTOR, Math.min(CATALOGUE_BYTES, source.size - at)));
  const flaws: Unreadable[] = [];
  if (bytes[0] !== VALIDATION || bytes.readUInt16LE(30) !== 0xaa55 || sumOf(bytes) !== 0)
    flaws.push(new Unreadable('CHECKSUM_MISMATCH', 'the boot catalogue does not begin as it has to', at));
  const images = [toImage(bytes, ENTRY)];
  for (let from = 2 * ENTRY; from + ENTRY <= bytes.length; ) {
    const header = bytes[from];
    if (header !== SECTION && header !== LAST_SECTION) break;
    let left = bytes.readUInt16LE(from + 2);
    from += ENTRY;
    for (; left > 0 && from + ENTRY <= bytes.length; from += ENTRY) {
      if (bytes[from] === EXTENSION) continue;
      images.push(toImage(bytes, from));
      left--;
    }
    while (bytes[from] === EXTENSION) from += ENTRY;
    if (left > 0)
      flaws.push(
        new Unreadable('MALFORMED_FILE_SYSTEM', `the boot catalogue lacks ${left} of its entries`, at),
      );
    if (header === LAST_SECTION) break;
  }
  return { images: images.filter((image) => image.at > 0), flaws };
}

function toImage(bytes: Buffer, at: number): BootImage {
  return {
    at: bytes.readUInt32LE(at + 8) * SECTOR,
    media: (bytes[at + 1] ?? 0) & 0x0f,
    loaded: bytes.readUInt16LE(at + 6) * VIRTUAL_SECTOR,
  };
}

/** The words of the first entry add up to nothing. */
function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < ENTRY; at += 2) sum += bytes.readUInt16LE(at);
  return sum & 0xffff;
}

/**
 * How large a boot image is. The catalogue tells what firmware loads; that then loads the rest itself, so the image is
 * asked too: ISOLINUX has its length in it, a disk with FAT says how large it is.
 * @throws Unreadable, Failure of the source
 */
export async function sizeOfImage(source: BlockSource, { at, media, loaded }: BootImage): Promise<number> {
  const available = source.size - at;
  if (available < VIRTUAL_SECTOR)
    throw new Unreadable('TRUNCATED', `a boot image is said to be at ${at}, and the disc ends before`, at);
  const head = await source.read(at, Math.min(SECTOR, available));
  const played = FLOPPIES[media] ?? (media === HARD_DISK ? sizeOfDisk(head) : sizeByContent(head, at));
  return Math.min(available, Math.max(loaded, played, Math.min(SECTOR, available)));
}

/** Its one partition, and what is before it. */
function sizeOfDisk(head: Buffer): number {
  return (head.readUInt32LE(446 + 8) + head.readUInt32LE(446 + 12)) * VIRTUAL_SECTOR;
}

function sizeByContent(head: Buffer, at: number): number {
  const isIsolinux = head.readUInt32LE(8) === 16 && head.readUInt32LE(12) * SECTOR === at;
  if (isIsolinux) return head.readUInt32LE(16);
  const sectorBytes = head.readUInt16LE(11);
  if (head.readUInt16LE(510) !== 0xaa55 || sectorBytes % VIRTUAL_SECTOR !== 0 || sectorBytes > 4096) return 0;
  return (head.readUInt16LE(19) || head.readUInt32LE(32)) * sectorBytes;
}
