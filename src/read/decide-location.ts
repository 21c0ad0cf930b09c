import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../core/failure.ts';
import { toFileFailure } from './archive/local-file.ts';
import { type Decided, looksLikePath, parseLocation, splitPath } from './location.ts';
import { ROOT_FOLDERS } from './rootfs/root-names.ts';

/**
 * Tells of what kind a location is, by its prefix or else by what is there.
 * @throws Failure USAGE, NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE
 */
export function decideLocation(location: string): Decided {
  const parsed = parseLocation(location, existsSync);
  return parsed.kind === 'undecided' ? decide(parsed.text) : parsed;
}

/** By what is there. */
function decide(text: string): Decided {
  const { path, reference } = existing(text);
  if (path === undefined) {
    if (!looksLikePath(text)) return { kind: 'registry', reference: text };
    // Says why: not there, or not to be seen.
    isFolder(text);
    throw new Failure('NOT_FOUND', `${text} does not exist`);
  }
  const named = { path, ...(reference === undefined ? {} : { reference }) };
  if (!isFolder(path)) return { kind: 'archive', ...named };
  if (isFile(join(path, 'oci-layout')) && isFile(join(path, 'index.json'))) return { kind: 'oci', ...named };
  if (ROOT_FOLDERS.some((name) => isFolderAt(join(path, name)))) return { kind: 'rootfs', path };
  throw new Failure(
    'NOT_AN_IMAGE',
    `${path} holds neither an OCI layout nor a root file system: if it is the latter all the same, write rootfs:${path}`,
  );
}

/** `node:20` is a reference even where a folder `node` is; `./node:20` and `node.tar:20` are not. */
function existing(text: string): { readonly path?: string; readonly reference?: string } {
  if (existsSync(text)) return { path: text };
  const split = splitPath(text, existsSync);
  return split.reference !== undefined && looksLikePath(split.path) ? split : {};
}

/** @throws Failure NOT_FOUND, NO_PERMISSION */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw toFileFailure(error, path);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolderAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
