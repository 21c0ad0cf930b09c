import type { BlockSource } from '../disk/block-source.ts';
import { slice } from '../disk/slice.ts';
import { Unreadable } from '../disk/unreadable.ts';
import { isZero } from '../unpack/stray-bytes.ts';
import type { VolumeContent, VolumeNames } from './contract.ts';
import { type Identity, identify, isKnown, type Probe, readHead, type Subject } from './identify.ts';
import { findGaps, findOverlaps } from './layout.ts';
import { mapPieces } from './mapped-source.ts';
import type { Partition, PartitionTable, Range } from './table/partition.ts';
import type { VolumeList } from './volume-list.ts';

/*
 * A disk with a partition table: its partitions, what is started from before them, and what is hidden between them.
 */

const BOOT_SECTORS = 'boot sectors';
/** What of the MBR is code. */
const CODE_BYTES = 440;
/** ISO 9660 leaves these alone (ECMA-119, 6.2.1). */
const CD_SYSTEM_BYTES = 32_768;
const BOOT_GAP_BYTES = 2 * 2 ** 20;
/** What partitions are aligned to: smaller gaps are what is left over by that. */
const GAP_BYTES = 2 ** 20;
const MAX_GAPS = 1024;
/** Places in one gap: each may be a request over a network. */
const MAX_STEPS = 512;

/** Something that may be a volume, or be divided into some. */
export interface Candidate extends Subject {
  readonly names: VolumeNames;
  /** Disks and arrays may be divided; so may others that hold nothing else that is known. */
  readonly isDisk: boolean;
  /** Arrays and logical volumes that it is in. */
  readonly depth: number;
  /** Partition tables that it is in. */
  readonly tables: number;
  /** What comes after the name of a part of it: ` of disk 2`. */
  readonly suffix: string;
}

/** Who looks at what a partition holds. */
export interface Examiner {
  readonly probes: readonly Probe[];
  examine(candidate: Candidate): Promise<void>;
  /** @param content undefined where what it is a part of tells it */
  settle(candidate: Candidate, identity: Identity, content: VolumeContent | undefined): void;
}

/**
 * @param whole what the disk holds as a whole, besides
 * @throws Failure of the source
 */
export function walkTable(
  list: VolumeList,
  examiner: Examiner,
  candidate: Candidate,
  table: PartitionTable,
  whole: VolumeContent | undefined,
): Promise<void> {
  return new DividedDisk(list, examiner, candidate).walk(table, whole);
}

/**
 * What firmware starts from a disk that holds a file system as a whole.
 * @throws Failure of the source
 */
export async function takeWholeBootSectors(
  list: VolumeList,
  examiner: Examiner,
  candidate: Candidate,
  head: Buffer,
  content: VolumeContent,
): Promise<void> {
  if (content.kind !== 'file-system' || head.length < 512 || head.readUInt16BE(510) !== 0x55aa) return;
  const end = isCdImage(content) ? CD_SYSTEM_BYTES : 512;
  await new DividedDisk(list, examiner, candidate).takeBootSectors([{ start: CODE_BYTES, end: 512 }], end);
}

class DividedDisk {
  readonly #list: VolumeList;
  readonly #examiner: Examiner;
  readonly #disk: Candidate;
  readonly #source: BlockSource;

  constructor(list: VolumeList, examiner: Examiner, disk: Candidate) {
    this.#list = list;
    this.#examiner = examiner;
    this.#disk = disk;
    this.#source = disk.source;
  }

