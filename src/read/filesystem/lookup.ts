import { Unreadable } from '../disk/unreadable.ts';
import { decodeName } from '../unpack/tar-text.ts';
import type { FileSystem, Node } from './contract.ts';

/** Links followed on the way; a chain of more leads nowhere. */
const MAX_LINKS = 16;

/**
 * Finds what a path names, following links inside the file system as a chroot does. Undefined when it is not there.
 * @param from the folder that the path and absolute links start from
 * @throws Unreadable, Failure of the source
 */
export async function lookUp(fileSystem: FileSystem, from: Node, path: string): Promise<Node | undefined> {
  const rest = partsOf(path).reverse();
  const trail = [from];
  for (let links = 0; ; ) {
    const part = rest.pop();
    const folder = trail.at(-1);
    if (part === undefined) return folder;
    if (part === '..') {
      if (trail.length > 1) trail.pop();
      continue;
    }
    const node = folder?.kind === 'directory' ? await childOf(fileSystem, folder, part) : undefined;
    if (node === undefined) return undefined;
    if (node.kind !== 'symlink') {
      trail.push(node);
      continue;
    }
    if (++links > MAX_LINKS)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `${path} leads through a loop of links`);
    const target = decodeName(node.target ?? Buffer.alloc(0));
    if (target.startsWith('/')) trail.length = 1;
    for (const next of partsOf(target).reverse()) rest.push(next);
  }
}

async function childOf(fileSystem: FileSystem, folder: Node, name: string): Promise<Node | undefined> {
  const wanted = fileSystem.ignoresCase === true ? name.toLowerCase() : name;
  for await (const listed of fileSystem.list(folder)) {
    if (listed.kind !== 'name') continue;
    const found = decodeName(listed.name);
    if (found === wanted || (fileSystem.ignoresCase === true && found.toLowerCase() === wanted))
      return listed.open();
  }
  return undefined;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
