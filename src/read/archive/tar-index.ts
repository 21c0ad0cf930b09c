import { Failure } from '../../core/failure.ts';
import { normalisePath } from '../../core/layer-path.ts';
import { parsePax } from '../unpack/pax.ts';
import { BLOCK_BYTES, parseHeader, type TarHeader } from '../unpack/tar-header.ts';
import { decodeName, upToNul } from '../unpack/tar-text.ts';
import { type LocalFile, throwIfCancelled } from './local-file.ts';

/*
 * Lists a tar by its headers, skipping content by offset: `manifest.json` comes last in a `docker save`, and 200 MB
 * need not be read to find it. Afterwards every member is read at its place.
 *
 * The attack: an archive that two readers list differently. A name given twice is `manifest.json` to the one and
 * another `manifest.json` to the other; a sparse member has a size of its own; a global pax header renames what
 * follows for some. Whatever of this an image archive does is refused (`flaw`). A root file system may well hold a
 * path twice: its layer reader judges that.
 */

export interface TarMember {
  readonly kind: 'file' | 'symlink' | 'hardlink' | 'folder' | 'other';
  /** Where the content begins, and how long it is. */
  readonly offset: number;
  readonly size: number;
  /** As written. */
  readonly target: string;
}

export interface TarIndex {
  readonly members: ReadonlyMap<string, TarMember>;
  /** Why this must not be read as an image archive; what was listed before is still there. */
  readonly flaw: Failure | undefined;
}

/** An image archive has a few members a layer. More are counted but, but for the marker files, not kept. */
const MAX_MEMBERS = 50_000;
/** Files whose presence tells an image archive from a root file system. */
const MARKERS: readonly string[] = ['oci-layout', 'index.json', 'manifest.json'];
/** Names and pax records. */
const MAX_EXTENSION = 2 ** 20;
const WINDOW = 128 * 1024;

/**
 * @returns undefined when the file does not begin as a tar
 * @throws Failure CANCELLED, and what reading the file throws
 */
export async function indexTar(file: LocalFile, signal: AbortSignal): Promise<TarIndex | undefined> {
  const first = await file.read(0, BLOCK_BYTES);
  if (first.length < BLOCK_BYTES || typeof parseHeader(first) === 'string') return undefined;
  const lister = new TarLister(file);
  await lister.run(signal);
  return { members: lister.members, flaw: lister.flaw };
}

interface Extension {
  readonly name?: string | undefined;
  readonly link?: string | undefined;
  readonly size?: number | undefined;
}

class TarLister {
  readonly members = new Map<string, TarMember>();
  flaw: Failure | undefined;
  readonly #file: LocalFile;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #extension: Extension = {};

  constructor(file: LocalFile) {
    this.#file = file;
  }

  async run(signal: AbortSignal): Promise<void> {
    let at = 0;
    while (at < this.#file.size) {
      throwIfCancelled(signal);
      const block = await this.#block(at);
      if (block.length < BLOCK_BYTES) return this.#mark('TRUNCATED', `ends inside a header, at byte ${at}`);
      // One zero block ends an archive: what may follow it no runtime reads.
      if (block.every((byte) => byte === 0)) return;
      const header = parseHeader(block);
      if (typeof header === 'string')
        return this.#mark('MALFORMED', `cannot be listed at byte ${at}: ${header}`);
      at = await this.#take(header, at + BLOCK_BYTES);
      if (!Number.isSafeInteger(at)) return;
    }
  }

  /** @returns where the next header is */
  async #take(header: TarHeader, content: number): Promise<number> {
    if (EXTENSIONS.has(header.type)) {
      if (header.size > MAX_EXTENSION) return this.#stop('MALFORMED', 'has a name longer than a name can be');
      const bytes = await this.#file.read(content, header.size);
      if (bytes.length < header.size)
        return this.#stop('TRUNCATED', `ends inside a name, at byte ${content}`);
      this.#extend(header.type, bytes);
      return content + padded(header.size);
    }
    const { name = header.name, link = header.link, size = header.size } = this.#extension;
    this.#extension = {};
    const kind = kindOf(header.type, name);
    return this.#place(name, {
      kind,
      offset: content,
      size: CONTENTLESS.has(header.type) ? 0 : size,
      target: link,
    });
  }

  #place(name: string, member: TarMember): number {
    const { offset, size } = member;
    if (offset + size > this.#file.size)
      return this.#stop('TRUNCATED', `ends inside ${JSON.stringify(name.slice(0, 100))}: it is incomplete`);
    this.#add(name, member);
    return offset + padded(size);
  }

  #extend(type: string, bytes: Buffer): void {
    if (type === 'L') this.#extension = { ...this.#extension, name: decodeName(upToNul(bytes)) };
    if (type === 'K') this.#extension = { ...this.#extension, link: decodeName(upToNul(bytes)) };
    if (type !== 'x' && type !== 'g') return;
    const records = parsePax(bytes);
    if (typeof records === 'string') {
      this.#mark('MALFORMED', `cannot be listed: ${records}`);
      return;
    }
    const { path, link, size, sparse } = records;
    const renames = path !== undefined || link !== undefined || size !== undefined;
    if (sparse !== undefined || (type === 'g' && renames))
      this.#mark('MALFORMED', 'has pax records that readers differ on');
    if (type === 'x')
      this.#extension = { name: path ?? this.#extension.name, link: link ?? this.#extension.link, size };
  }

  #add(raw: string, member: TarMember): void {
    const name = normalisePath(raw).path;
    const before = this.members.get(name);
    if (before !== undefined && !(before.kind === 'folder' && member.kind === 'folder'))
      this.#mark('MALFORMED', `holds ${JSON.stringify(name.slice(0, 100))} twice, and readers would differ`);
    if (this.members.size < MAX_MEMBERS || MARKERS.includes(name)) this.members.set(name, member);
    else this.#mark('TOO_LARGE', `has more than ${MAX_MEMBERS} members`);
  }

  async #block(at: number): Promise<Buffer> {
    const skipped = at - this.#windowStart;
    if (skipped < 0 || skipped + BLOCK_BYTES > this.#window.length) {
      this.#window = await this.#file.read(at, Math.min(WINDOW, this.#file.size - at));
      this.#windowStart = at;
      return this.#window.subarray(0, BLOCK_BYTES);
    }
    return this.#window.subarray(skipped, skipped + BLOCK_BYTES);
  }

  /** Keeps the first flaw. */
  #mark(code: 'TRUNCATED' | 'MALFORMED' | 'TOO_LARGE', what: string): void {
    this.flaw ??= new Failure(code, `the archive ${this.#file.name} ${what}`);
  }

  #stop(code: 'TRUNCATED' | 'MALFORMED', what: string): number {
    this.#mark(code, what);
    return Number.NaN;
  }
}

/** GNU long name and long link, pax for one entry and for all that follow. */
const EXTENSIONS: ReadonlySet<string> = new Set(['L', 'K', 'x', 'g']);

/** Links, devices, folders and FIFOs: whatever their size says, no content follows. */
const CONTENTLESS: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);

const KINDS: ReadonlyMap<string, TarMember['kind']> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['5', 'folder'],
]);

function kindOf(type: string, name: string): TarMember['kind'] {
  if ((type === '0' || type === '\0') && name.endsWith('/')) return 'folder';
  return KINDS.get(type) ?? 'other';
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}
