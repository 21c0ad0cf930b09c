import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Partition, PartitionTable, Range } from './partition.ts';
import { toMbrType } from './partition-types.ts';

/*
 * The partition table of the first sector, and the chain of extended boot records that goes on from it.
 *
 * The two bytes 55 AA end a boot sector of FAT and NTFS just as well, whose code then stands where the entries would be. Whether
 * the entries are a table is judged as the Linux kernel does, by the flag of each; and by whether any is on the disk.
 * The chain is a linked list that an image writes: it may be a ring, or have no end.
 */

const PROTECTIVE = 0xee;
const EXTENDED: readonly number[] = [0x05, 0x0f, 0x85];
/** Linux numbers no more than these. */
const MAX_LOGICAL = 256;

export interface Entry {
  /** 1 to 4. */
  readonly slot: number;
  readonly type: number;
  /** Sectors; in an extended boot record from it, or from the first of them. */
  readonly start: number;
  readonly count: number;
  readonly isFlagSane: boolean;
}

/** The first sector, where it may be a table. Which size its sectors have is not known yet. */
export interface MasterBootRecord {
  /** Those with a size. Linux cares for no type, not even 0. */
  readonly entries: readonly Entry[];
  readonly isProtective: boolean;
  /** Every flag is one that a table has. */
  readonly isSane: boolean;
  /** 8 hex digits. */
  readonly signature: string;
}

/** Undefined where the first sector ends otherwise, or no entry has a size. */
export function parseMasterBootRecord(head: Buffer): MasterBootRecord | undefined {
  const entries = parseEntries(head);
  if (entries === undefined) return undefined;
  const used = entries.filter(({ count }) => count > 0);
  if (used.length === 0) return undefined;
  return {
    entries: used,
    isProtective: used.some(({ type }) => type === PROTECTIVE),
    isSane: entries.every(({ isFlagSane }) => isFlagSane),
    signature: head.readUInt32LE(440).toString(16).padStart(8, '0'),
  };
}

function parseEntries(sector: Buffer): Entry[] | undefined {
  if (sector.length < 512 || sector.readUInt16BE(510) !== 0x55aa) return undefined;
  return [1, 2, 3, 4].map((slot) => {
    const at = 446 + (slot - 1) * 16;
    return {
      slot,
      type: sector.readUInt8(at + 4),
      start: sector.readUInt32LE(at + 8),
      count: sector.readUInt32LE(at + 12),
      isFlagSane: (sector.readUInt8(at) & 0x7f) === 0,
    };
  });
}

/** The partitions that it has beside a GPT: none where it only protects that. */
export function withoutProtective(record: MasterBootRecord): MasterBootRecord {
  return { ...record, entries: record.entries.filter(({ type }) => type !== PROTECTIVE) };
}

/** Whether an entry is on the disk, of which a table has at least one. */
export function isOnDisk({ entries }: MasterBootRecord, sectorSize: number, size: number): boolean {
  return entries.some(({ start }) => start * sectorSize < size);
}

/** Whether all entries are, and none is where the table is itself: what is asked of a table where none is expected. */
export function isWhollyOnDisk({ entries }: MasterBootRecord, sectorSize: number, size: number): boolean {
  return entries.every(({ start, count }) => start > 0 && (start + count) * sectorSize <= size);
}

/**
 * Primary partitions, then logical ones from number 5. The protective entry of a GPT is one too; extended ones are none.
 * @throws Failure of the source
 */
export async function readMbr(
  source: BlockSource,
  record: MasterBootRecord,
  sectorSize: number,
): Promise<PartitionTable> {
  const partitions: Partition[] = [];
  const own: Range[] = [{ start: 440, end: sectorSize }];
  const flaws: Unreadable[] = [];
  const add = (number: number, start: number, { type, count }: Entry) =>
    partitions.push({
      name: `partition ${number}`,
      number,
      start: start * sectorSize,
      end: (start + count) * sectorSize,
      ...toMbrType(type),
      names: { partUuid: `${record.signature}-${number.toString(16).padStart(2, '0')}` },
    });
  for (const entry of record.entries) if (!isExtended(entry)) add(entry.slot, entry.start, entry);
  if (!record.isSane)
    flaws.push(
      new Unreadable('MALFORMED_DISK', `the MBR of ${source.name} has an entry with a flag of its own`, 446),
    );
  let number = 5;
  for (const entry of record.entries.filter(isExtended)) {
    for await (const step of walkChain(source, entry.start, sectorSize, number - 5)) {
      if (step.kind === 'flaw') flaws.push(step.flaw);
      else {
        own.push({ start: step.record * sectorSize, end: (step.record + 1) * sectorSize });
        for (const logical of step.logical) add(number++, step.record + logical.start, logical);
      }
    }
  }
  return { kind: 'MBR', sectorSize, partitions, own, flaws };
}

export function isExtended({ type }: Entry): boolean {
  return EXTENDED.includes(type);
}

type Step =
  | { readonly kind: 'record'; readonly record: number; readonly logical: readonly Entry[] }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

/** @param first sector of the extended partition, to which the links are relative */
async function* walkChain(
  source: BlockSource,
  first: number,
  sectorSize: number,
  known: number,
): AsyncGenerator<Step> {
  const seen = new Set<number>();
  const flaw = (at: number, what: string): Step => ({
    kind: 'flaw',
    flaw: new Unreadable(
      'MALFORMED_DISK',
      `the extended boot record at sector ${at} of ${source.name} ${what}: partitions after it were not found`,
      at * sectorSize,
    ),
  });
  let count = known;
  for (let at: number | undefined = first; at !== undefined; ) {
    if (seen.has(at)) return yield flaw(at, 'follows itself');
    seen.add(at);
    if (count >= MAX_LOGICAL || seen.size > MAX_LOGICAL)
      return yield flaw(at, `is one of more than ${MAX_LOGICAL}`);
    let entries: Entry[] | undefined;
    try {
      entries = parseEntries(await source.read(at * sectorSize, 512));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return yield { kind: 'flaw', flaw: error };
    }
    if (entries === undefined) return yield flaw(at, 'does not end in 55 AA');
    const used = entries.filter((entry) => entry.count > 0);
    const logical = used.filter((entry) => !isExtended(entry));
    count += logical.length;
    yield { kind: 'record', record: at, logical };
    const link: Entry | undefined = used.find(isExtended);
    at = link === undefined ? undefined : first + link.start;
  }
}
