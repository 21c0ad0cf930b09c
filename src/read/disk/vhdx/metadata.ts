import type { BlockSource } from '../block-source.ts';
import { toGuid } from '../guid.ts';
import { Unreadable } from '../unreadable.ts';
import { MIB, safeAt } from './fields.ts';
import { type Locator, parseLocator } from './locator.ts';
import type { Region } from './region-table.ts';

const TABLE_BYTES = 64 * 1024;
const MOST_ENTRIES = 2047;
/** [MS-VHDX] 2.6.1.1. */
const LARGEST_ITEM = MIB;
const LARGEST_DISK = 64 * 2 ** 40;

const FILE_PARAMETERS = 'caa16737-fa36-4d43-b3b6-33f0aa44e76b';
const DISK_SIZE = '2fa54224-cd1b-4876-b211-5dbed83bf4b8';
const SECTOR_SIZE = '8141bf1d-a96f-4709-ba47-f233a8faab5f';
const PARENT_LOCATOR = 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c';
/** Nothing in these changes what is read: the identity for SCSI, the physical sector size. */
const UNUSED: ReadonlySet<string> = new Set([
  'beca12ab-b2e6-4523-93ef-c309e000c746',
  'cda348c7-445d-4471-9cc9-e9885251c556',
]);

/** [MS-VHDX] 2.6.2. */
export interface Metadata {
  readonly size: number;
  readonly blockSize: number;
  readonly sectorSize: number;
  /** Of a differencing disk. */
  readonly parent: Locator | undefined;
}

/** @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source */
export async function readMetadata(source: BlockSource, region: Region): Promise<Metadata> {
  const items = await readItems(source, region);
  const item = (id: string, what: string, length: number): Buffer => {
    const bytes = items.get(id);
    if (bytes !== undefined && bytes.length >= length) return bytes;
    throw new Unreadable('MALFORMED_DISK', `${source.name} does not say its ${what}`, region.offset);
  };
  const parameters = item(FILE_PARAMETERS, 'block size', 8);
  const hasParent = (parameters.readUInt32LE(4) & 2) !== 0;
  const metadata = {
    size: safeAt(source, 'disk size', item(DISK_SIZE, 'size', 8), 0),
    blockSize: parameters.readUInt32LE(0),
    sectorSize: item(SECTOR_SIZE, 'sector size', 4).readUInt32LE(0),
    parent: hasParent ? parseLocator(source, item(PARENT_LOCATOR, 'parent', 20)) : undefined,
  };
  requireSane(source, metadata, region.offset);
  return metadata;
}

function requireSane(source: BlockSource, { size, blockSize, sectorSize }: Metadata, offset: number): void {
  const isPower = (blockSize & (blockSize - 1)) === 0;
  if (!isPower || blockSize < MIB || blockSize > 256 * MIB)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has VHDX blocks of ${blockSize} bytes`, offset);
  if (sectorSize !== 512 && sectorSize !== 4096)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has sectors of ${sectorSize} bytes`, offset);
  if (size === 0 || size % sectorSize !== 0 || size > LARGEST_DISK)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has a disk of ${size} bytes`, offset);
}

async function readItems(source: BlockSource, region: Region): Promise<Map<string, Buffer>> {
  const table = await source.read(region.offset, TABLE_BYTES);
  const count = table.readUInt16LE(10);
  if (table.toString('latin1', 0, 8) !== 'metadata' || count > MOST_ENTRIES)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${source.name} has no VHDX metadata where it should be`,
      region.offset,
    );
  const items = new Map<string, Buffer>();
  for (let at = 32; at < 32 + count * 32; at += 32) {
    const id = toGuid(table, at);
    const offset = table.readUInt32LE(at + 16);
    const length = table.readUInt32LE(at + 20);
    const flags = table.readUInt32LE(at + 24);
    // What users put there has identities of its own, which may be the same.
    if ((flags & 1) !== 0) continue;
    if (!KNOWN.has(id)) {
      if ((flags & 4) === 0 || UNUSED.has(id)) continue;
      throw new Unreadable(
        'UNSUPPORTED',
        `${source.name} cannot be read without its metadata ${id}, which is not known`,
      );
    }
    if (items.has(id) || length > LARGEST_ITEM || offset < TABLE_BYTES || offset + length > region.length) {
      const message = `${source.name} has the metadata ${id} twice, or not where it can be`;
      throw new Unreadable('MALFORMED_DISK', message, region.offset);
    }
    items.set(id, await source.read(region.offset + offset, length));
  }
  return items;
}

const KNOWN: ReadonlySet<string> = new Set([FILE_PARAMETERS, DISK_SIZE, SECTOR_SIZE, PARENT_LOCATOR]);
