import { Unreadable } from '../disk/unreadable.ts';
import type { FileSystem, Node } from '../filesystem/contract.ts';
import { lookUp } from '../filesystem/lookup.ts';
import type { Volume } from '../partition/contract.ts';
import { decodeName } from '../unpack/tar-text.ts';

/** A volume that could be opened. */
export interface OpenedVolume {
  readonly volume: Volume;
  readonly fileSystem: FileSystem;
}

/** A folder of a volume. */
export interface VolumeFolder extends OpenedVolume {
  readonly start: Node;
  /** Where `start` is in its volume; `''` is its top. */
  readonly base: string;
}

/** Undefined where it cannot be read, which the walk over the same place says. @throws Failure of the source */
export async function orUndefined<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** The top folder; undefined where it cannot be read. @throws Failure of the source */
export async function topOf(opened: OpenedVolume): Promise<VolumeFolder | undefined> {
  const start = await orUndefined(opened.fileSystem.root());
  return start === undefined ? undefined : { ...opened, start, base: '' };
}

/**
 * What a path below a folder names, links inside the volume followed; undefined where there is nothing.
 * @throws Failure of the source
 */
export async function below(folder: VolumeFolder, path: string): Promise<VolumeFolder | undefined> {
  const start = await orUndefined(lookUp(folder.fileSystem, folder.start, path));
  const base = [folder.base, path].filter((part) => part !== '').join('/');
  return start === undefined ? undefined : { ...folder, start, base };
}

/** Names in a folder with what they name, as far as it can be read. */
export async function* childrenOf({
  fileSystem,
  start,
}: Pick<VolumeFolder, 'fileSystem' | 'start'>): AsyncGenerator<Child> {
  try {
    for await (const listed of fileSystem.list(start))
      if (listed.kind === 'name')
        yield { name: decodeName(listed.name), id: listed.id, open: () => orUndefined(listed.open()) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}

export interface Child {
  readonly name: string;
  readonly id: Node['id'];
  readonly open: () => Promise<Node | undefined>;
}

export async function namesIn(folder: Pick<VolumeFolder, 'fileSystem' | 'start'>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of childrenOf(folder)) names.push(name);
  return names;
}
