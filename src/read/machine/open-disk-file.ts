import type { Image } from '../../core/image.ts';
import type { Problem } from '../../core/problem.ts';
import type { BlockSource } from '../disk/block-source.ts';
import { openFormat } from '../disk/formats.ts';
import { LocalDisk } from '../disk/local-disk.ts';
import { neighboursOf } from '../disk/neighbours.ts';
import { toFailure, Unreadable } from '../disk/unreadable.ts';
import { openCompressed } from '../disk/wrapped/compressed.ts';
import { openDiskTar } from '../disk/wrapped/disk-tar.ts';
import type { Selection } from '../selection.ts';
import { detectCompression, MAGIC_BYTES } from '../unpack/compression.ts';
import { openMachine } from './open-machine.ts';

/**
 * Opens a file that is a disk, or that a disk is in: raw, qcow2, VMDK, VHD, VHDX, VDI, an OVA, GCP's tar; each also in gzip, zstd or
 * xz. What it is is told by its content.
 * @throws Failure NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE, MALFORMED, TRUNCATED, UNSUPPORTED, TOO_LARGE, DISK_FULL, CANCELLED
 */
export async function openDiskFile(path: string, selection: Selection): Promise<Image> {
  const { location } = selection;
  const flaws: Unreadable[] = [];
  const unread: string[] = [];
  const file = await openUnpacked(path, selection, flaws);
  let disks: readonly BlockSource[];
  try {
    disks = await openDisks(path, file, { flaws, unread }, selection.signal);
  } catch (error) {
    await file.close();
    throw error instanceof Unreadable ? toFailure(error) : error;
  }
  return openMachine(
    {
      identity: { location, kind: 'disk', tags: [] },
      disks,
      flaws,
      problems: unread.map(toNotice),
      distant: false,
      async close() {
        for (const disk of disks) await disk.close();
        await file.close();
      },
    },
    selection,
  );
}

async function openUnpacked(path: string, selection: Selection, flaws: Unreadable[]): Promise<BlockSource> {
  const file = LocalDisk.open(path, { follow: true });
  try {
    const compression = detectCompression(await file.read(0, Math.min(MAGIC_BYTES, file.size)));
    if (compression === 'none') return file;
    const opened = await openCompressed(file, compression, selection, (flaw) => flaws.push(flaw));
    await file.close();
    return opened;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** One disk, or those of an archive of disks. */
async function openDisks(
  path: string,
  file: BlockSource,
  { flaws, unread }: { flaws: Unreadable[]; unread: string[] },
  signal: AbortSignal,
): Promise<BlockSource[]> {
  const flaw = (one: Unreadable): void => {
    flaws.push(one);
  };
  const packed = await openDiskTar(file, signal);
  if (packed === undefined)
    return [await openFormat(file, { neighbour: neighboursOf(path), depth: 0, flaw })];
  flaws.push(...packed.flaws);
  unread.push(...packed.unread);
  const disks: BlockSource[] = [];
  // GCP's is raw by definition: a guest could write the header of a container to its own first sector.
  for (const { name, source } of packed.disks)
    disks.push(
      name === 'disk.raw'
        ? source
        : await openFormat(source, { neighbour: packed.neighbour, depth: 0, flaw }),
    );
  return disks;
}

/** A member that is no disk and that nothing refers to: NVRAM, messages. No machine is started from it. */
function toNotice(name: string): Problem {
  const message = `${JSON.stringify(name.slice(0, 200))} beside the disks was not read`;
  return { code: 'UNKNOWN_CONTENT', message, effect: 'notice' };
}
