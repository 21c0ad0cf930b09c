import type { FileRecord } from '../../core/file.ts';
import { type LayerPath, toLayerPath } from '../../core/layer-path.ts';
import type { Problem } from '../../core/problem.ts';
import { requireUnreadable, toProblem, Unreadable } from '../disk/unreadable.ts';
import { decodeName } from '../unpack/tar-text.ts';
import type { FileSystem, Listed, Node, NodeId } from './contract.ts';
import type { Reach } from './reach.ts';

/*
 * Walks a file system from a folder down, and gives every name in it once.
 *
 * The attacks: a folder that names itself or one above it, so that the walk never ends; two names for one folder, so that each level
 * doubles what there is to walk; a name with a slash or `..` in it, that would be taken for another path; one name twice in a
 * folder, of which a kernel shows one and an inspector might look at the other. No folder is entered twice, every name is
 * looked at, and what is odd is said.
 */

export type Step =
  | { readonly kind: 'found'; readonly record: FileRecord; readonly node: Node }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface WalkOptions {
  /** Where the folder's content belongs, as a layer path: `''`, `boot/efi`. */
  readonly mount: string;
  /** Folders not entered, by their path below the start: they belong elsewhere. */
  readonly except?: ReadonlySet<string>;
  readonly pathLength: number;
  /** Folders entered; absent: all. */
  readonly reach?: Reach;
}

type Name = Extract<Listed, { kind: 'name' }>;

/**
 * A folder comes before what is in it. Names that are hard links to a node that came before have kind `hardlink`.
 * @throws Failure of the source
 */
export async function* walk(fileSystem: FileSystem, start: Node, options: WalkOptions): AsyncGenerator<Step> {
  yield* new Walker(fileSystem, options).run(start);
}

class Walker {
  readonly #fileSystem: FileSystem;
  readonly #options: WalkOptions;
  /** Folders entered, with the path each was entered by. */
  readonly #folders = new Map<NodeId, string>();
  /** First path of each file that has several names. */
  readonly #linked = new Map<NodeId, LayerPath>();
  /** Folders not entered, as nothing is wanted in them so far. */
  #passed: Enter[] = [];

  constructor(fileSystem: FileSystem, options: WalkOptions) {
    this.#fileSystem = fileSystem;
    this.#options = options;
  }

  async *run(start: Node): AsyncGenerator<Step> {
    const { mount, reach } = this.#options;
    if (reach?.enters(mount) === false) return;
    this.#folders.set(start.id, '');
    yield* this.#down({ kind: 'enter', node: start, below: '' });
    // A link may have led to a folder that was passed by before.
    for (let late = this.#late(); late.length > 0; late = this.#late())
      for (const enter of late) yield* this.#down(enter);
    if (reach?.stray !== undefined) yield this.#flaw(strayed(reach.stray), '');
  }

  /** From a folder down, each before what is in it. */
  async *#down({ node, below }: Enter): AsyncGenerator<Step> {
    const open = [this.#folder(node, below)];
    for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
      const { done, value } = await current.next();
      if (done === true) open.pop();
      else if (value.kind === 'enter') open.push(this.#folder(value.node, value.below));
      else yield value;
    }
  }

  #late(): Enter[] {
    const { true: late = [], false: passed = [] } = Object.groupBy(this.#passed, ({ below }) =>
      this.#options.reach?.enters(this.#pathTo(below)) === true ? 'true' : 'false',
    );
    this.#passed = passed;
    return late;
  }

  async *#folder(node: Node, below: string): AsyncGenerator<Step | Enter> {
    const names = new Set<string>();
    try {
      for await (const listed of this.#fileSystem.list(node)) {
        if (listed.kind === 'flaw') yield this.#flaw(listed.flaw, below);
        else yield* this.#name(listed, below, names);
      }
    } catch (error) {
      yield this.#flaw(requireUnreadable(error), below);
    }
  }

  async *#name(listed: Name, folder: string, names: Set<string>): AsyncGenerator<Step | Enter> {
    const name = decodeName(listed.name);
    const below = folder === '' ? name : `${folder}/${name}`;
    const odd = oddName(name) ?? this.#oddPlace(name, below, names);
    if (odd !== undefined) yield this.#flaw(odd, below);
    if (!isName(name) || this.#pathTo(below).length > this.#options.pathLength) return;
    if (this.#options.except?.has(below) === true) return;
    try {
      const node = await listed.open();
      for (const flaw of node.flaws) yield this.#flaw(flaw, below);
      const record = this.#toRecord(node, below);
      if (record.kind === 'symlink') this.#options.reach?.link(record);
      yield { kind: 'found', record, node };
      if (node.kind === 'directory') yield* this.#enter(node, below);
    } catch (error) {
      yield this.#flaw(requireUnreadable(error), below);
    }
  }

  #oddPlace(name: string, below: string, names: Set<string>): Unreadable | undefined {
    const { pathLength } = this.#options;
    if (this.#pathTo(below).length > pathLength)
      return new Unreadable(
        'LIMIT_PATH',
        `a path is longer than ${pathLength} bytes (--max-path-length raises it)`,
      );
    const key = this.#fileSystem.ignoresCase === true ? name.toLowerCase() : name;
    if (names.has(key))
      return new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        'its folder has this name twice: a system shows one of the two',
      );
    names.add(key);
    return undefined;
  }

  *#enter(node: Node, below: string): Generator<Step | Enter> {
    const before = this.#folders.get(node.id);
    if (before !== undefined) {
      const message = `this folder is also /${before}: a folder has one name, and it is not walked again`;
      yield this.#flaw(new Unreadable('MALFORMED_FILE_SYSTEM', message), below);
      return;
    }
    this.#folders.set(node.id, below);
    const enter = { kind: 'enter', node, below } as const;
    if (this.#options.reach?.enters(this.#pathTo(below)) === false) this.#passed.push(enter);
    else yield enter;
  }

  #toRecord(node: Node, below: string): FileRecord {
    const path = this.#pathTo(below);
    const { kind, mode, uid, gid, mtime, xattrs, target } = node;
    const record = {
      path,
      kind,
      mode,
      uid,
      gid,
      mtime,
      size: node.size,
      ...(xattrs !== undefined && { xattrs }),
    };
    if (kind === 'symlink') return { ...record, size: 0, link: decodeName(target ?? Buffer.alloc(0)) };
    if (kind !== 'file') return { ...record, size: 0 };
    if (node.names <= 1) return record;
    const first = this.#linked.get(node.id);
    if (first !== undefined) return { ...record, kind: 'hardlink', size: 0, link: first };
    this.#linked.set(node.id, path);
    return record;
  }

  #pathTo(below: string): LayerPath {
    const { mount } = this.#options;
    if (mount === '' || below === '') return (below === '' ? mount : below) as LayerPath;
    return `${mount}/${below}` as LayerPath;
  }

  #flaw(flaw: Unreadable, below: string): Step {
    return { kind: 'problem', problem: toProblem(flaw, toLayerPath(this.#pathTo(below))) };
  }
}

/** From one folder down into another. */
interface Enter {
  readonly kind: 'enter';
  readonly node: Node;
  readonly below: string;
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

function oddName(name: string): Unreadable | undefined {
  if (isName(name)) return undefined;
  return new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    'a name that no system can open: what it names was not read',
  );
}

function strayed(path: string): Unreadable {
  const message = `a link leads to /${path} on another volume, where nothing was looked for: inspect everything instead`;
  return new Unreadable('UNKNOWN_CONTENT', message);
}
