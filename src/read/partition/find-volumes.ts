import type { BlockSource } from '../disk/block-source.ts';
import { slice } from '../disk/slice.ts';
import { Unreadable } from '../disk/unreadable.ts';
import type { Partitioning, VolumeContent } from './contract.ts';
import { type Candidate, type Examiner, isCdImage, takeWholeBootSectors, walkTable } from './divided-disk.ts';
import {
  type Identity,
  identify,
  identifyRest,
  isKnown,
  type Probe,
  readHead,
  type ZeroBudget,
} from './identify.ts';
import { type FoundPhysicalVolume, findLogicalVolumes } from './lvm/logical-volumes.ts';
import { mapPieces } from './mapped-source.ts';
import { assembleArrays, type FoundMember } from './md/array.ts';
import { findTable } from './table/find-table.ts';
import type { PartitionTable } from './table/partition.ts';
import { type Slot, VolumeList } from './volume-list.ts';

/*
 * All that is on the disks of a machine image, down to what file systems are on: partitions, arrays over them, logical
 * volumes over those, and what lies beside. Whatever can hold something ends in a volume that is walked or in a problem.
 *
 * Volumes can be made of each other without end by who writes the disks, so depth and number are bounded.
 */

const MAX_DEPTH = 4;
/** A table in a partition is one that a virtual machine or a logical volume has; one in that is nobody's. */
const MAX_TABLES = 2;
const ZERO_BYTES = 512 * 2 ** 20;

/**
 * @param disks in the order of the machine
 * @param probes of the file system drivers, in the order of preference
 * @throws Failure of a source
 */
export async function findVolumes(
  disks: readonly BlockSource[],
  probes: readonly Probe[],
): Promise<Partitioning> {
  const finder = new VolumeFinder(probes);
  for (const [index, source] of disks.entries()) {
    const isOnly = disks.length === 1;
    await finder.examine({
      name: isOnly ? 'disk' : `disk ${index + 1}`,
      source,
      names: { devices: [], disk: index },
      isDisk: true,
      depth: 0,
      tables: 0,
      suffix: isOnly ? '' : ` of disk ${index + 1}`,
    });
  }
  return finder.finish();
}

class VolumeFinder implements Examiner {
  readonly probes: readonly Probe[];
  readonly #list = new VolumeList();
  readonly #budget: ZeroBudget = { bytes: ZERO_BYTES };
  #members: (FoundMember & { readonly slot: Slot; readonly depth: number })[] = [];
  #physical: (FoundPhysicalVolume & { readonly slot: Slot; readonly depth: number })[] = [];

  constructor(probes: readonly Probe[]) {
    this.probes = probes;
  }

