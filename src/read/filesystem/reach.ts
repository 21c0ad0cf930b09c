import { posix } from 'node:path';
import type { FileRecord } from '../../core/file.ts';

/*
 * Which folders a walk enters when files are wanted in a few only: those, what lies on the way to them, and where links lead from there.
 *
 * Whoever makes the image may keep the folder elsewhere and have a link in its place. So links that were met are remembered, and where one
 * turns out to be on the way to something wanted, the way goes on behind it. Where that cannot be told for certain, everything is entered: a walk
 * that is too long costs time, one that is too short misses what is there.
 */

/** Folders that links may add; behind more of them, everything is entered. */
const MOST_FOLDERS = 200;
/** As Linux has it (PATH_MAX): a longer path leads nowhere. */
const LONGEST = 4096;

export class Reach {
  readonly #given: ReadonlySet<string>;
  readonly #wants: (record: FileRecord) => boolean;
  readonly #isHere: (path: string) => boolean;
  readonly #folders = new Set<string>();
  /** The folders and everything above them. */
  readonly #ways = new Set<string>();
  /** Where each link leads; undefined where the path alone does not tell. */
  readonly #links = new Map<string, string | undefined>();
  /** Paths of the links in each folder. */
  readonly #linksIn = new Map<string, string[]>();
  #isEverything = false;
  #stray: string | undefined;

  /**
   * @param folders layer paths: files in exactly these may be wanted
   * @param wants whether a file of this path would be wanted
   * @param isHere whether a path is on the volume that is walked
   */
  constructor(
    folders: ReadonlySet<string>,
    wants: (record: FileRecord) => boolean,
    isHere: (path: string) => boolean,
  ) {
    this.#given = folders;
    this.#wants = wants;
    this.#isHere = isHere;
    for (const folder of folders) this.#add(folder);
  }

  /** Where a link leads to on another volume, which does not know of it. */
  get stray(): string | undefined {
    return this.#stray;
  }

  enters(path: string): boolean {
    return this.#isEverything || path === '' || this.#ways.has(path);
  }

  /** Takes note of a link that was met. */
  link(record: FileRecord): void {
    const { path, link = '' } = record;
    const target = targetOf(path, link);
    this.#links.set(path, target);
    const folder = posix.dirname(path);
    const beside = this.#linksIn.get(folder);
    if (beside === undefined) this.#linksIn.set(folder, [path]);
    else beside.push(path);
    // A file by another name: the way to it ends where it is.
    if (this.#wants(record) || this.#isAdded(folder)) this.#add(path);
    else if (this.#ways.has(path))
      for (const folder of [...this.#folders]) if (isBelow(folder, path)) this.#follow(path, folder);
  }

  #add(folder: string): void {
    if (this.#isEverything || this.#folders.has(folder) || folder.length > LONGEST) return;
    if (this.#folders.size >= this.#given.size + MOST_FOLDERS) {
      this.#isEverything = true;
      return;
    }
    this.#folders.add(folder);
    if (!this.#given.has(folder) && !this.#isHere(folder)) this.#stray ??= folder;
    if (this.#isAdded(folder)) for (const link of this.#linksIn.get(folder) ?? []) this.#add(link);
    for (let way = folder; way !== '.' && way !== ''; way = posix.dirname(way)) {
      this.#ways.add(way);
      if (this.#links.has(way)) this.#follow(way, folder);
    }
  }

  /** In a folder that has another name, files are wanted by that name: any of them may be. */
  #isAdded(folder: string): boolean {
    return this.#folders.has(folder) && !this.#given.has(folder);
  }

  #follow(link: string, folder: string): void {
    const target = this.#links.get(link);
    if (target === undefined) this.#isEverything = true;
    else this.#add(posix.join(target, folder.slice(link.length)));
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** `..` after a name leads up from where that name leads, which may be a link: then the path does not tell. */
function targetOf(path: string, link: string): string | undefined {
  if (/(?:^|\/)(?!\.{1,2}(?:\/|$))[^/]+\/+(?:\.\/+)*\.\.(?:\/|$)/.test(link)) return undefined;
  return posix.join('/', link.startsWith('/') ? '' : posix.dirname(path), link).replace(/^\/|\/$/g, '');
}
