import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are remembered between runs: `PRATIQUE_CACHE`, or a folder in the user's cache (XDG base directories). */
export function defaultCacheFolder(): string {
  const { PRATIQUE_CACHE: own, XDG_CACHE_HOME: base } = process.env;
  if (own !== undefined && own !== '') return own;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'pratique');
}
