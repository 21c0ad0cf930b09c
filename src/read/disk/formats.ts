import type { BlockSource } from './block-source.ts';
import type { ContainerOptions } from './container.ts';
import { isQcow2, openQcow2 } from './qcow2/index.ts';
import { Unreadable } from './unreadable.ts';
import { isVdi, openVdi } from './vdi/index.ts';
import { isVhd, openVhd } from './vhd/index.ts';
import { isVhdx, openVhdx } from './vhdx/index.ts';
import { isVmdk, openVmdk } from './vmdk/index.ts';

/** A format that holds a disk, told by its content. */
interface DiskFormat {
  /** As QEMU calls it: other containers name it so. */
  readonly name: string;
  is(head: Buffer, tail: Buffer): boolean;
  open(source: BlockSource, options: ContainerOptions): Promise<BlockSource>;
}

/** VHD last: a fixed one is told by its end only, which a guest can write. */
const FORMATS: readonly DiskFormat[] = [
  { name: 'qcow2', is: isQcow2, open: openQcow2 },
  { name: 'vmdk', is: isVmdk, open: openVmdk },
  { name: 'vhdx', is: isVhdx, open: openVhdx },
  { name: 'vdi', is: isVdi, open: openVdi },
  { name: 'vpc', is: isVhd, open: openVhd },
];

export const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 512;

/** Whether the content is a disk in a container format. */
export function isContainer(head: Buffer, tail: Buffer): boolean {
  return FORMATS.some((format) => format.is(head, tail));
}

/**
 * Whether bytes begin as a raw disk does that something starts from: with the boot sector of a table, or a GPT. A cloud is told what a file
 * is and takes it for that: to it, such a file in another format may be another disk.
 */
export function startsAsDisk(head: Buffer): boolean {
  const isGpt = [512, 4096].some((at) => head.toString('latin1', at, at + 8) === 'EFI PART');
  if (isGpt || head.length < 512 || head.readUInt16BE(510) !== 0x55aa) return isGpt;
  const entries = [446, 462, 478, 494];
  const isSane = entries.every((at) => ((head[at] ?? 0) & 0x7f) === 0);
  return isSane && entries.some((at) => head.readUInt32LE(at + 12) > 0);
}

/** What programs differ on. */
export function toTwoThings({ name }: BlockSource, what: string): Unreadable {
  return new Unreadable(
    'MALFORMED_DISK',
    `${name} is ${what}: which of them is used depends on who reads it`,
    0,
  );
}

/** The first 128 KiB and the last 512 bytes: what tells a format. @throws Failure, Unreadable of the source */
export async function readEnds(source: BlockSource): Promise<{ head: Buffer; tail: Buffer }> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  const tail = Math.min(TAIL_BYTES, source.size);
  return { head, tail: await source.read(source.size - tail, tail) };
}

/**
 * Opens a disk in whatever format it is; what has none is raw. `source` is handed over once it is open.
 * @param format what a container above says it is: must be what it is
 * @throws Unreadable, Failure of the source
 */
export async function openFormat(
  source: BlockSource,
  options: Omit<ContainerOptions, 'openAny'>,
  expected?: string,
): Promise<BlockSource> {
  const { head, tail } = await readEnds(source);
  const [found, other] = FORMATS.filter((format) => format.is(head, tail));
  if (expected !== undefined && (found?.name ?? 'raw') !== expected) {
    const message = `${source.name} is said to be ${expected} and is ${found?.name ?? 'none of the formats known'}`;
    throw new Unreadable('MALFORMED_DISK', message);
  }
  if (found === undefined) return source;
  if (other !== undefined)
    options.flaw(toTwoThings(source, `a disk in the formats ${found.name} and ${other.name}`));
  // A fixed VHD is a raw disk, with a footer: only one that grows begins with it.
  else if ((found.name !== 'vpc' || head.toString('latin1', 0, 8) === 'conectix') && startsAsDisk(head))
    options.flaw(toTwoThings(source, `a disk in the format ${found.name} and a raw one that starts`));
  return found.open(source, {
    ...options,
    openAny: (below, depth, format) => openFormat(below, { ...options, depth }, format),
  });
}
