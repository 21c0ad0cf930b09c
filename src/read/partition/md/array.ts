import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { roundDown } from '../integers.ts';
import { mapPieces, type Piece } from '../mapped-source.ts';
import type { MdMember } from './superblock.ts';

/*
 * Arrays put together from the members that were found.
 *
 * The halves of a mirror are read both and compared: whoever makes them differ has the scan see one and the system run
 * the other. Members that missed writes are said to be so and left out, as the kernel does.
 */

/** A member and where it is. */
export interface FoundMember {
  readonly member: MdMember;
  readonly source: BlockSource;
  /** Of the volume it is: `partition 2`. */
  readonly name: string;
}

export interface MdArray {
  /** `array md0`. */
  readonly name: string;
  readonly devices: readonly string[];
  readonly content: { readonly source: BlockSource } | { readonly problem: Unreadable };
}

export interface MdArrays {
  readonly arrays: readonly MdArray[];
  /** In the order of what was given: which array each is in, or what keeps it out. */
  readonly owners: readonly ({ readonly array: string } | { readonly problem: Unreadable })[];
}

const LINEAR = -1;
/** In words: of what is not read. */
const LEVELS: Readonly<Record<number, string>> = { 4: 'RAID 4', 5: 'RAID 5', 6: 'RAID 6', 10: 'RAID 10' };

export function assembleArrays(found: readonly FoundMember[]): MdArrays {
  const groups = Map.groupBy(found, ({ member }) => member.array);
  const arrays: MdArray[] = [];
  const stale = new Map<FoundMember, Unreadable>();
  for (const members of groups.values()) {
    const events = Math.max(...members.map(({ member }) => member.events));
    // One behind is what a crash between two superblocks leaves, and is let in by the kernel as well.
    const [old, current] = [members.filter(isBehind), members.filter((one) => !isBehind(one))];
    const [first] = current.filter(({ member }) => member.events === events);
    if (first === undefined) continue;
    const name = `array ${first.member.name}`;
    for (const one of old)
      stale.set(
        one,
        new Unreadable(
          'MALFORMED_DISK',
          `${one.name} is a member of ${name} that missed writes, and was not read`,
          0,
        ),
      );
    const device = /^md\d+$/.test(first.member.name)
      ? `/dev/${first.member.name}`
      : `/dev/md/${first.member.name}`;
    arrays.push({ name, devices: [device], content: contentOf(name, first.member, current) });

    function isBehind({ member }: FoundMember): boolean {
      return member.events + 1 < events;
    }
  }
  const owners = found.map((one) => {
    const problem = stale.get(one);
    return problem === undefined ? { array: one.member.name } : { problem };
  });
  return { arrays, owners };
}

function contentOf(name: string, first: MdMember, current: readonly FoundMember[]): MdArray['content'] {
  try {
    return { source: open(name, first, current) };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error };
    throw error;
  }
}

/** @throws Unreadable */
function open(name: string, first: MdMember, current: readonly FoundMember[]): BlockSource {
  const { level, obstacle, disks, used } = first;
  if (obstacle !== undefined) throw new Unreadable('UNSUPPORTED', `${name} ${obstacle}, and was not read`);
  if (![LINEAR, 0, 1].includes(level))
    throw new Unreadable(
      'UNSUPPORTED',
      `${name} is ${LEVELS[level] ?? `of level ${level}`}, which is not read`,
    );
  const byRole = new Map<number, FoundMember>();
  for (const one of current) {
    const { role } = one.member;
    if (role === undefined) continue;
    const twin = byRole.get(role);
    if (twin !== undefined)
      throw new Unreadable(
        'MALFORMED_DISK',
        `${one.name} and ${twin.name} both say that they are disk ${role} of ${name}`,
      );
    if (one.member.level !== level || one.member.disks !== disks)
      throw new Unreadable('MALFORMED_DISK', `${one.name} and others do not agree on what ${name} is`);
    byRole.set(role, one);
  }
  const inOrder = [...byRole].toSorted(([a], [b]) => a - b).map(([, one]) => one);
  if (level === 1)
    return mirror(
      name,
      used,
      inOrder.map((one) => dataOf(one, used)),
      first.inSync,
    );
  if (inOrder.length !== disks)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${name} has ${inOrder.length} of its ${disks} disks, and cannot be read without the others`,
    );
  return mapPieces(name, level === LINEAR ? inOrder.map(toLinearPiece) : toStripes(name, first, inOrder));
}

interface Data {
  readonly source: BlockSource;
  readonly offset: number;
  readonly name: string;
}

/** @throws Unreadable where the data of a member do not begin on it */
function dataOf({ source, member, name }: FoundMember, length: number): Data {
  const { dataOffset } = member;
  if (!Number.isSafeInteger(dataOffset + length) || dataOffset > source.size)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${name} says that its data begin at byte ${dataOffset}, of ${source.size}`,
    );
  return { source, offset: dataOffset, name };
}

function toLinearPiece(one: FoundMember): Piece {
  const { dataSize, chunk } = one.member;
  const length = chunk > 0 ? roundDown(dataSize, chunk) : dataSize;
  return { length, stripe: 0, places: [dataOf(one, length)] };
}

/** @throws Unreadable UNSUPPORTED where the members are of different sizes: the rest of the larger is striped by other rules */
function toStripes(name: string, { chunk }: MdMember, inOrder: readonly FoundMember[]): readonly Piece[] {
  if (chunk === 0) throw new Unreadable('MALFORMED_DISK', `${name} has stripes of no size`);
  const sizes = new Set(inOrder.map(({ member }) => roundDown(member.dataSize, chunk)));
  const [size = 0] = sizes;
  if (sizes.size > 1)
    throw new Unreadable('UNSUPPORTED', `${name} is RAID 0 over disks of different sizes, which is not read`);
  const [first, ...others] = inOrder.map((one) => dataOf(one, size));
  if (first === undefined || !Number.isSafeInteger(size * inOrder.length))
    throw new Unreadable('MALFORMED_DISK', `${name} has no size that can be`);
  return [{ length: size * inOrder.length, stripe: chunk, places: [first, ...others] }];
}

/** @param inSync bytes from the start; what is behind was still being copied from the first disk */
function mirror(name: string, size: number, halves: readonly Data[], inSync: number): BlockSource {
  const [first, ...others] = halves;
  if (first === undefined)
    throw new Unreadable('MALFORMED_DISK', `${name} has none of its disks in a state to be read`);
  const source: BlockSource = {
    name,
    size,
    async read(offset, length) {
      requireInside(source, offset, length);
      const bytes = await first.source.read(first.offset + offset, length);
      const compared = Math.max(0, Math.min(length, inSync - offset));
      for (const other of compared > 0 ? others : []) {
        const there = await other.source.read(other.offset + offset, compared);
        if (!there.equals(bytes.subarray(0, compared)))
          throw new Unreadable(
            'CHECKSUM_MISMATCH',
            `${name} differs between ${first.name} and ${other.name}`,
            offset,
          );
      }
      return bytes;
    },
    async close() {},
  };
  return source;
}
