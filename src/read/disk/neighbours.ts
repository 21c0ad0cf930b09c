import { realpathSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { toFileFailure } from '../archive/local-file.ts';
import type { BlockSource } from './block-source.ts';
import { LocalDisk } from './local-disk.ts';
import type { Neighbour } from './open-disks.ts';
import { Unreadable } from './unreadable.ts';

/**
 * Opens what a local disk, or one below it, names as its parent, extent or data file: relative to who names it, as QEMU does, and only in the
 * folder of the disk that the user named or below: an image whose "backing file" is `/etc/shadow`, or a link to it, must not have that
 * read and quoted in a report.
 */
export function neighboursOf(path: string): Neighbour {
  const folders = new WeakMap<BlockSource, string>();
  return async (name, from) => {
    const top = realFolder(path);
    const file = toReal(resolve(folders.get(from) ?? top, name), name);
    if (!file.startsWith(top === sep ? sep : top + sep)) {
      const message = `${basename(path)} needs ${JSON.stringify(name.slice(0, 200))}, which is not in its folder: put it there, or make one file of both with qemu-img convert`;
      throw new Unreadable('UNSUPPORTED', message);
    }
    const neighbour = LocalDisk.open(file, { follow: false });
    folders.set(neighbour, dirname(file));
    return neighbour;
  };
}

function realFolder(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch (error) {
    throw toFileFailure(error, path);
  }
}

/** What is not there cannot lead elsewhere: it is refused for its name, or not found. */
function toReal(file: string, name: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    const failure = toFileFailure(error, name);
    if (failure.code === 'NOT_FOUND') return file;
    throw failure;
  }
}
