import type { BlockSource } from '../block-source.ts';
import { type ContainerOptions, openParent, requireFileName } from '../container.ts';
import { closeAll, locatedDisk } from '../located-disk.ts';
import { Unreadable } from '../unreadable.ts';
import { ClusterMap } from './cluster-map.ts';
import { type Header, parseHeader } from './header.ts';

export { isQcow2 } from './header.ts';

/**
 * Opens a qcow2 disk, version 2 or 3, as the guest sees it now: internal snapshots are older states of it, and are left alone.
 * @throws Unreadable ENCRYPTED, UNSUPPORTED (names the feature), MALFORMED_DISK, TRUNCATED; Failure of the source and its neighbours
 */
export async function openQcow2(source: BlockSource, options: ContainerOptions): Promise<BlockSource> {
  const header = parseHeader(await readFirstCluster(source), source.name);
  const opened: BlockSource[] = [];
  const keep = (file: BlockSource): BlockSource => {
    opened.push(file);
    return file;
  };
  try {
    const { externalData, backing } = header;
    const data = externalData === undefined ? source : keep(await openData(source, options, externalData));
    const under =
      backing === undefined
        ? undefined
        : keep(await openParent(source, options, backing.name, backing.format));
    if (header.corrupt) options.flaw(corrupt(source));
    const map = new ClusterMap(header, { source, data, backing: under });
    const { name } = source;
    return locatedDisk({ name, size: header.size }, (at, most) => map.locate(at, most), [source, ...opened]);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Header extensions may be anywhere in it. */
async function readFirstCluster(source: BlockSource): Promise<Buffer> {
  const start = await source.read(0, Math.min(512, source.size));
  const clusterBits = start.length < 24 ? 9 : Math.min(start.readUInt32BE(20), 21);
  return source.read(0, Math.min(Math.max(2 ** clusterBits, 512), source.size));
}

async function openData(
  source: BlockSource,
  { neighbour }: ContainerOptions,
  { name }: NonNullable<Header['externalData']>,
): Promise<BlockSource> {
  if (name !== undefined) return neighbour(requireFileName(source, name), source);
  throw new Unreadable(
    'MALFORMED_DISK',
    `${source.name} has its content in another file and does not say in which`,
  );
}

function corrupt({ name }: BlockSource): Unreadable {
  return new Unreadable(
    'MALFORMED_DISK',
    `${name} is marked as corrupt: what is read of it may not be what was written (qemu-img check -r all repairs it)`,
    72,
  );
}
