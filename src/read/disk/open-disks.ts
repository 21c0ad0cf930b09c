import type { Problem } from '../../core/problem.ts';
import type { Selection } from '../selection.ts';
import { detectCompression, MAGIC_BYTES } from '../unpack/compression.ts';
import type { BlockSource } from './block-source.ts';
import { HEAD_BYTES, openFormat, startsAsDisk, toTwoThings } from './formats.ts';
import { Unreadable } from './unreadable.ts';
import { openCompressed } from './wrapped/compressed.ts';
import { openDiskTar } from './wrapped/disk-tar.ts';

export interface OpenedDisks {
  readonly disks: readonly BlockSource[];
  readonly flaws: readonly Unreadable[];
  readonly problems: readonly Problem[];
  /** Of the disks and of what they were made over. */
  close(): Promise<void>;
}

export type Neighbour = (name: string, from: BlockSource) => Promise<BlockSource>;

/**
 * Opens the disks in a file or an object: raw, qcow2, VMDK, VHD, VHDX, VDI, an OVA, GCP's tar; each also in gzip, zstd or xz. What it is
 * is told by its content.
 * @param neighbour opens what a disk names as its parent or as a part of it
 * @param inOrder what a compressed file is streamed from: the same bytes, asked for from front to back
 * @throws Unreadable, Failure. The source is closed with what is returned, or when this throws.
 */
export async function openDisks(
  source: BlockSource,
  neighbour: Neighbour,
  selection: Selection,
  inOrder: BlockSource = source,
): Promise<OpenedDisks> {
  const flaws: Unreadable[] = [];
  const opened: BlockSource[] = [source];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  const flaw = (one: Unreadable): void => {
    flaws.push(one);
  };
  try {
    const compression = detectCompression(await source.read(0, Math.min(MAGIC_BYTES, source.size)));
    const plain =
      compression === 'none' ? source : await openCompressed(inOrder, compression, selection, flaw);
    if (plain !== source) {
      opened.push(plain);
      const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
      if (startsAsDisk(head)) flaw(toTwoThings(source, 'a compressed disk and a raw one that starts'));
    }
    const packed = await openDiskTar(plain, selection.signal);
    const parts = packed?.disks ?? [{ name: '', source: plain }];
    const among = packed?.neighbour ?? neighbour;
    const disks: BlockSource[] = [];
    for (const part of parts) {
      // GCP's is raw by definition; a guest could write the header of a container to its own first sector.
      const disk =
        part.name === 'disk.raw'
          ? part.source
          : await openFormat(part.source, { neighbour: among, depth: 0, flaw });
      disks.push(disk);
      opened.push(disk);
    }
    flaws.push(...(packed?.flaws ?? []));
    return { disks, flaws, problems: (packed?.unread ?? []).map(toNotice), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a distant disk names as its parent is not looked for: the name is an attacker's. */
export function refuseNeighbour(name: string): Neighbour {
  return async (needed) => {
    const message = `${name} needs ${JSON.stringify(needed.slice(0, 200))} besides: make one file of both with qemu-img convert`;
    throw new Unreadable('UNSUPPORTED', message);
  };
}

/** A member that is no disk and that nothing refers to: NVRAM, messages. No machine is started from it. */
function toNotice(name: string): Problem {
  const message = `${JSON.stringify(name.slice(0, 200))} beside the disks was not read`;
  return { code: 'UNKNOWN_CONTENT', message, effect: 'notice' };
}
