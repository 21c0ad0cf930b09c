import { Unreadable } from '../../disk/unreadable.ts';
import type { FolderPlace, FolderRecords } from './folder-records.ts';
import { type FolderRecord, isDots } from './record.ts';
import { parseRockRidge, type RockRidge } from './rock-ridge.ts';
import type { SystemUse } from './system-use.ts';

/** How names are written: as ISO 9660 has them, with Rock Ridge beside them, or in a tree of their own in UCS-2. */
export type TreeKind = 'plain' | 'rock-ridge' | 'joliet';

export interface TreeEntry {
  readonly name: Buffer;
  readonly record: FolderRecord;
  /** Parts of the content, one after the other: files over 4 GiB have several. */
  readonly parts: readonly FolderPlace[];
  readonly rockRidge: RockRidge | undefined;
  readonly flaws: readonly Unreadable[];
}

export type TreeItem =
  | { readonly kind: 'entry'; readonly entry: TreeEntry }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

/** One of the trees of an image. */
export class Tree {
  readonly kind: TreeKind;
  readonly root: FolderPlace;
  readonly #records: FolderRecords;
  readonly #systemUse: SystemUse;
  /** Bytes of each system use area that belong to others. */
  readonly #skipped: number;
  /** By block: the folders to which relocated ones belong. */
  readonly #children = new Map<number, ReadonlySet<number>>();

  constructor(kind: TreeKind, root: FolderPlace, records: FolderRecords, systemUse: SystemUse, skipped = 0) {
    this.kind = kind;
    this.root = root;
    this.#records = records;
    this.#systemUse = systemUse;
    this.#skipped = skipped;
  }

  /**
   * What a folder names.
   * @throws Unreadable, Failure of the source
   */
  async *entries(place: FolderPlace): AsyncGenerator<TreeItem> {
    let open: OpenEntry | undefined;
    for await (const item of this.#records.read(place)) {
      if (item.kind === 'flaw') yield item;
      else if (!isDots(item.record)) {
        const { record } = item;
        const part = { block: record.block, bytes: record.bytes };
        if (open?.hasMore === true && open.first.name.equals(record.name)) {
          open.parts.push(part);
          open.hasMore = record.hasMore;
          continue;
        }
        if (open !== undefined) yield* await this.#finish(open);
        open = { first: record, parts: [part], hasMore: record.hasMore };
      }
    }
    if (open !== undefined) yield* await this.#finish(open);
  }

  /** What Rock Ridge says of a folder itself, in its own first record. */
  async self(block: number): Promise<{ record: FolderRecord; rockRidge: RockRidge }> {
    const record = await this.#records.self(block);
    return { record, rockRidge: await this.#readRockRidge(record) };
  }

  async #finish({ first, parts, hasMore }: OpenEntry): Promise<TreeItem[]> {
    const rockRidge = this.kind === 'rock-ridge' ? await this.#readRockRidge(first) : undefined;
    if (rockRidge?.isRelocated === true && (await this.#isNamedElsewhere(first))) return [];
    const flaws = [...first.flaws, ...(rockRidge?.flaws ?? [])];
    if (hasMore)
      flaws.push(
        new Unreadable('MALFORMED_FILE_SYSTEM', 'its content goes on, and no record says where', first.at),
      );
    const entry = { name: this.#nameOf(first, rockRidge), record: first, parts, rockRidge, flaws };
    return [{ kind: 'entry', entry }];
  }

  async #readRockRidge({ systemUse, at }: FolderRecord): Promise<RockRidge> {
    try {
      return parseRockRidge(await this.#systemUse.read(systemUse.subarray(this.#skipped)), at);
    } catch (error) {
      if (error instanceof Unreadable) return { flaws: [error] };
      throw error;
    }
  }

  /**
   * A folder too deep for ISO 9660 is put near the root, and left out there: the folder that it belongs to has a link to
   * it. One that no folder has a link to would be hidden from who reads the tree as it is meant, so it is not left out.
   */
  async #isNamedElsewhere({ block }: FolderRecord): Promise<boolean> {
    try {
      const above = await this.#readRockRidge(await this.#records.parent(block));
      if (above.parent === undefined) return false;
      let children = this.#children.get(above.parent);
      if (children === undefined) {
        children = await this.#readChildren(above.parent);
        this.#children.set(above.parent, children);
      }
      return children.has(block);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    return false;
  }

  /** The folders that a folder has links to. */
  async #readChildren(block: number): Promise<ReadonlySet<number>> {
    const children = new Set<number>();
    const { bytes } = await this.#records.self(block);
    for await (const item of this.#records.read({ block, bytes })) {
      if (item.kind === 'flaw' || isDots(item.record)) continue;
      const { child } = await this.#readRockRidge(item.record);
      if (child !== undefined) children.add(child);
    }
    return children;
  }

  #nameOf({ name, isAssociated }: FolderRecord, rockRidge: RockRidge | undefined): Buffer {
    const own = rockRidge?.name ?? (this.kind === 'joliet' ? fromUcs2(name) : fromPlain(name));
    return isAssociated ? Buffer.concat([own, Buffer.from(' [associated]')]) : own;
  }
}

interface OpenEntry {
  readonly first: FolderRecord;
  readonly parts: FolderPlace[];
  hasMore: boolean;
}

/** Joliet has them big-endian. The version behind the semicolon is for nobody. */
function fromUcs2(name: Buffer): Buffer {
  const even = Buffer.from(name.subarray(0, name.length & ~1));
  return Buffer.from(even.swap16().toString('utf16le').replace(/;\d*$/, ''));
}

/** As Linux shows them where there is nothing better: lower case, without the version and the dot of an empty extension. */
function fromPlain(name: Buffer): Buffer {
  const text = name.toString('latin1').replace(/;\d*$/, '').replace(/\.$/, '');
  return Buffer.from(
    text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    'latin1',
  );
}
