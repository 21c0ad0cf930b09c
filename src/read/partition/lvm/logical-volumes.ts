import type { BlockSource } from '../../disk/block-source.ts';
import { FlawList } from '../../disk/flaw-list.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { mapPieces, type Piece } from '../mapped-source.ts';
import { type PhysicalVolume, readMetadata } from './label.ts';
import { type LogicalVolume, parseVolumeGroup, type Segment, type VolumeGroup } from './volume-group.ts';

/*
 * Volume groups put together from all physical volumes that were found, whatever they are on. Each has the metadata of the whole
 * group; those with the highest number count, as one may have been away when they were written.
 */

/** Over all areas that say different things: in memory each is twenty times as large. */
const MAX_METADATA_BYTES = 16 * 2 ** 20;
/** One more than are looked at, which is said where they are. */
const MAX_VOLUMES = 1025;
/** Of segments that are read: extents of physical volumes in a row, or dealt out in stripes. */
const PLAIN: readonly string[] = ['striped', 'linear'];

const WORDS: Readonly<Record<string, string>> = {
  thin: 'a thin volume',
  'thin-pool': 'a thin pool',
  cache: 'a cached volume',
  'cache-pool': 'a cache pool',
  writecache: 'a volume with a write cache',
  vdo: 'a VDO volume',
  'vdo-pool': 'a VDO pool',
  mirror: 'a mirror',
  snapshot: 'a snapshot',
};

/** A physical volume and where it is. */
export interface FoundPhysicalVolume {
  readonly label: PhysicalVolume;
  readonly source: BlockSource;
  /** Of the volume it is: `partition 2`. */
  readonly name: string;
}

/** Either can be read, or has a problem; never neither. */
export interface FoundLogicalVolume {
  readonly name: string;
  readonly devices: readonly string[];
  readonly content: { readonly source: BlockSource } | { readonly problem: Unreadable };
}

export interface LogicalVolumes {
  readonly volumes: readonly FoundLogicalVolume[];
  /** In the order of what was given: which group each is in, or why that is not known. */
  readonly owners: readonly ({ readonly group: string } | { readonly problem: Unreadable })[];
  readonly flaws: readonly Unreadable[];
}

/** @throws Failure of the source */
export async function findLogicalVolumes(found: readonly FoundPhysicalVolume[]): Promise<LogicalVolumes> {
  const flaws = new FlawList();
  const problems = new Map<FoundPhysicalVolume, Unreadable>();
  const byId = new Map<string, FoundPhysicalVolume>();
  for (const one of found) {
    const twin = byId.get(one.label.id);
    if (one.label.damage !== undefined) problems.set(one, one.label.damage);
    else if (twin === undefined) byId.set(one.label.id, one);
    else
      problems.set(
        one,
        new Unreadable(
          'MALFORMED_DISK',
          `${one.name} is the same LVM2 physical volume as ${twin.name}: one was read`,
        ),
      );
  }
  const groups = await readGroups([...byId.values()], problems, flaws);
  const volumes = groups
    .values()
    .flatMap((group) => volumesOf(group, byId, flaws))
    .take(MAX_VOLUMES)
    .toArray();
  const names = new Map(
    groups
      .toReversed()
      .flatMap(({ name, physical }) => [...physical.values()].map(({ id }) => [id, name] as const)),
  );
  const owners = found.map((one) => {
    const problem = problems.get(one);
    if (problem !== undefined) return { problem };
    const group = names.get(one.label.id);
    if (group !== undefined) return { group };
    const lost = `${one.name} is an LVM2 physical volume of no volume group that was found`;
    return { problem: new Unreadable('UNKNOWN_CONTENT', lost, 0) };
  });
  return { volumes, owners, flaws: flaws.all };
}

/** The newest of each, in the order in which they are met. */
async function readGroups(
  found: readonly FoundPhysicalVolume[],
  problems: Map<FoundPhysicalVolume, Unreadable>,
  flaws: FlawList,
): Promise<readonly VolumeGroup[]> {
  const texts = new Set<string>();
  const groups = new Map<string, VolumeGroup>();
  let budget = MAX_METADATA_BYTES;
  for (const one of found) {
    try {
      for (const text of await readMetadata(one.source, one.label, flaws)) add(text);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      // Others of its group may describe it all the same, and then it is of use.
      flaws.add(error);
      if (error.code === 'LIMIT_BYTES') problems.set(one, error);
    }
  }
  return [...groups.values()];

  function add(text: string): void {
    if (texts.has(text)) return;
    budget -= text.length;
    if (budget < 0)
      throw new Unreadable('LIMIT_BYTES', `more than ${MAX_METADATA_BYTES} bytes of LVM2 metadata`);
    texts.add(text);
    const group = parseVolumeGroup(text);
    const known = groups.get(group.id);
    if (known !== undefined && known.seqno === group.seqno)
      flaws.tell('MALFORMED_DISK', `the volume group ${group.name} is described twice, and differently`);
    if (known === undefined || known.seqno < group.seqno) groups.set(group.id, group);
  }
}

