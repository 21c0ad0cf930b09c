import { FlawList } from '../../disk/flaw-list.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { isSection, listOf, numberOf, parseMetadataText, type Section, stringOf } from './metadata-text.ts';

/* The metadata of one volume group, narrowed once: what of it cannot be is a flaw, and the rest is still of use. */

const SECTOR = 512;
/** What LVM2 allows. No other gets into the name of a volume or a device. */
const ALLOWED_NAME = /^[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,127}$/;

export interface VolumeGroup {
  readonly id: string;
  readonly name: string;
  readonly seqno: number;
  /** Bytes. */
  readonly extentSize: number;
  /** By the name that segments call them. */
  readonly physical: ReadonlyMap<string, PhysicalInGroup>;
  readonly logical: readonly LogicalVolume[];
  readonly flaws: readonly Unreadable[];
}

export interface PhysicalInGroup {
  /** Without dashes, as in the label. */
  readonly id: string;
  /** Bytes where its first extent is. */
  readonly start: number;
  /** How many extents it has. */
  readonly extents: number;
}

export interface LogicalVolume {
  readonly name: string;
  readonly isVisible: boolean;
  readonly segments: readonly Segment[];
  /** Everything in quotes in its segments: other logical volumes that it is made of, among others. */
  readonly mentions: ReadonlySet<string>;
}

export interface Segment {
  /** `striped`, `raid1`, `thin`, `snapshot`, … */
  readonly type: string;
  /** Extents. */
  readonly start: number;
  readonly count: number;
  /** Bytes; 0 where it has one stripe. */
  readonly stripe: number;
  readonly stripes: readonly { readonly on: string; readonly extent: number }[];
  /** What it is the copy-on-write store of, where it is a snapshot's. */
  readonly cowStore?: string;
}

/** @throws Unreadable MALFORMED_DISK where it describes no group */
export function parseVolumeGroup(text: string): VolumeGroup {
  const found = [...parseMetadataText(text)].find(([, value]) => isSection(value));
  const malformed = (what: string) => new Unreadable('MALFORMED_DISK', `LVM2 metadata ${what}`);
  if (found === undefined || !isSection(found[1])) throw malformed('describe no volume group');
  const [name, group] = found;
  if (!ALLOWED_NAME.test(name)) throw malformed(`call a volume group ${JSON.stringify(name.slice(0, 64))}`);
  const id = stringOf(group, 'id');
  const seqno = numberOf(group, 'seqno');
  const extentSectors = numberOf(group, 'extent_size');
  if (id === undefined || seqno === undefined)
    throw malformed(`of the volume group ${name} have no id or seqno`);
  if (extentSectors === undefined || extentSectors === 0 || extentSectors > 2 ** 32)
    throw malformed(`of the volume group ${name} have no extent size`);
  const flaws = new FlawList();
  const physical = parsePhysical(group, name, flaws);
  const logical = parseLogical(group, name, flaws);
  return {
    id: withoutDashes(id),
    name,
    seqno,
    extentSize: extentSectors * SECTOR,
    physical,
    logical,
    flaws: flaws.all,
  };
}

function withoutDashes(id: string): string {
  return id.replaceAll('-', '');
}

function parsePhysical(group: Section, vg: string, flaws: FlawList): Map<string, PhysicalInGroup> {
  const physical = new Map<string, PhysicalInGroup>();
  for (const [name, section] of sectionsOf(group, 'physical_volumes')) {
    const id = stringOf(section, 'id');
    const start = numberOf(section, 'pe_start');
    const extents = numberOf(section, 'pe_count');
    if (id === undefined || start === undefined || extents === undefined)
      flaws.tell('MALFORMED_DISK', `the physical volume ${shown(name)} of ${vg} has no id, start or size`);
    else physical.set(name, { id: withoutDashes(id), start: start * SECTOR, extents });
  }
  return physical;
}

function parseLogical(group: Section, vg: string, flaws: FlawList): LogicalVolume[] {
  const logical: LogicalVolume[] = [];
  for (const [name, section] of sectionsOf(group, 'logical_volumes')) {
    const parts = [...section.values()].filter(isSection);
    const segments = parts.map(parseSegment).filter((segment) => segment !== undefined);
    if (!ALLOWED_NAME.test(name) || segments.length !== parts.length || parts.length === 0) {
      const what = `the logical volume ${shown(name)} of ${vg} is malformed and was not read`;
      flaws.tell('MALFORMED_DISK', what);
      continue;
    }
    logical.push({
      name,
      isVisible: listOf(section, 'status').includes('VISIBLE'),
      segments: segments.toSorted((a, b) => a.start - b.start),
      mentions: new Set(parts.flatMap((part) => [...part.keys()].flatMap((key) => stringsOf(part, key)))),
    });
  }
  return logical;
}

function parseSegment(section: Section): Segment | undefined {
  const type = stringOf(section, 'type');
  const start = numberOf(section, 'start_extent');
  const count = numberOf(section, 'extent_count');
  if (type === undefined || start === undefined || count === undefined || count === 0) return undefined;
  const list = listOf(section, 'stripes');
  const stripes: { on: string; extent: number }[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const on = list[index];
    const extent = list[index + 1];
    if (typeof on !== 'string' || typeof extent !== 'number' || !Number.isSafeInteger(extent) || extent < 0)
      return undefined;
    stripes.push({ on, extent });
  }
  const cowStore = stringOf(section, 'cow_store') ?? stringOf(section, 'merging_store');
  return {
    // Flags may follow the type: `raid1+INTEGRITY`.
    type: type.split('+', 1)[0] ?? type,
    start,
    count,
    stripe: (numberOf(section, 'stripe_size') ?? 0) * SECTOR,
    stripes,
    ...(cowStore !== undefined && { cowStore }),
  };
}

function sectionsOf(group: Section, name: string): readonly (readonly [string, Section])[] {
  const parent = group.get(name);
  if (!isSection(parent)) return [];
  return [...parent].flatMap(([key, value]) => (isSection(value) ? [[key, value] as const] : []));
}

function stringsOf(section: Section, key: string): string[] {
  return listOf(section, key).filter((value) => typeof value === 'string');
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}
