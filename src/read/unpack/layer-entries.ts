import type { FileRecord } from '../../core/file.ts';
import type { LayerSink, Oddity } from '../../core/image.ts';
import { type LayerPath, normalisePath } from '../../core/layer-path.ts';
import type { Limits } from '../../core/limits.ts';
import type { ProblemCode } from '../../core/problem.ts';
import type { LayerLog } from './layer-log.ts';
import type { TarEntry } from './tar-entry.ts';
import { type NameMeaning, toMeaning } from './whiteout.ts';

/** Entries that may still be read. Shared by the layers of one image. */
export interface EntryBudget {
  entries: number;
}

/** One layer's share in a budget: its entries are counted when it is read first, and not again when it is read again. */
export function countedOnce(budget: EntryBudget, { files }: Limits): () => EntryBudget {
  let counted = false;
  return () => {
    const again = counted;
    counted = true;
    return again ? { entries: files } : budget;
  };
}

/** Paths, link targets and attributes of one layer that are held in memory, in bytes: an ordinary layer has 1 MiB. */
const NAME_BYTES = 2 ** 29;
/** By these a layer that is unpacked on overlayfs hides or redirects lower files without a whiteout. */
const OVERLAY_ATTRIBUTE = /^(?:trusted|user)\.overlay\./;

/** Turns tar entries into what a layer means: files, folders, links, whiteouts, and oddities. */
export class LayerEntries {
  readonly #sink: LayerSink;
  readonly #log: LayerLog;
  readonly #limits: Limits;
  readonly #budget: EntryBudget;
  /** Every path seen, and whether it was a folder. */
  readonly #seen = new Map<LayerPath, boolean>();
  #nameBytes = 0;
  #exhausted = false;

  constructor(sink: LayerSink, log: LayerLog, limits: Limits, budget: EntryBudget) {
    this.#sink = sink;
    this.#log = log;
    this.#limits = limits;
    this.#budget = budget;
  }

  /** True when a limit on the number or the names of entries was passed: nothing more is to be delivered. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Hands one entry to the sink. A promise only where the sink reads content. */
  deliver(entry: TarEntry): Promise<void> | undefined {
    if (!this.#afford(entry)) return undefined;
    const { path, escaped } = normalisePath(trimmed(entry.name));
    if (escaped) this.#oddity('path-escape', entry, path);
    const meaning = toMeaning(path);
    return meaning.kind === 'file' ? this.#file(entry, path) : this.#special(entry, path, meaning);
  }

  #file(entry: TarEntry, path: LayerPath): Promise<void> | undefined {
    if (path === '' && entry.kind !== 'directory') {
      this.#problem('MALFORMED_ARCHIVE', 'an entry that is no folder has the name of the root', entry);
      return undefined;
    }
    if (isOverlayWhiteout(entry)) this.#oddity('near-miss-whiteout', entry, path);
    this.#remember(entry, path);
    const record = this.#toRecord(entry, path);
    if (entry.kind === 'file' && entry.size > 0) return this.#sink.file(record, entry.content);
    this.#sink.entry(record);
    return undefined;
  }

  /** What is named like a whiteout makes no file; that it has content, or is no file, is odd. */
  #special(entry: TarEntry, path: LayerPath, meaning: NameMeaning): Promise<void> | undefined {
    const plain = entry.kind === 'file' && entry.size === 0;
    if (meaning.kind === 'whiteout') {
      const { whiteout } = meaning;
      if (!whiteout.opaque && this.#seen.has(whiteout.path))
        this.#oddity('duplicate-path', entry, whiteout.path);
      this.#sink.whiteout(whiteout);
    }
    if (meaning.kind === 'near-miss' || entry.size > 0 || (meaning.kind === 'whiteout' && !plain)) {
      return this.#nearMiss(entry, path);
    }
    return undefined;
  }

