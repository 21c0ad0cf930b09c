import type { TreeEntry, TreeKind } from './tree.ts';

/*
 * Most images have two trees of the same files, and systems differ in which they show: Linux the one with Rock Ridge, Windows
 * Joliet. What is named in the other one alone would not be seen, so each folder is read together with its like, and
 * what that has besides is listed too. What both have is listed once.
 */

/** A folder of the second tree, while the folder of the first that it corresponds to is listed. */
export class Counterpart {
  readonly #kind: TreeKind;
  readonly #folders = new Map<string, TreeEntry>();
  readonly #others: TreeEntry[] = [];
  readonly #names = new Set<string>();
  readonly #contents = new Set<string>();

  constructor(kind: TreeKind, entries: readonly TreeEntry[]) {
    this.#kind = kind;
    for (const entry of entries) {
      const key = entry.name.toString();
      if (entry.record.isFolder && !this.#folders.has(key)) this.#folders.set(key, entry);
      else this.#others.push(entry);
    }
  }

  /** Takes note of what the first tree has; gives the counterpart of a folder. */
  match(entry: TreeEntry): TreeEntry | undefined {
    const name = entry.name.toString();
    this.#names.add(name);
    if (entry.record.isFolder || entry.rockRidge?.child !== undefined) return this.#takeFolder(name);
    this.#contents.add(this.#contentOf(entry, name));
    return undefined;
  }

  /** What the first tree lacks, under names that it does not have. */
  *missing(): Generator<{ name: Buffer; entry: TreeEntry }> {
    for (const entry of [...this.#folders.values(), ...this.#others]) {
      const name = entry.name.toString();
      if (!entry.record.isFolder && this.#contents.has(this.#contentOf(entry, name))) continue;
      const shown = this.#names.has(name) ? `${name} [${this.#kind}]` : name;
      yield { name: Buffer.from(shown), entry };
    }
  }

  #takeFolder(name: string): TreeEntry | undefined {
    for (const key of [...toNames(name, this.#kind)]) {
      const entry = this.#folders.get(key);
      if (entry === undefined) continue;
      this.#folders.delete(key);
      return entry;
    }
    return undefined;
  }

  /** Plain names are too short to compare, so there it is content alone. */
  #contentOf({ parts }: TreeEntry, name: string): string {
    const places = parts.map(({ block, bytes }) => (bytes === 0 ? '0' : `${block}+${bytes}`)).join(' ');
    return this.#kind === 'plain' ? places : `${places} ${toJoliet(name)}`;
  }
}

/** How the second tree may write a name of the first. */
function* toNames(name: string, kind: TreeKind): Generator<string> {
  if (kind === 'joliet') yield toJoliet(name);
  const plain = name.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  if (kind === 'plain') for (let length = plain.length; length > 0; length--) yield plain.slice(0, length);
}

/** These are not allowed there. */
function toJoliet(name: string): string {
  return name.replace(/[*/:;?\\]/g, '_');
}
