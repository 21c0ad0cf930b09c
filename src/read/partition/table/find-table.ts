import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { hasGptSignature, readGpt } from './gpt.ts';
import {
  isExtended,
  isOnDisk,
  isWhollyOnDisk,
  type MasterBootRecord,
  parseMasterBootRecord,
  readMbr,
  withoutProtective,
} from './mbr.ts';
import type { Partition, PartitionTable } from './partition.ts';

/*
 * Which table a disk has.
 *
 * A GPT comes first, wherever it is; entries of the MBR beside it that are not the same partitions once more are
 * partitions too, as a system may start from them. Neither says how large a sector is: where the container does not, both
 * sizes are tried.
 */

const SECTOR_SIZES = [512, 4096];

interface Circumstances {
  /** A disk or what a system takes for one, and not a part of one. */
  readonly isDisk: boolean;
  /** Nothing else that is known is on it as a whole. */
  readonly isOtherwiseUnknown: boolean;
  /** Whether what begins at that byte is known: a wrong sector size leads to places where nothing does. */
  recognises(offset: number): Promise<boolean>;
}

export interface TableFound {
  readonly table?: PartitionTable;
  /** Of a table that could not be read. */
  readonly flaws: readonly Unreadable[];
}

/** @throws Failure of the source, Unreadable */
export async function findTable(
  source: BlockSource,
  head: Buffer,
  circumstances: Circumstances,
): Promise<TableFound> {
  const { isDisk, isOtherwiseUnknown } = circumstances;
  const record = parseMasterBootRecord(head);
  const flaws: Unreadable[] = [];
  const gpt = await findGpt(source, isDisk && record?.isProtective === true, flaws);
  if (gpt !== undefined) return { table: await withHybrid(source, gpt, record), flaws };
  if (record !== undefined && isTable(record)) {
    const sectorSize = await chooseSectorSize(source, record, circumstances, flaws);
    return { table: await readMbr(source, record, sectorSize), flaws };
  }
  // Whoever wipes the start of a disk forgets the end: only worth a look where there is nothing else.
  if (!isDisk || !isOtherwiseUnknown || flaws.length > 0) return { flaws };
  const left = await findGpt(source, true, []);
  return left === undefined ? { flaws } : { table: left, flaws };

  function isTable(candidate: MasterBootRecord): boolean {
    const size = source.sectorSize ?? 512;
    if (!isDisk) return candidate.isSane && isWhollyOnDisk(candidate, size, source.size);
    if (candidate.isSane) return isOtherwiseUnknown || isOnDisk(candidate, size, source.size);
    return isOtherwiseUnknown && isOnDisk(candidate, size, source.size);
  }
}

/** @param isExpected whether the backup is looked for where the first is not there */
async function findGpt(
  source: BlockSource,
  isExpected: boolean,
  flaws: Unreadable[],
): Promise<PartitionTable | undefined> {
  const sizes = source.sectorSize === undefined ? SECTOR_SIZES : [source.sectorSize];
  const signed: number[] = [];
  for (const size of sizes) if (await hasGptSignature(source, size)) signed.push(size);
  if (signed.length > 1)
    flaws.push(
      new Unreadable(
        'MALFORMED_DISK',
        `${source.name} has a GPT for each size of sectors: that for ${signed[0]} bytes was used`,
        signed[0],
      ),
    );
  if (signed.length === 0 && !isExpected) return undefined;
  for (const size of signed.length > 0 ? signed : sizes) {
    try {
      const table = await readGpt(source, size, true);
      if (table !== undefined) return table;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      flaws.push(error);
    }
  }
  if (flaws.length === 0)
    flaws.push(
      new Unreadable('MALFORMED_DISK', `the MBR of ${source.name} protects a GPT that is not there`, 446),
    );
  return undefined;
}

async function withHybrid(
  source: BlockSource,
  gpt: PartitionTable,
  record: MasterBootRecord | undefined,
): Promise<PartitionTable> {
  if (record === undefined) return gpt;
  const mbr = await readMbr(source, withoutProtective(record), gpt.sectorSize);
  const isNew = ({ start, end }: Partition) =>
    !gpt.partitions.some((partition) => partition.start === start && partition.end === end);
  const extra = mbr.partitions.filter(isNew).map((partition) => ({
    ...partition,
    name: `MBR ${partition.name}`,
    names: {},
  }));
  const flaws = [...gpt.flaws, ...mbr.flaws];
  if (source.sectorSize === undefined && gpt.sectorSize !== 512 && mbr.partitions.length > 0)
    flaws.push(
      new Unreadable(
        'MALFORMED_DISK',
        `${source.name} has a GPT for sectors of ${gpt.sectorSize} bytes and partitions in its MBR: with sectors of 512 bytes, only those are there`,
        446,
      ),
    );
  return { ...gpt, partitions: [...gpt.partitions, ...extra], own: [...gpt.own, ...mbr.own], flaws };
}

async function chooseSectorSize(
  source: BlockSource,
  record: MasterBootRecord,
  { recognises }: Circumstances,
  flaws: Unreadable[],
): Promise<number> {
  if (source.sectorSize !== undefined) return source.sectorSize;
  const isKnownAt = async (size: number) => {
    const known: boolean[] = [];
    for (const entry of record.entries) {
      const at = entry.start * size;
      if (isExtended(entry))
        known.push(at + 512 <= source.size && (await source.read(at + 510, 2)).readUInt16BE() === 0x55aa);
      else known.push(at > 0 && at < source.size && (await recognises(at)));
    }
    return known;
  };
  if (!record.entries.every(({ start }) => start * 4096 < source.size)) return 512;
  const large = await isKnownAt(4096);
  if (!large.includes(true)) return 512;
  const small = await isKnownAt(512);
  if (!small.includes(true)) return 4096;
  if (large.every(Boolean))
    flaws.push(
      new Unreadable(
        'MALFORMED_DISK',
        `the MBR of ${source.name} makes sense for sectors of 512 and of 4096 bytes: 512 was used`,
        446,
      ),
    );
  return 512;
}
