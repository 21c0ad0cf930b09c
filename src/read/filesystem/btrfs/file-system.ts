import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { toTarget } from '../link-target.ts';
import type { Contents } from './content.ts';
import { readInode } from './inode.ts';
import { DIR_INDEX, DIR_ITEM, FS_TREE, INODE_ITEM, MAX_U64, ROOT_ITEM, toSafe } from './key.ts';
import { malformed } from './malformed.ts';
import { type NamedItem, parseNamedItems } from './named-items.ts';
import { BtrfsNode, emptyFolder, toNodeId } from './node.ts';
import type { Subvolume, Subvolumes } from './subvolumes.ts';
import type { Superblock } from './superblock.ts';
import type { Item, Trees } from './trees.ts';

/*
 * One subvolume is mounted, the others are named in folders. When the one that is mounted is not the top level, that is given a name in the
 * root, so that everything is walked; so is each subvolume that no folder names.
 *
 * The attack: a folder has two lists. A kernel shows names by one (DIR_INDEX) and opens them by the other (DIR_ITEM). A program
 * that is only in the second runs and is never seen. Both are read, and what is in the second alone is said.
 */

const TOP_LEVEL = '.btrfs-top-level';
const UNNAMED = '.btrfs-subvolume-';
/** PATH_MAX: a kernel follows no longer one. */
const MAX_TARGET = 4096;

export class BtrfsFileSystem implements FileSystem {
  readonly kind = 'btrfs';
  readonly label?: string;
  readonly uuid: string;
  readonly flaws: readonly Unreadable[];
  readonly #trees: Trees;
  readonly #subvolumes: Subvolumes;
  readonly #contents: Contents;
  #unnamed: Promise<Subvolume[]> | undefined;

  constructor(
    { label, uuid }: Superblock,
    trees: Trees,
    subvolumes: Subvolumes,
    contents: Contents,
    flaws: readonly Unreadable[],
  ) {
    if (label !== '') this.label = label;
    this.uuid = uuid;
    this.flaws = flaws;
    this.#trees = trees;
    this.#subvolumes = subvolumes;
    this.#contents = contents;
  }

  root(): Promise<Node> {
    return this.#openTop(this.#subvolumes.defaultId);
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    // Any other is empty.
    if (!(folder instanceof BtrfsNode)) return;
    yield* this.#listNames(folder);
    const { subvolume, inode } = folder;
    if (subvolume.id === this.#subvolumes.defaultId && inode.number === subvolume.top)
      yield* this.#listHidden();
  }

  async *#listNames(folder: BtrfsNode): AsyncGenerator<Listed> {
    const seen = new Set<string>();
    let isWhole = true;
    for await (const listed of this.#entries(folder, DIR_INDEX)) {
      if (listed instanceof Unreadable) {
        isWhole = false;
        yield { kind: 'flaw', flaw: listed };
        continue;
      }
      seen.add(identify(listed));
      yield* this.#toListed(folder, listed);
    }
    for await (const listed of this.#entries(folder, DIR_ITEM)) {
      if (listed instanceof Unreadable) yield { kind: 'flaw', flaw: listed };
      else if (!seen.has(identify(listed))) {
        if (isWhole) yield { kind: 'flaw', flaw: unlisted(listed) };
        yield* this.#toListed(folder, listed);
      }
    }
  }

  async *#entries({ subvolume, inode }: BtrfsNode, type: number): AsyncGenerator<NamedItem | Unreadable> {
    const from = { objectid: BigInt(inode.number), type, offset: 0n };
    for await (const batch of this.#trees.scan(subvolume.root, from, { ...from, offset: MAX_U64 })) {
      if (batch.kind === 'flaw') yield batch.flaw;
      else yield* batch.items.flatMap(entriesOf);
    }
  }

  *#toListed(folder: BtrfsNode, entry: NamedItem): Generator<Listed> {
    if (entry.isEncrypted)
      yield { kind: 'flaw', flaw: new Unreadable('ENCRYPTED', 'btrfs: a name in this folder is encrypted') };
    try {
      yield { kind: 'name', name: entry.name, ...this.#destination(folder, entry) };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield { kind: 'flaw', flaw: error };
    }
  }

  #destination({ subvolume, inode }: BtrfsNode, { location, name }: NamedItem): Destination {
    const number = toSafe(location.objectid, `what the name ${JSON.stringify(name.toString())} stands for`);
    if (location.type === INODE_ITEM)
      return { id: toNodeId(subvolume, number), open: () => this.#openNode(subvolume, number) };
    if (location.type !== ROOT_ITEM)
      throw malformed(
        `the name ${JSON.stringify(name.toString())} stands for an item of type ${location.type}`,
      );
    // The default is the root already: here it would be a folder with two names.
    const isSeen =
      number !== this.#subvolumes.defaultId &&
      this.#subvolumes.isEntrance(subvolume.id, inode.number, name, number);
    if (isSeen) return this.#topOf(this.#subvolumes.get(number));
    const id = `empty ${subvolume.id}:${inode.number}:${number}`;
    return { id, open: async () => emptyFolder(id) };
  }

  async *#listHidden(): AsyncGenerator<Listed> {
    const { defaultId } = this.#subvolumes;
    if (defaultId !== FS_TREE) yield this.#toHidden(TOP_LEVEL, this.#subvolumes.get(FS_TREE));
    this.#unnamed ??= this.#subvolumes.unnamed();
    for (const subvolume of await this.#unnamed) yield this.#toHidden(UNNAMED + subvolume.id, subvolume);
  }

  #toHidden(name: string, subvolume: Subvolume): Listed {
    return { kind: 'name', name: Buffer.from(name), ...this.#topOf(subvolume) };
  }

  #topOf(subvolume: Subvolume): Destination {
    return { id: toNodeId(subvolume, subvolume.top), open: () => this.#openNode(subvolume, subvolume.top) };
  }

  async #openTop(id: number): Promise<Node> {
    const subvolume = this.#subvolumes.get(id);
    return this.#openNode(subvolume, subvolume.top);
  }

  async #openNode(subvolume: Subvolume, number: number): Promise<Node> {
    const inode = await readInode(this.#trees, subvolume.root, number);
    if (inode.kind !== 'symlink') return new BtrfsNode(this.#contents, subvolume, inode);
    let link: { readonly target: Buffer; readonly flaws: readonly Unreadable[] };
    try {
      const length = Math.min(inode.size, MAX_TARGET);
      const flaws = inode.size > MAX_TARGET ? [malformed(`the link ${number} has ${inode.size} bytes`)] : [];
      const stored = await this.#contents.read(subvolume.root, inode, 0, length);
      link = { target: toTarget(stored, `inode ${number}`, flaws), flaws };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      link = { target: Buffer.alloc(0), flaws: [error] };
    }
    return new BtrfsNode(this.#contents, subvolume, inode, link);
  }
}

type Destination = Pick<Extract<Listed, { kind: 'name' }>, 'id' | 'open'>;

function entriesOf({ data }: Item): (NamedItem | Unreadable)[] {
  try {
    return parseNamedItems(data);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return [error];
  }
}

function identify({ name, location }: NamedItem): string {
  return `${location.objectid} ${location.type} ${name.toString('latin1')}`;
}

function unlisted({ name }: NamedItem): Unreadable {
  return malformed(`${JSON.stringify(name.toString())} can be opened in this folder and is not in its list`);
}
