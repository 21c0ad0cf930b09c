import { existsSync } from 'node:fs';

/** The folder of this package, wherever in it this code was built to: the nearest above that has a package.json. */
export const PACKAGE_ROOT: URL = rootAbove(new URL('.', import.meta.url));

function rootAbove(folder: URL): URL {
  const parent = new URL('..', folder);
  if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return folder;
  return rootAbove(parent);
}
