import { requireUnreadable, type Unreadable } from '../../../disk/unreadable.ts';
import { memoryDisk } from '../../../testing/memory-disk.ts';
import type { FileSystem, Node } from '../../contract.ts';
import { extDriver } from '../index.ts';

export interface Found {
  readonly fileSystem: FileSystem;
  readonly nodes: Map<string, Node>;
  readonly told: string[];
}

/** Every node of an image by its path, each file read, and what was told on the way. */
export async function readAll(image: Buffer): Promise<Found> {
  const fileSystem = await extDriver.open(memoryDisk(image));
  const told = fileSystem.flaws.map(toLine);
  const nodes = new Map<string, Node>();
  const entered = new Set<Node['id']>();
  const folders: [string, Node][] = [['', await fileSystem.root()]];
  for (let next = folders.pop(); next !== undefined && nodes.size < 2000; next = folders.pop()) {
    const [path, folder] = next;
    entered.add(folder.id);
    try {
      for await (const listed of fileSystem.list(folder)) {
        if (listed.kind === 'flaw') {
          told.push(toLine(listed.flaw));
          continue;
        }
        const below = path === '' ? listed.name.toString() : `${path}/${listed.name.toString()}`;
        const node = await openAndRead(listed, told);
        if (node === undefined) continue;
        nodes.set(below, node);
        if (node.kind === 'directory' && !entered.has(node.id)) folders.push([below, node]);
      }
    } catch (error) {
      told.push(toLine(requireUnreadable(error)));
    }
  }
  return { fileSystem, nodes, told };
}

async function openAndRead(listed: { open(): Promise<Node> }, told: string[]): Promise<Node | undefined> {
  try {
    const node = await listed.open();
    told.push(...node.flaws.map(toLine));
    if (node.kind === 'file') await node.read(0, Math.min(node.size, 2 ** 20));
    return node;
  } catch (error) {
    told.push(toLine(requireUnreadable(error)));
    return undefined;
  }
}

function toLine({ code, message }: Unreadable): string {
  return `${code} ${message}`;
}