  async walk(table: PartitionTable, whole: VolumeContent | undefined): Promise<void> {
    this.#list.takeFlaws(table.flaws);
    const isWholeFileSystem = whole?.kind === 'file-system';
    // One that begins where the disk does has the same file system.
    const partitions = table.partitions.filter(({ start }) => !isWholeFileSystem || start > 0);
    const first = Math.min(this.#source.size, ...partitions.map(({ start }) => start));
    const bootEnd = isCdImage(whole) ? Math.min(first, CD_SYSTEM_BYTES) : await this.#findBootEnd(first);
    await this.takeBootSectors(table.own, bootEnd);
    const contents = new Map<Partition, VolumeContent | undefined>();
    for (const partition of partitions) {
      const before = this.#list.volumes.length;
      await this.#takePartition(partition);
      contents.set(partition, this.#list.volumes[before]?.content);
    }
    const isShared = (outer: Partition) => isCdImage(whole) || isCdImage(contents.get(outer));
    this.#list.takeFlaws(findOverlaps(partitions, this.#disk.suffix, isShared));
    if (!isWholeFileSystem)
      await this.#takeGaps([{ start: 0, end: bootEnd }, ...table.partitions, ...table.own], bootEnd);
  }

  /** Where code that is started ends: at the first partition, or at what is where that usually is and no table names. */
  async #findBootEnd(first: number): Promise<number> {
    if (first <= GAP_BYTES) return first;
    try {
      const hidden = this.#hiddenAt(GAP_BYTES, first);
      if (isKnown(await identify(hidden, await readHead(hidden.source), this.#examiner.probes)))
        return GAP_BYTES;
    } catch (error) {
      this.#orFlaw(error);
    }
    return Math.min(first, BOOT_GAP_BYTES);
  }

  /** What runs before there is a partition: the code of the MBR, and what it loads from between the tables and the first partition. */
  async takeBootSectors(own: readonly Range[], end: number): Promise<void> {
    if (end <= CODE_BYTES) return;
    const pieces = findGaps(end, own).map(({ start, end: until }) => {
      const place = { source: this.#source, offset: start };
      return { length: until - start, stripe: 0, places: [place] } as const;
    });
    const source = mapPieces(`${BOOT_SECTORS} of ${this.#source.name}`, pieces);
    const part = partOf(this.#disk, BOOT_SECTORS, source);
    if (this.#list.isFull(part)) return;
    try {
      if (!(await isBlank(source))) this.#list.add(part, { kind: 'boot-code' });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#list.addUnread(part, error);
    }
  }

  async #takePartition(partition: Partition): Promise<void> {
    const { name, start, end, type, purpose } = partition;
    const disk = this.#source;
    const size = Math.max(0, Math.min(end, disk.size) - start);
    const source = slice(disk, Math.min(start, disk.size), size, `${name} of ${disk.name}`);
    const part = { ...partOf(this.#disk, name, source, partition), type, ...(purpose && { purpose }) };
    if (this.#list.isFull(part)) return;
    const cut = (what: string) =>
      new Unreadable('TRUNCATED', `${part.name} ${what} the end of ${disk.name}`, start);
    if (size === 0) return void this.#list.addUnread(part, cut('lies beyond'));
    if (end > disk.size) this.#list.flaw(cut('goes on beyond'));
    await this.#examiner.examine(part);
  }

  async #takeGaps(taken: readonly Range[], bootEnd: number): Promise<void> {
    const gaps = findGaps(this.#source.size, taken).filter(
      ({ start, end }) => end - start > GAP_BYTES || (start === GAP_BYTES && bootEnd === GAP_BYTES),
    );
    for (const gap of gaps.slice(0, MAX_GAPS)) {
      try {
        await this.#takeGap(gap);
      } catch (error) {
        this.#orFlaw(error);
      }
    }
    if (gaps.length <= MAX_GAPS) return;
    const what = `${this.#disk.name} has ${gaps.length} gaps: only ${MAX_GAPS} were looked at`;
    this.#list.flaw(new Unreadable('LIMIT_FILES', what));
  }

  /**
   * What begins at the start of a gap, or where partitions are aligned to. It goes to the end of the gap. In a gap that is very large, not
   * every place is looked at.
   */
  async #takeGap({ start, end }: Range): Promise<void> {
    const aligned = Math.ceil(start / GAP_BYTES) * GAP_BYTES;
    const step = Math.ceil((end - aligned) / GAP_BYTES / MAX_STEPS) * GAP_BYTES;
    const places = [start];
    for (let at = aligned; at < end; at += step) if (at > start) places.push(at);
    for (const at of places) {
      // The first two are where something is, if it is honest.
      if (at > aligned && !(await this.#hasBytes(at, end))) continue;
      const part = this.#hiddenAt(at, end);
      const head = await readHead(part.source);
      const identity = await identify(part, head, this.#examiner.probes);
      if (isKnown(identity)) {
        if (!this.#list.isFull(part)) this.#examiner.settle(part, identity, identity.content);
        return;
      }
      if (!isZero(head)) {
        this.#list.flaw(
          new Unreadable('UNKNOWN_CONTENT', `${part.name} has content, which is not known`, at),
        );
        return;
      }
    }
  }

  /** Where file systems begin: at their start, or after what some leave free there. */
  async #hasBytes(start: number, end: number): Promise<boolean> {
    for (const at of [start, start + 32 * 1024, start + 64 * 1024]) {
      const length = Math.max(0, Math.min(4096, end - at));
      if (!isZero(await this.#source.read(Math.min(at, end), length))) return true;
    }
    return false;
  }

  #hiddenAt(start: number, end: number): Candidate {
    const name = `unpartitioned space at byte ${start}`;
    const source = slice(this.#source, start, end - start, `${name} of ${this.#source.name}`);
    return partOf(this.#disk, name, source);
  }

  #orFlaw(error: unknown): void {
    if (!(error instanceof Unreadable)) throw error;
    this.#list.flaw(error);
  }
}

function partOf(candidate: Candidate, name: string, source: BlockSource, partition?: Partition): Candidate {
  const { suffix, depth, tables, names } = candidate;
  const isOfDisk = tables === 0 && depth === 0;
  const device = names.devices.find((path) => /^\/dev\/md\d+$/.test(path));
  const isNumbered = partition?.names.partUuid !== undefined;
  return {
    name: `${name}${suffix}`,
    source,
    names: {
      ...partition?.names,
      devices: device !== undefined && isNumbered ? [`${device}p${partition.number}`] : [],
      ...(isOfDisk && isNumbered && { partition: partition.number }),
      ...(isOfDisk && names.disk !== undefined && { disk: names.disk }),
    },
    isDisk: false,
    depth,
    tables: tables + 1,
    suffix: ` of ${name}${suffix}`,
  };
}

/** One that is made for USB sticks also has partitions, which share its bytes by design. */
export function isCdImage(content: VolumeContent | undefined): boolean {
  return content?.kind === 'file-system' && content.driver.startsWith('iso');
}

/** Of little: read whole. */
async function isBlank(source: BlockSource): Promise<boolean> {
  for (let at = 0; at < source.size; at += GAP_BYTES)
    if (!isZero(await source.read(at, Math.min(GAP_BYTES, source.size - at)))) return false;
  return true;
}