  /** Puts together what was found in parts, until there is no more. */
  async finish(): Promise<Partitioning> {
    while (this.#members.length > 0 || this.#physical.length > 0) {
      if (this.#members.length > 0) await this.#assemble();
      else await this.#group();
    }
    return { volumes: this.#list.volumes, flaws: this.#list.flaws };
  }

  async examine(candidate: Candidate): Promise<void> {
    if (this.#list.isFull(candidate)) return;
    try {
      const { source } = candidate;
      if (source.size === 0) return void this.#list.add(candidate, { kind: 'empty' });
      const head = await readHead(source);
      const identity = await identify(candidate, head, this.probes);
      if (await this.#divide(candidate, head, identity)) return;
      const content =
        identity.content ??
        (isKnown(identity) ? undefined : await identifyRest(candidate, head, this.#budget));
      this.settle(candidate, identity, content);
      if (candidate.isDisk && content !== undefined)
        await takeWholeBootSectors(this.#list, this, candidate, head, content);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#list.addUnread(candidate, error);
    }
  }

  /** @param content undefined where what it is a part of tells it */
  settle(candidate: Candidate, identity: Identity, content: VolumeContent | undefined): void {
    const { source, depth } = candidate;
    const { member, physicalVolume, flaws } = identity;
    this.#list.takeFlaws(flaws);
    const slot = this.#list.add(candidate, content ?? { kind: 'accounted', what: 'part of others' });
    const part = { source, slot, depth, name: slot.name };
    if (member !== undefined) this.#members.push({ ...part, member });
    if (physicalVolume !== undefined) this.#physical.push({ ...part, label: physicalVolume });
  }

  /** Whether it is a partition table that says what there is on it, and nothing else does. */
  async #divide(candidate: Candidate, head: Buffer, identity: Identity): Promise<boolean> {
    const { source, isDisk, tables } = candidate;
    const isOtherwiseUnknown = !isKnown(identity);
    const isWholeMember = identity.member?.dataOffset === 0 && identity.content === undefined;
    if (isWholeMember || (!isDisk && !isOtherwiseUnknown)) return false;
    const recognises = async (offset: number) => {
      const part = { name: candidate.name, source: slice(source, offset, source.size - offset, source.name) };
      return isKnown(await identify(part, await readHead(part.source), this.probes));
    };
    const { table, flaws } = await findTable(source, head, { isDisk, isOtherwiseUnknown, recognises });
    this.#list.takeFlaws(flaws);
    if (table === undefined) return false;
    if (tables >= MAX_TABLES) {
      const what = `${candidate.name} has a partition table inside of two others, which is not read`;
      this.#list.addUnread(candidate, new Unreadable('UNSUPPORTED', what, 0));
      return true;
    }
    const whole = isOtherwiseUnknown ? undefined : this.#alsoWhole(candidate, identity, table);
    await walkTable(this.#list, this, candidate, table, whole);
    return true;
  }

  /** A disk that is divided and also holds something as a whole: a CD image made for USB sticks; or an attempt to show two things. */
  #alsoWhole(candidate: Candidate, identity: Identity, table: PartitionTable): VolumeContent | undefined {
    this.settle(candidate, identity, identity.content);
    if (!isCdImage(identity.content))
      this.#list.flaw(
        new Unreadable(
          'MALFORMED_DISK',
          `${candidate.name} has a ${table.kind} and also holds something as a whole: both were read`,
          0,
        ),
      );
    return identity.content;
  }

  async #assemble(): Promise<void> {
    const members = this.#members;
    this.#members = [];
    const { arrays, owners } = assembleArrays(members);
    for (const [index, owner] of owners.entries())
      this.#account(
        members[index]?.slot,
        'problem' in owner ? owner : { what: `member of array ${owner.array}` },
      );
    const depth = Math.max(...members.map((one) => one.depth)) + 1;
    for (const array of arrays) await this.#examineMade(array, depth, true);
  }

  async #group(): Promise<void> {
    const physical = this.#physical;
    this.#physical = [];
    const { volumes, owners, flaws } = await findLogicalVolumes(physical);
    this.#list.takeFlaws(flaws);
    for (const [index, owner] of owners.entries())
      this.#account(
        physical[index]?.slot,
        'problem' in owner ? owner : { what: `LVM2 physical volume of ${owner.group}` },
      );
    const depth = Math.max(...physical.map((one) => one.depth)) + 1;
    for (const volume of volumes) await this.#examineMade(volume, depth, false);
  }

  /** What holds a file system besides keeps that. */
  #account(
    slot: Slot | undefined,
    owner: { readonly what: string } | { readonly problem: Unreadable },
  ): void {
    if (slot === undefined) return;
    if (slot.content.kind === 'file-system' || slot.content.kind === 'unread') {
      if ('problem' in owner) this.#list.flaw(owner.problem);
    } else slot.content = 'problem' in owner ? { kind: 'unread', ...owner } : { kind: 'accounted', ...owner };
  }

  async #examineMade(
    made: {
      readonly name: string;
      readonly devices: readonly string[];
      readonly content: { readonly source: BlockSource } | { readonly problem: Unreadable };
    },
    depth: number,
    isDisk: boolean,
  ): Promise<void> {
    const { name, devices, content } = made;
    const problem = depth > MAX_DEPTH ? tooDeep(name) : 'problem' in content ? content.problem : undefined;
    const source = 'source' in content ? content.source : mapPieces(name, []);
    const candidate = { name, source, names: { devices }, isDisk, depth, tables: 1, suffix: ` of ${name}` };
    if (problem === undefined) await this.examine(candidate);
    else if (!this.#list.isFull(candidate)) this.#list.addUnread(candidate, problem);
  }
}

function tooDeep(name: string): Unreadable {
  return new Unreadable(
    'UNSUPPORTED',
    `${name} is inside of more than ${MAX_DEPTH} other arrays and volumes, and was not read`,
  );
}
