import type { BlockSource } from '../block-source.ts';
import { toGuid } from '../guid.ts';
import { Unreadable } from '../unreadable.ts';
import { hasChecksum, MIB, safeAt } from './fields.ts';

const PLACES = [192 * 1024, 256 * 1024] as const;
const TABLE_BYTES = 64 * 1024;
const MOST_ENTRIES = 2047;

const BLOCK_TABLE = '2dc27766-f623-4200-9d64-115e9bfd4a08';
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e';

export interface Region {
  readonly offset: number;
  readonly length: number;
}

export interface Regions {
  readonly blockTable: Region;
  readonly metadata: Region;
}

/**
 * [MS-VHDX] 2.2.3: two copies of one table.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source
 */
export async function readRegions(source: BlockSource, flaw: (flaw: Unreadable) => void): Promise<Regions> {
  const sound: Buffer[] = [];
  for (const [index, place] of PLACES.entries()) {
    const bytes = await source.read(place, TABLE_BYTES);
    if (bytes.toString('latin1', 0, 4) === 'regi' && hasChecksum(bytes)) sound.push(bytes);
    else {
      const message = `region table ${index + 1} of ${source.name} does not match its checksum`;
      flaw(new Unreadable('CHECKSUM_MISMATCH', message, place));
    }
  }
  const [first, second] = sound;
  if (first === undefined)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has no region table that can be used`, PLACES[0]);
  if (second !== undefined && !first.equals(second)) {
    const message = `${source.name} has two region tables that differ: programs read different disks`;
    flaw(new Unreadable('MALFORMED_DISK', message, PLACES[0]));
  }
  return parseRegions(source, first);
}

function parseRegions(source: BlockSource, bytes: Buffer): Regions {
  const count = bytes.readUInt32LE(8);
  if (count > MOST_ENTRIES)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has a table of ${count} regions`);
  const regions = new Map<string, Region>();
  for (let at = 16; at < 16 + count * 32; at += 32) {
    const id = toGuid(bytes, at);
    const isRequired = (bytes.readUInt32LE(at + 28) & 1) !== 0;
    if (id !== BLOCK_TABLE && id !== METADATA) {
      if (!isRequired) continue;
      throw new Unreadable(
        'UNSUPPORTED',
        `${source.name} cannot be read without its region ${id}, which is not known`,
      );
    }
    const region = {
      offset: safeAt(source, 'region offset', bytes, at + 16),
      length: bytes.readUInt32LE(at + 24),
    };
    if (region.offset % MIB !== 0 || region.length % MIB !== 0 || region.offset < MIB || regions.has(id)) {
      const message = `${source.name} has the region ${id} twice, or not where one can be`;
      throw new Unreadable('MALFORMED_DISK', message, region.offset);
    }
    regions.set(id, region);
  }
  const blockTable = regions.get(BLOCK_TABLE);
  const metadata = regions.get(METADATA);
  if (blockTable === undefined || metadata === undefined)
    throw new Unreadable('MALFORMED_DISK', `${source.name} lacks its block table or its metadata`);
  return { blockTable, metadata };
}
