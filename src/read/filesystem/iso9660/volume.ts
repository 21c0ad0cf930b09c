import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { isZero } from '../../unpack/stray-bytes.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { type BootImage, readBootCatalogue, sizeOfImage } from './boot-catalogue.ts';
import { type Descriptors, readDescriptors, SECTOR, type VolumeDescriptor } from './descriptors.ts';
import { type FolderPlace, FolderRecords } from './folder-records.ts';
import { IsoNode, type Place } from './node.ts';
import { isRockRidge, skippedBytes } from './rock-ridge.ts';
import { Counterpart } from './second-tree.ts';
import { SystemUse } from './system-use.ts';
import { Tree, type TreeEntry } from './tree.ts';

/** What firmware starts, shown as a folder of the root: see boot-catalogue.ts. */
const BOOT = '[BOOT]';
/** In front of the descriptors: boot code when the image is written to a disk. */
const SYSTEM_AREA = 'system-area';
const SYSTEM_AREA_BYTES = 16 * SECTOR;

/** ISO 9660 (ECMA-119) with Rock Ridge, Joliet and El Torito. */
export class Iso9660 implements FileSystem {
  readonly kind = 'iso9660';
  readonly label: string;
  readonly uuid?: string;
  readonly flaws: readonly Unreadable[];
  readonly #source: BlockSource;
  readonly #blockBytes: number;
  /** The one that is shown. */
  readonly #tree: Tree;
  readonly #second: Tree | undefined;
  readonly #boot: readonly BootFile[];

  private constructor(source: BlockSource, volume: VolumeDescriptor, trees: Trees, boot: Boot) {
    this.#source = source;
    this.#blockBytes = volume.blockBytes;
    this.label = trees.label;
    if (volume.uuid !== undefined) this.uuid = volume.uuid;
    this.#tree = trees.first;
    this.#second = trees.second;
    this.#boot = boot.files;
    this.flaws = boot.flaws;
  }

  /** @throws Unreadable, Failure of the source */
  static async open(source: BlockSource): Promise<Iso9660> {
    const descriptors = await readDescriptors(source);
    const boot = await readBoot(source, descriptors.bootCatalogue);
    const flaws = [...descriptors.flaws, ...boot.flaws];
    const trees = await openTrees(source, descriptors, flaws);
    return new Iso9660(source, descriptors.primary, trees, { files: boot.files, flaws });
  }

