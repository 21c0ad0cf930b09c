import { join } from 'node:path';
import { DEFAULT_CACHE_BYTES } from '../../read/attachments/cache.ts';
import { PrivateFolder } from '../../read/private-folder.ts';

/** Everything that is remembered between runs, by what it is. */
export type CacheParts = ReadonlyMap<string, PrivateFolder>;

/**
 * The parts of a cache folder. Each keeps to a limit of its own, so that many layers do not push out the few signatures
 * that a verification without a network needs.
 * @param factsLimit bytes that the facts of layers may have
 */
export function cacheParts(folder: string, factsLimit: number): CacheParts {
  return new Map([
    ['layer facts', new PrivateFolder(folder, factsLimit)],
    ['attachments', new PrivateFolder(join(folder, 'attachments'), DEFAULT_CACHE_BYTES)],
    // Not pruned from here: whoever forgets a trust root forgets how far its repository had come, too.
    ['trust roots', new PrivateFolder(join(folder, 'tuf'), Number.POSITIVE_INFINITY)],
  ]);
}
