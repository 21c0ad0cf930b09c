import type { ByteFeed } from './byte-feed.ts';
import type { Fault } from './fault.ts';
import { type PaxRecords, parsePax } from './pax.ts';
import { MAP_BYTES, oldGnuPairs, toExtents } from './sparse.ts';
import { isZero, StrayBytesGatherer, toStrayBytes } from './stray-bytes.ts';
import { StoredContent } from './tar-content.ts';
import { isKnownType, type Sparse, type TarEntry, type TarObserver, toKind } from './tar-entry.ts';
import { BLOCK_BYTES, parseHeader, type TarHeader } from './tar-header.ts';
import { parseNumber } from './tar-number.ts';
import { decodeName, upToNul } from './tar-text.ts';
import { readTrailing } from './tar-trailing.ts';

/*
 * A tar stream as entries: ustar, v7, GNU, star and pax.
 *
 * Whoever reads an archive otherwise than the program that extracts it can be shown other files. So every ambiguity
 * is resolved as Go's archive/tar does, with which Docker, containerd and Podman extract layers: links, devices and
 * folders have no content whatever their size says; global extended headers change nothing; a GNU long name beats a
 * pax path; one zero block ends the archive. What no reader ever extracts (padding, the rest after the end) is where
 * payloads hide, and is told to the observer.
 *
 * The parser is synchronous over what is in the current chunk (`tryNext`), and waits only at a chunk's end (`next`).
 */

/** Longest extended header or long name: Go's bound. */
const META_BYTES = 2 ** 20;
const FIRST_ENTRY = 386;

type Step = TarEntry | 'again' | 'starved' | 'end';

interface Meta {
  readonly pax?: PaxRecords;
  readonly longName?: string;
  readonly longLink?: string;
}

export class TarReader {
  readonly #feed: ByteFeed;
  readonly #observer: TarObserver;
  #meta: Meta | undefined;
  /** Of the current entry: stored bytes not handed out yet, then padding. */
  #remaining = 0;
  #padding = 0;
  /** Content that no reader extracts, gathered while it is passed over. */
  #unread: StrayBytesGatherer | undefined;
  #path = '';
  #current: StoredContent | undefined;
  #state: 'reading' | 'ended' | 'unmarked' | 'broken' = 'reading';
  #finished = false;

  constructor(feed: ByteFeed, observer: TarObserver) {
    this.#feed = feed;
    this.#observer = observer;
  }

  /** `unmarked`: the stream ended after an entry, but without the end-of-archive marker. */
  get outcome(): 'reading' | 'ended' | 'unmarked' | 'broken' {
    return this.#state;
  }

  /** The next entry if it is at hand; passes over what is left of the one before. */
  tryNext(): TarEntry | undefined {
    this.#current?.detach();
    this.#current = undefined;
    while (this.#state === 'reading') {
      const step = this.#step();
      if (step === 'starved' || step === 'end') return undefined;
      if (step !== 'again') return step;
    }
    return undefined;
  }

