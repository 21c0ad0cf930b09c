import { accessSync, constants, realpathSync } from 'node:fs';
import type { Image } from '../../core/image.ts';
import { toFileFailure } from '../archive/local-file.ts';
import { NO_CONFIG } from '../manifest/config.ts';
import type { Selection } from '../selection.ts';
import { digestOfListing, FolderReader } from './folder-reader.ts';

/*
 * A folder as the root of a file system: one layer, read where it lies.
 *
 * The attack: a symlink, there from the start or slipped in while the folder is read, that makes the inspector read
 * `/etc/shadow` of its own machine, or a FIFO that makes it wait for ever. Nothing is followed (`lstat`, `O_NOFOLLOW`),
 * nothing but regular files is opened, and on Linux the kernel is asked where an open file really lies, which catches
 * a folder on the way that was swapped for a link.
 *
 * No digest pins a folder. The layer's diff id is the SHA-256 of the listing (path, kind, mode, owner, size,
 * times and inode of everything, in walking order): it names what was seen, and when it changes between opening and
 * reading, that is a problem; but equal contents are never concluded from it.
 */

/** @throws Failure NO_PERMISSION, NOT_FOUND, CANCELLED */
export async function openRootFolder(path: string, { location, limits, signal }: Selection): Promise<Image> {
  const root = realRoot(path);
  const diffId = await digestOfListing(root, limits, signal);
  const ref = { index: 0, digest: diffId, diffId };
  return {
    identity: { location, kind: 'rootfs-directory', tags: [] },
    config: NO_CONFIG,
    layers: [
      { ref, cacheable: false, read: (sink, stop) => new FolderReader(root, limits, sink, stop).run(diffId) },
    ],
    problems: [],
    close: async () => {},
  };
}

function realRoot(path: string): Buffer {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    const root = realpathSync(path, { encoding: 'buffer' });
    return root.equals(Buffer.from('/')) ? Buffer.alloc(0) : root;
  } catch (error) {
    throw toFileFailure(error, path);
  }
}
