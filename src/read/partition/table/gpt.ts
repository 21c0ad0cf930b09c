import { crc32 } from 'node:zlib';
import type { BlockSource } from '../../disk/block-source.ts';
import { NO_GUID, toGuid } from '../../disk/guid.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { u64 } from '../integers.ts';
import type { Partition, PartitionTable, Range } from './partition.ts';
import { toGptType, usualMountOf } from './partition-types.ts';

/*
 * The GUID partition table: UEFI specification, chapter 5.
 *
 * It is there twice. Whoever damages the first has firmware read the second, and whoever leaves both whole but different
 * has two systems see two disks: so both are read, and all that differs or is damaged is said, though one is used.
 */

const MAX_ENTRIES = 16_384;
const MAX_ENTRIES_BYTES = 16 * 2 ** 20;

interface Header {
  readonly lba: number;
  readonly alternate: number;
  readonly disk: string;
  readonly entriesLba: number;
  readonly entriesCount: number;
  readonly entrySize: number;
  readonly entriesCrc: number;
}

/** One of the two tables. Damaged ones may still be of use when there is no better. */
interface Copy {
  readonly header: Header;
  readonly entries: Buffer;
  readonly damage?: Unreadable;
}

/** A copy; or why there is none; or undefined where nothing says that there should be one. */
type Attempt = Copy | Unreadable | undefined;

/**
 * The table that starts in the second sector.
 * @param isExpected whether the MBR says that there is one: then the last sector is looked at where the second has none
 * @returns undefined where there is none, and no trace of one
 * @throws Failure of the source; Unreadable where there is one and no copy can be used
 */
export async function readGpt(
  source: BlockSource,
  sectorSize: number,
  isExpected: boolean,
): Promise<PartitionTable | undefined> {
  const first = await readCopy(source, sectorSize, 1);
  if (first === undefined && !isExpected) return undefined;
  const last = Math.floor(source.size / sectorSize) - 1;
  const backupLba = isCopy(first) && first.damage === undefined ? first.header.alternate : last;
  const backup = backupLba > 1 ? await readCopy(source, sectorSize, backupLba) : undefined;
  if (first === undefined && backup === undefined) return undefined;
  const copies = [first, backup].filter(isCopy);
  const used = copies.find(({ damage }) => damage === undefined) ?? copies[0];
  const flaws = [flawOf(first, 'first', 1), flawOf(backup, 'backup', backupLba)].filter(
    (flaw) => flaw !== undefined,
  );
  if (used === undefined)
    throw flaws[0] ?? new Unreadable('MALFORMED_DISK', `${source.name} has no usable GPT`);
  if (isCopy(first) && isCopy(backup) && flaws.length === 0 && differ(first, backup))
    flaws.push(
      new Unreadable(
        'MALFORMED_DISK',
        `the first and the backup GPT of ${source.name} differ: the first was used`,
        sectorSize,
      ),
    );
  if (isCopy(first) && backupLba !== last && (await hasOther(source, sectorSize, last, first)))
    flaws.push(
      new Unreadable(
        'MALFORMED_DISK',
        `${source.name} has another GPT in its last sector, which firmware may put in the place of the first`,
        last * sectorSize,
      ),
    );
  return {
    kind: 'GPT',
    sectorSize,
    partitions: toPartitions(used, sectorSize, source, flaws),
    own: [{ start: 440, end: sectorSize }, ...copies.flatMap((copy) => rangesOf(copy, sectorSize))],
    flaws,
  };

  function flawOf(attempt: Attempt, which: string, lba: number): Unreadable | undefined {
    if (attempt instanceof Unreadable) return attempt;
    if (attempt !== undefined) return attempt.damage;
    return new Unreadable(
      'MALFORMED_DISK',
      `${source.name} has no ${which} GPT header in sector ${lba}`,
      Number.isFinite(lba) ? lba * sectorSize : undefined,
    );
  }
}

/** Whether a sector has a header of another table. What is left of one is none. */
async function hasOther(source: BlockSource, sectorSize: number, lba: number, first: Copy): Promise<boolean> {
  const other = lba > 1 ? await readCopy(source, sectorSize, lba) : undefined;
  return isCopy(other) && other.damage === undefined && differ(first, other);
}

/** Whether the second sector claims to begin a GPT. */
export async function hasGptSignature(source: BlockSource, sectorSize: number): Promise<boolean> {
  if (source.size < sectorSize * 2) return false;
  return isSignature(await source.read(sectorSize, 8));
}

function isSignature(sector: Buffer): boolean {
  return sector.toString('latin1', 0, 8) === 'EFI PART';
}

function isCopy(attempt: Attempt): attempt is Copy {
  return attempt !== undefined && !(attempt instanceof Unreadable);
}

