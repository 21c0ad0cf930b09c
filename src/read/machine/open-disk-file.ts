import type { Image } from '../../core/image.ts';
import { LocalDisk } from '../disk/local-disk.ts';
import { neighboursOf } from '../disk/neighbours.ts';
import { openDisks } from '../disk/open-disks.ts';
import { toFailure, Unreadable } from '../disk/unreadable.ts';
import type { Selection } from '../selection.ts';
import { openMachine } from './open-machine.ts';

/**
 * Opens a file that is a disk, or that a disk is in.
 * @throws Failure NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE, MALFORMED, TRUNCATED, UNSUPPORTED, TOO_LARGE, DISK_FULL, CANCELLED
 */
export async function openDiskFile(path: string, selection: Selection): Promise<Image> {
  try {
    const file = LocalDisk.open(path, { follow: true });
    const opened = await openDisks(file, neighboursOf(path), selection);
    const identity = { location: selection.location, kind: 'disk', tags: [] } as const;
    return await openMachine({ identity, distant: false, ...opened }, selection);
  } catch (error) {
    throw error instanceof Unreadable ? toFailure(error) : error;
  }
}