  /** The next entry, or undefined after the last: then what follows the archive's end was read and looked at. */
  async next(): Promise<TarEntry | undefined> {
    for (;;) {
      const entry = this.tryNext();
      if (entry !== undefined) return entry;
      if (this.#state !== 'reading') break;
      if (!(await this.#feed.more())) {
        this.#endOfStream();
        break;
      }
    }
    // After a broken header the rest is not called trailing: the archive's end was never reached.
    const trailing = this.#state === 'ended' && !this.#finished ? await readTrailing(this.#feed) : undefined;
    this.#finished = true;
    if (trailing !== undefined) this.#observer.trailing(trailing.stray, trailing.archive);
    return undefined;
  }

  #step(): Step {
    if (this.#remaining > 0 || this.#padding > 0) {
      if (!this.#skipContent()) return 'starved';
    }
    const offset = this.#feed.offset;
    const block = this.#feed.take(BLOCK_BYTES);
    if (block === undefined) return 'starved';
    if (block[0] === 0 && isZero(block)) return this.#endMarker();
    const header = parseHeader(block);
    if (typeof header === 'string') return this.#malformed(header, offset);
    switch (header.type) {
      case 'x':
      case 'g':
      case 'L':
      case 'K':
        return this.#metaHeader(header, offset);
      default:
        return this.#entry(header, block, offset);
    }
  }

  /** False when starved. */
  #skipContent(): boolean {
    if (this.#unread !== undefined && this.#remaining > 0) {
      const { offset } = this.#feed;
      this.#unread.add(this.#feed.view(this.#remaining), offset);
    }
    this.#remaining -= this.#feed.skip(this.#remaining);
    if (this.#remaining > 0) return false;
    const unread = this.#unread?.result();
    this.#unread = undefined;
    if (unread !== undefined) this.#observer.padding(unread, this.#path);
    const { offset } = this.#feed;
    const padding = this.#feed.take(this.#padding);
    if (padding === undefined) return false;
    this.#padding = 0;
    const stray = padding.length === 0 ? undefined : toStrayBytes(padding, offset);
    if (stray !== undefined) this.#observer.padding(stray, this.#path);
    return true;
  }

  /** The second zero block is not insisted on: Go does not, where the stream ends after the first. */
  #endMarker(): Step {
    if (this.#meta !== undefined) {
      this.#fault('an extended header has no entry after it', this.#feed.offset - BLOCK_BYTES);
    }
    this.#state = 'ended';
    return 'end';
  }

  /** Extended headers and long names: kept for the next entry. */
  #metaHeader(header: TarHeader, offset: number): Step {
    const stored = padded(header.size);
    if (header.size > META_BYTES) {
      this.#path = header.name;
      this.#fault(
        `an extended header is ${header.size} bytes long, more than ${META_BYTES}`,
        offset,
        header.name,
      );
      this.#setContent(header.size);
      this.#meta = {};
      return 'again';
    }
    const content = this.#feed.take(stored);
    if (content === undefined) {
      this.#feed.rewind(BLOCK_BYTES);
      return 'starved';
    }
    const text = content.subarray(0, header.size);
    const start = offset + BLOCK_BYTES;
    this.#checkPadding(content.subarray(header.size), start + header.size, header.name);
    if (header.type === 'x' || header.type === 'g') return this.#paxHeader(header, text, offset);
    const name = upToNul(text);
    this.#checkPadding(text.subarray(name.length), start + name.length, header.name);
    const decoded = decodeName(name);
    this.#meta = { ...this.#meta, ...(header.type === 'L' ? { longName: decoded } : { longLink: decoded }) };
    return 'again';
  }

  #paxHeader(header: TarHeader, text: Buffer, offset: number): Step {
    const pax = parsePax(text);
    if (typeof pax === 'string') return this.#malformed(pax, offset);
    if (header.type === 'x') {
      this.#meta = { ...this.#meta, pax };
      return 'again';
    }
    const matters = pax.path ?? pax.link ?? pax.size ?? pax.xattrs ?? pax.sparse;
    if (matters !== undefined) {
      const message =
        'a global extended header sets paths, sizes or attributes, which container runtimes ignore';
      this.#observer.fault({ code: 'MALFORMED_ARCHIVE', message, offset }, false);
    }
    // As in Go, the records gathered for the next entry end here.
    this.#meta = undefined;
    return 'again';
  }

  #entry(header: TarHeader, block: Buffer, offset: number): Step {
    const pax = this.#meta?.pax;
    const sparse = header.type === 'S' ? this.#oldSparse(block) : this.#paxSparse(header, pax);
    if (sparse === 'starved') return 'starved';
    const name = this.#meta?.longName ?? pax?.sparse?.name ?? pax?.path ?? header.name;
    const link = this.#meta?.longLink ?? pax?.link ?? header.link;
    this.#meta = undefined;
    this.#path = name;
    const kind = toKind(header.type, name);
    const hasContent = kind === 'file' || header.type === '\0';
    const stored = hasContent ? (pax?.size ?? header.size) : 0;
    if (sparse === 'invalid') return this.#malformed('a sparse map is none', offset, name);
    this.#setContent(stored);
    // A folder of the oldest archives may carry content, which is extracted nowhere.
    if (kind !== 'file' && stored > 0) this.#unread = new StrayBytesGatherer();
    if (!isKnownType(header.type)) this.#unknownType(header.type, offset, name);
    const size = sparse?.size ?? (kind === 'file' ? stored : 0);
    const content = new StoredContent(this, this.#feed, this.#observer, name, sparse, size);
    this.#current = content;
    return {
      name,
      kind,
      mode: header.mode & 0o7777,
      uid: pax?.uid ?? header.uid,
      gid: pax?.gid ?? header.gid,
      size,
      mtime: pax?.mtime ?? header.mtime,
      ...(kind === 'symlink' || kind === 'hardlink' ? { link } : {}),
      ...(pax?.xattrs === undefined ? {} : { xattrs: pax.xattrs }),
      ...(kind === 'character' || kind === 'block'
        ? { device: { major: header.deviceMajor, minor: header.deviceMinor } }
        : {}),
      offset,
      content,
    };
  }

  #paxSparse(header: TarHeader, pax: PaxRecords | undefined): Sparse | 'invalid' | undefined {
    const sparse = pax?.sparse;
    if (sparse === undefined || toKind(header.type, '') !== 'file') return undefined;
    const size = sparse.size ?? pax?.size ?? header.size;
    if (sparse.inContent) return { size, extents: undefined };
    const extents = toExtents(sparse.map, size);
    return extents === undefined ? 'invalid' : { size, extents };
  }

  /** GNU's first sparse format: the map in the header, and in blocks right after it. */
  #oldSparse(block: Buffer): Sparse | 'invalid' | 'starved' {
    const size = parseNumber(block, 483, 12);
    const pairs = oldGnuPairs(block, FIRST_ENTRY, 4);
    if (size === undefined || size < 0 || pairs === undefined) return 'invalid';
    let taken = BLOCK_BYTES;
    for (let more = block[482] !== 0; more; taken += BLOCK_BYTES) {
      const extension = this.#feed.take(BLOCK_BYTES);
      if (extension === undefined) {
        this.#feed.rewind(taken);
        return 'starved';
      }
      const added = oldGnuPairs(extension, 0, 21);
      if (added === undefined || taken > MAP_BYTES) return 'invalid';
      for (const number of added) pairs.push(number);
      more = extension[504] !== 0;
    }
    const extents = toExtents(pairs, size);
    return extents === undefined ? 'invalid' : { size, extents };
  }

  /** POSIX: a type that is not known is a regular file. Runtimes refuse it; its content is read all the same. */
  #unknownType(type: string, offset: number, name: string): void {
    const message = `an entry has the unknown type ${JSON.stringify(type)} and was read as a regular file`;
    this.#observer.fault({ code: 'MALFORMED_ARCHIVE', message, offset }, false, name);
  }

  #setContent(size: number): void {
    this.#remaining = size;
    this.#padding = padded(size) - size;
  }

  #checkPadding(bytes: Buffer, offset: number, path: string): void {
    const stray = toStrayBytes(bytes, offset);
    if (stray !== undefined) this.#observer.padding(stray, path);
  }

  #malformed(message: string, offset: number, path?: string): 'end' {
    this.#fault(message, offset, path);
    this.#state = 'broken';
    return 'end';
  }

  #fault(message: string, offset: number, path?: string): void {
    this.#observer.fault({ code: 'MALFORMED_ARCHIVE', message, offset }, true, path);
  }

  #endOfStream(): void {
    const inside = this.#remaining > 0 || this.#padding > 0;
    if (inside || this.#meta !== undefined || this.#feed.available > 0) {
      const what = inside ? "in the middle of an entry's content" : 'in the middle of a header';
      this.truncated(`the archive ends ${what}`, inside ? this.#path : undefined);
    }
    if (this.#state === 'reading') this.#state = 'unmarked';
  }

  /** @internal Told by the content when the stream ends inside it. */
  truncated(message: string, path?: string): void {
    if (this.#state !== 'reading') return;
    this.#state = 'broken';
    const fault: Fault = { code: 'TRUNCATED', message, offset: this.#feed.offset };
    this.#observer.fault(fault, true, path);
  }

  /** @internal Hands out at most `most` stored bytes of the current entry that are at hand. */
  takeStored(most: number): Buffer | undefined {
    const taken = this.#feed.take(Math.min(most, this.#remaining, this.#feed.available));
    this.#remaining -= taken?.length ?? 0;
    return taken;
  }

  /** @internal */
  get remaining(): number {
    return this.#remaining;
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}