function* volumesOf(
  group: VolumeGroup,
  byId: ReadonlyMap<string, FoundPhysicalVolume>,
  flaws: FlawList,
): Generator<FoundLogicalVolume> {
  flaws.addAll(group.flaws);
  for (const [name, { id }] of group.physical)
    if (!byId.has(id))
      flaws.tell(
        'MALFORMED_DISK',
        `the volume group ${group.name} lacks its physical volume ${name} (${id})`,
      );
  const cowStores = new Set(
    group.logical.flatMap(({ segments }) => segments.map(({ cowStore }) => cowStore)),
  );
  const parts = partsOfUnread(group.logical);
  const isPart = ({ name, segments }: LogicalVolume) =>
    parts.has(name) || segments.every(({ type }) => type === 'snapshot');
  for (const volume of group.logical) {
    // One that is hidden and part of nothing has no business being hidden.
    if (!volume.isVisible && isPart(volume)) continue;
    const name = `logical volume ${group.name}/${volume.name}`;
    yield { name, devices: devicesOf(group.name, volume.name), content: contentOf(volume, name) };
  }

  function contentOf(volume: LogicalVolume, name: string): FoundLogicalVolume['content'] {
    try {
      if (cowStores.has(volume.name))
        throw new Unreadable('UNSUPPORTED', `${name} is a snapshot, which is not read`);
      return { source: mapPieces(name, toPieces(volume.segments, name)) };
    } catch (error) {
      if (error instanceof Unreadable) return { problem: error };
      throw error;
    }
  }

  function toPieces(segments: readonly Segment[], name: string): readonly Piece[] {
    let extent = 0;
    return segments.map((segment) => {
      if (segment.start !== extent)
        throw new Unreadable('MALFORMED_DISK', `${name} has segments that overlap or leave a gap`);
      extent += segment.count;
      return toPiece(segment, name);
    });
  }

  function toPiece(segment: Segment, name: string): Piece {
    const { type, count, stripe, stripes } = segment;
    const malformed = (what: string) => new Unreadable('MALFORMED_DISK', `${name} ${what}`);
    if (!PLAIN.includes(type))
      throw new Unreadable(
        'UNSUPPORTED',
        `${name} is ${WORDS[type] ?? `of type ${JSON.stringify(type.slice(0, 32))}`}, which is not read`,
      );
    const columns = stripes.length;
    const length = count * group.extentSize;
    if (!Number.isSafeInteger(length) || columns === 0 || count % columns !== 0)
      throw malformed(`has a segment of ${count} extents over ${columns} stripes`);
    if (columns > 1 && (stripe === 0 || (length / columns) % stripe !== 0))
      throw malformed(`has stripes of ${stripe} bytes`);
    const [first, ...others] = stripes.map(({ on, extent }) => {
      const physical = group.physical.get(on);
      if (physical === undefined)
        throw new Unreadable(
          'UNSUPPORTED',
          `${name} is over ${JSON.stringify(on.slice(0, 64))}, which is no physical volume`,
        );
      const there = byId.get(physical.id);
      if (there === undefined)
        throw malformed(`needs the physical volume ${on} (${physical.id}), which is on none of the disks`);
      if (extent + count / columns > physical.extents)
        throw malformed(`lies beyond the extents of ${there.name}`);
      const offset = physical.start + extent * group.extentSize;
      if (offset + length / columns > there.source.size)
        flaws.tell('TRUNCATED', `${name} goes on beyond the end of ${there.name}`, there.source.size);
      return { source: there.source, offset };
    });
    if (first === undefined) throw malformed('has no stripes');
    return { length, places: [first, ...others], stripe };
  }
}

/**
 * Names of what others are made of that are not read, which is said: what says that it is a part of something else, which is read,
 * is not let off.
 */
function partsOfUnread(logical: readonly LogicalVolume[]): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const { name, segments, mentions } of logical) {
    if (segments.every(({ type }) => PLAIN.includes(type))) continue;
    for (const mention of mentions) if (mention !== name) parts.add(mention);
  }
  return parts;
}

/** Device mapper doubles the dashes of each name. */
function devicesOf(group: string, volume: string): readonly string[] {
  const mapped = [group, volume].map((name) => name.replaceAll('-', '--')).join('-');
  return [`/dev/${group}/${volume}`, `/dev/mapper/${mapped}`];
}
