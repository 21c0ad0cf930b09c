import { realpathSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { toFileFailure } from '../archive/local-file.ts';
import type { BlockSource } from './block-source.ts';
import { LocalDisk } from './local-disk.ts';
import { Unreadable } from './unreadable.ts';

/**
 * Opens what a local disk names as its parent, extent or data file, in its own folder or below only: an image
 * whose "backing file" is `/etc/shadow`, or a link to it, must not have that read and quoted in a report.
 */
export function neighboursOf(path: string): (name: string) => Promise<BlockSource> {
  return async (name) => {
    const folder = realFolder(path);
    const file = toReal(resolve(folder, name), name);
    if (!file.startsWith(folder === sep ? sep : folder + sep)) {
      const message = `${basename(path)} needs ${JSON.stringify(name.slice(0, 200))}, which is not in its folder: put it there, or make one file of both with qemu-img convert`;
      throw new Unreadable('UNSUPPORTED', message);
    }
    return LocalDisk.open(file, { follow: false });
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
