import type { BlockSource } from './block-source.ts';
import { Unreadable } from './unreadable.ts';

/*
 * What a container format (qcow2, VMDK, VHD, VHDX, VDI) is given besides its own bytes.
 *
 * A container may say that its bytes are elsewhere: in a backing file, a parent, an extent, a data file. Those names are
 * an attacker's: they could lead out of the image's folder, to a device, over the network, or in a circle. A format therefore
 * opens nothing itself. It asks for a neighbour by name; who opened the image decides what that may be.
 *
 * Who opens a container hands over `source`: once it is open, closing it closes `source` too. Where opening
 * throws, `source` stays the caller's to close, and what was opened besides is closed already.
 */

/** The longest chain of containers over containers. Real ones have two or three; a cycle has no end. */
const LONGEST_CHAIN = 16;

export interface ContainerOptions {
  /**
   * Opens a file that a container names, relative to that container's own folder; its `name` tells which file it is.
   * @param from the container's source: in a chain, each names what is below it from where it is itself
   * @throws Failure NOT_FOUND, NO_PERMISSION; Unreadable UNSUPPORTED where neighbours cannot be opened or the name leads elsewhere
   */
  readonly neighbour: (name: string, from: BlockSource) => Promise<BlockSource>;
  /**
   * Opens a neighbour that is a container itself, told by its content; raw where it is none. `source` is handed over as above.
   * @param depth of that container in the chain
   * @param format what the container above says it is, as QEMU writes it (`qcow2`, `vmdk`, `vpc`), where it says so: two
   *   readers that guess could see two different disks
   * @throws Unreadable, Failure of the source
   */
  readonly openAny: (source: BlockSource, depth: number, format?: string) => Promise<BlockSource>;
  /** How many containers are above this one: 0 for what the user named. */
  readonly depth: number;
  /** Takes what is wrong with the container as a whole though it can be read. */
  readonly flaw: (flaw: Unreadable) => void;
}

/**
 * Opens what lies under a container: its backing file or parent.
 * @param name as the container has it
 * @param format `raw` is taken as it is and never probed: a guest that may write to its disk could else write a container
 *   header there, and name any file
 * @throws Unreadable MALFORMED_DISK for a chain that has no end, UNSUPPORTED for a name that is no file; Failure of the source
 */
export async function openParent(
  source: BlockSource,
  { depth, neighbour, openAny }: ContainerOptions,
  name: string,
  format?: string,
): Promise<BlockSource> {
  if (depth + 1 >= LONGEST_CHAIN) {
    throw new Unreadable(
      'MALFORMED_DISK',
      `${source.name} is the ${LONGEST_CHAIN}th of a chain of disks, one over the other: a longer one is taken for a circle`,
    );
  }
  const parent = await neighbour(requireFileName(source, name), source);
  try {
    if (parent.name === source.name)
      throw new Unreadable('MALFORMED_DISK', `${source.name} names itself as the disk it is based on`);
    return format === 'raw' ? parent : await openAny(parent, depth + 1, format);
  } catch (error) {
    await parent.close();
    throw error;
  }
}

/**
 * The name of a file, of which QEMU would make other things: `json:{…}` (any driver with any option), `nbd://`, `http:`, `fat:`.
 * @throws Unreadable UNSUPPORTED for those, MALFORMED_DISK for what cannot be a name
 */
export function requireFileName(source: BlockSource, written: string): string {
  const name = written.replace(/^file:/, '');
  const shown = JSON.stringify(written.slice(0, 80));
  // QEMU's rule (block.c, path_has_protocol): a colon before any slash.
  if (/^[^:/]*:/.test(name)) {
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has part of its content at ${shown}: only files beside it are read`,
    );
  }
  if (name === '' || /[\0-\x1f\x7f]/.test(name))
    throw new Unreadable('MALFORMED_DISK', `${source.name} names ${shown} as a file`);
  return name;
}
