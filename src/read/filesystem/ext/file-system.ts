import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { AttributeReader } from './attributes.ts';
import { toKind } from './features.ts';
import { readFolder } from './folder.ts';
import { type FolderEntry, SOCKET } from './folder-blocks.ts';
import { FLAG, FORMAT, malformed, ROOT_INODE } from './inode.ts';
import { ExtNode, openNode } from './node.ts';
import type { Volume } from './volume.ts';

/** Names that are sorted together: by inode, so that inode tables are read from front to back. */
const SORTED_TOGETHER = 32768;

export class ExtFileSystem implements FileSystem {
  readonly kind: string;
  readonly label?: string;
  readonly uuid?: string;
  readonly flaws: readonly Unreadable[];
  readonly #volume: Volume;
  readonly #attributes: AttributeReader;

  constructor(volume: Volume, flaws: readonly Unreadable[]) {
    const { features, label, uuid } = volume.superblock;
    this.kind = toKind(features);
    if (label !== '') this.label = label;
    const text = toUuid(uuid);
    if (text !== undefined) this.uuid = text;
    this.flaws = flaws;
    this.#volume = volume;
    this.#attributes = new AttributeReader(volume);
  }

  async root(): Promise<Node> {
    const root = await openNode(this.#volume, this.#attributes, ROOT_INODE);
    if (root.kind !== 'directory') throw malformed(ROOT_INODE, 'is the root and no folder');
    return root;
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    if (!(folder instanceof ExtNode)) throw new TypeError('a node of another file system');
    if (folder.kind !== 'directory') throw malformed(folder.id, 'is no folder');
    const isEncrypted = (folder.inode.flags & FLAG.encrypted) !== 0;
    let waiting: FolderEntry[] = [];
    for await (const { entries, flaws } of readFolder(this.#volume, folder.inode, folder.inline)) {
      for (const flaw of flaws) yield { kind: 'flaw', flaw };
      waiting = waiting.length === 0 ? [...entries] : waiting.concat(entries);
      if (waiting.length < SORTED_TOGETHER) continue;
      yield* this.#names(waiting, isEncrypted);
      waiting = [];
    }
    yield* this.#names(waiting, isEncrypted);
  }

  async *#names(entries: FolderEntry[], isEncrypted: boolean): AsyncGenerator<Listed> {
    entries.sort((a, b) => a.inode - b.inode);
    for (const { inode, name, type } of entries) {
      if (type === SOCKET && (await this.#isSocket(inode))) continue;
      yield {
        kind: 'name',
        name: isEncrypted ? toShown(name) : name,
        id: inode,
        open: () => this.#open(inode),
      };
    }
  }

  /** The entry's word is not enough: Linux goes by the inode. What cannot be read is told by `open`. */
  async #isSocket(number: number): Promise<boolean> {
    const { firstInode, inodes } = this.#volume.superblock;
    if (number < firstInode || number > inodes) return false;
    try {
      return (await this.#volume.inode(number)).format === FORMAT.socket;
    } catch (error) {
      if (error instanceof Unreadable) return false;
      throw error;
    }
  }

  async #open(number: number): Promise<Node> {
    if (number < this.#volume.superblock.firstInode && number !== ROOT_INODE)
      throw malformed(number, 'belongs to the file system itself, and a name leads to it');
    return openNode(this.#volume, this.#attributes, number);
  }
}

/** Encrypted names are any bytes, a slash among them: in the letters that Linux shows them in. */
function toShown(name: Buffer): Buffer {
  return Buffer.from(name.toString('base64url'));
}

function toUuid(bytes: Buffer): string | undefined {
  const hex = bytes.toString('hex');
  if (/^0*$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
