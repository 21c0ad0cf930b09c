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
  const found = FORMATS.find((format) => format.is(head, tail));
  if (expected !== undefined && (found?.name ?? 'raw') !== expected) {
    const message = `${source.name} is said to be ${expected} and is ${found?.name ?? 'none of the formats known'}`;
    throw new Unreadable('MALFORMED_DISK', message);
  }
  if (found === undefined) return source;
  return found.open(source, {
    ...options,
    openAny: (below, depth, format) => openFormat(below, { ...options, depth }, format),
  });
}