async function readCopy(source: BlockSource, sectorSize: number, lba: number): Promise<Attempt> {
  const at = lba * sectorSize;
  if (at + sectorSize > source.size) return undefined;
  try {
    const sector = await source.read(at, sectorSize);
    if (!isSignature(sector)) return undefined;
    const where = `the GPT header in sector ${lba} of ${source.name}`;
    const { header, damage } = parseHeader(
      sector,
      { lba, sectors: Math.floor(source.size / sectorSize) },
      where,
      at,
    );
    const start = header.entriesLba * sectorSize;
    const length = header.entriesCount * header.entrySize;
    if (start + length > source.size)
      return new Unreadable('TRUNCATED', `${where} has its entries beyond the end of the disk`, at);
    const entries = await source.read(start, length);
    if (damage !== undefined) return { header, entries, damage };
    if (crc32(entries) === header.entriesCrc) return { header, entries };
    const wrong = `the entries of ${where} do not have its checksum`;
    return { header, entries, damage: new Unreadable('CHECKSUM_MISMATCH', wrong, start) };
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** @throws Unreadable where nothing can be read by it */
function parseHeader(
  sector: Buffer,
  { lba, sectors }: { readonly lba: number; readonly sectors: number },
  where: string,
  at: number,
): { readonly header: Header; readonly damage: Unreadable | undefined } {
  const size = sector.readUInt32LE(12);
  const header: Header = {
    lba: u64(sector, 24),
    alternate: u64(sector, 32),
    disk: toGuid(sector, 56),
    entriesLba: u64(sector, 72),
    entriesCount: sector.readUInt32LE(80),
    entrySize: sector.readUInt32LE(84),
    entriesCrc: sector.readUInt32LE(88),
  };
  const { entriesCount, entrySize, entriesLba } = header;
  const malformed = (what: string) => new Unreadable('MALFORMED_DISK', `${where} ${what}`, at);
  if (size < 92 || size > sector.length) throw malformed(`says that it has ${size} bytes`);
  if (entrySize < 128 || entrySize % 8 !== 0 || entrySize > 4096)
    throw malformed(`has entries of ${entrySize} bytes`);
  if (entriesCount > MAX_ENTRIES || entriesCount * entrySize > MAX_ENTRIES_BYTES)
    throw malformed(`has ${entriesCount} entries: ${MAX_ENTRIES} are read at most`);
  if (!Number.isFinite(entriesLba) || entriesLba < 1) throw malformed('says nowhere where its entries are');
  const bytes = Buffer.from(sector.subarray(0, size));
  bytes.writeUInt32LE(0, 16);
  let damage: Unreadable | undefined;
  if (crc32(bytes) !== sector.readUInt32LE(16))
    damage = new Unreadable('CHECKSUM_MISMATCH', `${where} does not have the checksum it says`, at);
  else if (header.lba !== lba) damage = malformed(`says that it is in sector ${header.lba}`);
  // Linux takes no such table, where firmware does (block/partitions/efi.c, is_gpt_valid).
  else if (entrySize !== 128)
    damage = malformed(`has entries of ${entrySize} bytes, which not all systems read`);
  else if (u64(sector, 48) >= sectors)
    damage = malformed('says that its last sector is beyond the end of the disk');
  return { header, damage };
}

function differ(first: Copy, backup: Copy): boolean {
  return first.header.disk !== backup.header.disk || !first.entries.equals(backup.entries);
}

function rangesOf({ header, entries }: Copy, sectorSize: number): readonly Range[] {
  const at = header.lba * sectorSize;
  const start = header.entriesLba * sectorSize;
  const end = start + Math.ceil(entries.length / sectorSize) * sectorSize;
  return [
    { start: at, end: at + sectorSize },
    { start, end },
  ];
}

function toPartitions(
  { header, entries }: Copy,
  sectorSize: number,
  source: BlockSource,
  flaws: Unreadable[],
): readonly Partition[] {
  const partitions: Partition[] = [];
  for (let index = 0; index < header.entriesCount; index++) {
    const at = index * header.entrySize;
    const type = toGuid(entries, at);
    if (type === NO_GUID) continue;
    const first = u64(entries, at + 32);
    const last = u64(entries, at + 40);
    const number = index + 1;
    if (last < first || first === Number.POSITIVE_INFINITY) {
      const what = `partition ${number} of ${source.name} ends before it starts, or starts beyond any disk`;
      flaws.push(new Unreadable('MALFORMED_DISK', what, header.entriesLba * sectorSize + at));
      continue;
    }
    const label = entries.toString('utf16le', at + 56, at + 128).split('\0', 1)[0];
    const usualMount = usualMountOf(type);
    partitions.push({
      name: `partition ${number}`,
      number,
      start: first * sectorSize,
      end: (last + 1) * sectorSize,
      ...toGptType(type),
      names: {
        partUuid: toGuid(entries, at + 16),
        ...(label && { partLabel: label }),
        ...(usualMount !== undefined && { usualMount }),
      },
    });
  }
  return partitions;
}