  #nearMiss(entry: TarEntry, path: LayerPath): Promise<void> | undefined {
    if (entry.size === 0) {
      this.#oddity('near-miss-whiteout', entry, path);
      return undefined;
    }
    return this.#nearMissWithContent(entry, path);
  }

  async #nearMissWithContent(entry: TarEntry, path: LayerPath): Promise<void> {
    const { value } = await entry.content.next();
    const head = Buffer.from((value ?? new Uint8Array()).subarray(0, 256)).toString('latin1');
    this.#oddity('near-miss-whiteout', entry, path, head);
  }

  #toRecord(entry: TarEntry, path: LayerPath): FileRecord {
    const { kind, mode, uid, gid, size, mtime, xattrs } = entry;
    const record = { path, kind, mode, uid, gid, size, mtime };
    const link = entry.link === undefined ? undefined : this.#toLink(entry, entry.link, path);
    if (link === undefined) return xattrs === undefined ? record : { ...record, xattrs };
    return xattrs === undefined ? { ...record, link } : { ...record, link, xattrs };
  }

  #toLink(entry: TarEntry, link: string, path: LayerPath): string {
    if (entry.kind !== 'hardlink') return link;
    const target = normalisePath(trimmed(link));
    if (target.escaped) this.#oddity('path-escape', entry, path, link.slice(0, 256));
    return target.path;
  }

  /** A folder listed twice is ordinary; anything else twice shows one content to one reader, another to another. */
  #remember(entry: TarEntry, path: LayerPath): void {
    const isFolder = entry.kind === 'directory';
    const before = this.#seen.get(path);
    if (before === undefined) this.#seen.set(path, isFolder);
    else if (!before || !isFolder) {
      this.#oddity('duplicate-path', entry, path);
      this.#seen.set(path, isFolder);
    }
  }

  /** Holds the entry against the limits; false where it is not to be delivered. */
  #afford(entry: TarEntry): boolean {
    if (this.#budget.entries <= 0) {
      this.#exhaust(`the image has more than ${this.#limits.files} entries`, entry);
      return false;
    }
    this.#budget.entries--;
    this.#nameBytes += entry.name.length + (entry.link?.length ?? 0) + attributeBytes(entry);
    if (this.#nameBytes > NAME_BYTES) {
      this.#exhaust(`the names in the layer take more than ${NAME_BYTES} bytes`, entry);
      return false;
    }
    const { pathLength } = this.#limits;
    if (isLonger(entry.name, pathLength) || isLonger(entry.link ?? '', pathLength)) {
      this.#problem('LIMIT_PATH', `a path or link target is longer than ${pathLength} bytes`, entry);
      return false;
    }
    return true;
  }

  #exhaust(message: string, entry: TarEntry): void {
    this.#exhausted = true;
    this.#problem('LIMIT_FILES', `${message}: the rest was not inspected`, entry);
  }

  #problem(code: ProblemCode, message: string, entry: TarEntry): void {
    const path = entry.name.slice(0, this.#limits.pathLength);
    this.#log.problem({ code, message, effect: 'incomplete', path, offset: entry.offset });
  }

  #oddity(kind: Oddity['kind'], entry: TarEntry, path: LayerPath, head = entry.name.slice(0, 256)): void {
    this.#log.oddity({ kind, path, offset: entry.offset, length: entry.size, head });
  }
}

function isOverlayWhiteout(entry: TarEntry): boolean {
  if (entry.kind === 'character') return entry.device?.major === 0 && entry.device.minor === 0;
  return entry.xattrs !== undefined && Object.keys(entry.xattrs).some((name) => OVERLAY_ATTRIBUTE.test(name));
}

function attributeBytes(entry: TarEntry): number {
  if (entry.xattrs === undefined) return 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(entry.xattrs)) bytes += name.length + value.length;
  return bytes;
}

function isLonger(text: string, bytes: number): boolean {
  return text.length * 4 > bytes && Buffer.byteLength(text) > bytes;
}

/** What tar writes around nearly every name, so that the common ones need no splitting. */
function trimmed(name: string): string {
  const start = name.startsWith('./') ? 2 : 0;
  const end = name.length - (name.endsWith('/') ? 1 : 0);
  return start < end ? name.slice(start, end) : '';
}