  async root(): Promise<Node> {
    const { block } = this.#tree.root;
    const counterpart = this.#second?.root;
    const place = { tree: this.#tree, folder: this.#tree.root, counterpart };
    if (this.#tree.kind !== 'rock-ridge') return IsoNode.folder(block, place);
    const { record, rockRidge } = await this.#tree.self(block);
    return IsoNode.folder(block, place, { record, rockRidge, flaws: rockRidge.flaws });
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    if (!(folder instanceof IsoNode)) return;
    if (folder.isBoot) yield* this.#listBoot();
    if (folder.place === undefined) return;
    const { tree, folder: place, counterpart } = folder.place;
    yield* this.#listTree(tree, place, counterpart);
    if (folder.id === toFolderId(this.#tree.root.block) && this.#boot.length > 0)
      yield { kind: 'name', name: Buffer.from(BOOT), id: BOOT, open: async () => IsoNode.boot(BOOT) };
  }

  async *#listTree(tree: Tree, place: FolderPlace, like: FolderPlace | undefined): AsyncGenerator<Listed> {
    const second = like === undefined ? undefined : this.#second;
    const others: TreeEntry[] = [];
    if (second !== undefined && like !== undefined) {
      try {
        for await (const item of second.entries(like)) {
          if (item.kind === 'flaw') yield item;
          else others.push(item.entry);
        }
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        yield { kind: 'flaw', flaw: error };
      }
    }
    const counterpart = new Counterpart(second?.kind ?? 'joliet', others);
    try {
      for await (const item of tree.entries(place)) {
        if (item.kind === 'flaw') yield item;
        else yield this.#toListed(item.entry.name, item.entry, tree, counterpart.match(item.entry));
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield { kind: 'flaw', flaw: error };
    }
    if (second === undefined) return;
    for (const { name, entry } of counterpart.missing()) yield this.#toListed(name, entry, second, undefined);
  }

  #toListed(name: Buffer, entry: TreeEntry, tree: Tree, like: TreeEntry | undefined): Listed {
    const { record, rockRidge } = entry;
    const block = rockRidge?.child ?? (record.isFolder ? record.block : undefined);
    const id = block === undefined ? `file ${record.at}` : toFolderId(block);
    return { kind: 'name', name, id, open: () => this.#open(name, entry, tree, like) };
  }

  async #open(name: Buffer, entry: TreeEntry, tree: Tree, like: TreeEntry | undefined): Promise<Node> {
    const { record, rockRidge, parts } = entry;
    const counterpart = like === undefined ? undefined : placeOf(like.record);
    if (rockRidge?.child !== undefined) {
      // Put elsewhere: what it is stands there.
      const moved = await tree.self(rockRidge.child);
      const folder = { block: rockRidge.child, bytes: moved.record.bytes };
      const flaws = [...entry.flaws, ...moved.record.flaws, ...moved.rockRidge.flaws];
      return IsoNode.folder(rockRidge.child, { tree, folder, counterpart }, { ...moved, flaws });
    }
    if (record.isFolder)
      return IsoNode.folder(record.block, { tree, folder: placeOf(record), counterpart }, entry);
    const places = parts.map(({ block, bytes }): Place => ({ at: block * this.#blockBytes, bytes }));
    return IsoNode.other(`file ${record.at}`, name, entry, this.#source, places);
  }

  async *#listBoot(): AsyncGenerator<Listed> {
    for (const { name, image } of this.#boot) {
      const open = async (): Promise<Node> => {
        const bytes = image === undefined ? SYSTEM_AREA_BYTES : await sizeOfImage(this.#source, image);
        return IsoNode.bootFile(`boot ${name}`, this.#source, { at: image?.at ?? 0, bytes });
      };
      yield { kind: 'name', name: Buffer.from(name), id: `boot ${name}`, open };
    }
  }
}

interface Trees {
  readonly first: Tree;
  readonly second: Tree | undefined;
  readonly label: string;
}

interface BootFile {
  readonly name: string;
  /** Undefined for the system area. */
  readonly image: BootImage | undefined;
}

interface Boot {
  readonly files: readonly BootFile[];
  readonly flaws: readonly Unreadable[];
}

/** Rock Ridge goes before Joliet, as on Linux: it has modes and owners. */
async function openTrees(source: BlockSource, descriptors: Descriptors, flaws: Unreadable[]): Promise<Trees> {
  const { primary, joliet } = descriptors;
  const systemUse = new SystemUse(source, primary.blockBytes);
  const records = new FolderRecords(source, primary.blockBytes);
  const open = (volume: VolumeDescriptor): Tree =>
    new Tree('joliet', volume.root, new FolderRecords(source, volume.blockBytes), systemUse);
  const second = joliet === undefined || joliet.root.block === primary.root.block ? undefined : open(joliet);
  if (joliet !== undefined && joliet.blockBytes !== primary.blockBytes)
    throw new Unreadable('UNSUPPORTED', 'its two trees have blocks of different sizes', 16 * SECTOR);
  const label = primary.label.toString('latin1').trimEnd();
  const skipped = await findRockRidge(records, systemUse, primary.root.block, flaws);
  if (skipped !== undefined)
    return { first: new Tree('rock-ridge', primary.root, records, systemUse, skipped), second, label };
  const plain = new Tree('plain', primary.root, records, systemUse);
  if (second === undefined || joliet === undefined) return { first: plain, second: undefined, label };
  const long = Buffer.from(joliet.label)
    .swap16()
    .toString('utf16le')
    .replace(/[\0 ]+$/, '');
  return { first: second, second: plain, label: long };
}

/** How many bytes of its areas are others'; undefined where there is no Rock Ridge. */
async function findRockRidge(
  records: FolderRecords,
  systemUse: SystemUse,
  root: number,
  flaws: Unreadable[],
): Promise<number | undefined> {
  try {
    const { systemUse: area } = await records.self(root);
    const skipped = skippedBytes(area);
    const from = skipped === undefined ? 0 : area.indexOf('SP', 0, 'latin1');
    return isRockRidge(await systemUse.read(area.subarray(from))) ? (skipped ?? 0) : undefined;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(error);
    return undefined;
  }
}

async function readBoot(source: BlockSource, catalogue: number | undefined): Promise<Boot> {
  const files: BootFile[] = [];
  const flaws: Unreadable[] = [];
  const area = await source.read(0, SYSTEM_AREA_BYTES);
  if (!isZero(area)) files.push({ name: SYSTEM_AREA, image: undefined });
  if (catalogue === undefined) return { files, flaws };
  try {
    const found = await readBootCatalogue(source, catalogue);
    files.push(...found.images.map((image, index) => ({ name: String(index + 1), image })));
    flaws.push(...found.flaws);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(error);
  }
  return { files, flaws };
}

function placeOf({ block, bytes }: FolderPlace): FolderPlace {
  return { block, bytes };
}

function toFolderId(block: number): string {
  return `folder ${block}`;
}
