import type { BlockSource } from '../../disk/block-source.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/** One entry of a system use area (SUSP 1.12, 4). */
export interface SystemUseEntry {
  /** `NM`, `PX`, … */
  readonly signature: string;
  /** Behind its four bytes of header. */
  readonly data: Buffer;
}

const HEADER = 4;
const CONTINUATION_DATA = 24;
/** Linux follows as many. */
const MAX_CONTINUATIONS = 32;
const MAX_CONTINUATION = 32 * 1024;
const PIECE = 64 * 1024;
const CACHE_BYTES = 2 * 2 ** 20;

/** Reads system use areas, which go on elsewhere where a directory record has no room. */
export class SystemUse {
  readonly #source: BlockSource;
  readonly #blockBytes: number;
  readonly #pieces = new Recent<number>(CACHE_BYTES);

  constructor(source: BlockSource, blockBytes: number) {
    this.#source = source;
    this.#blockBytes = blockBytes;
  }

  /**
   * @param area of the directory record, behind what Rock Ridge is said to leave out
   * @throws Unreadable, Failure of the source
   */
  async read(area: Buffer): Promise<SystemUseEntry[]> {
    const entries: SystemUseEntry[] = [];
    let next = parseArea(area, entries);
    for (let count = 0; next !== undefined; count++) {
      if (count === MAX_CONTINUATIONS)
        throw malformed(`it goes on in more than ${MAX_CONTINUATIONS} places`, next.block * this.#blockBytes);
      next = parseArea(await this.#continuation(next), entries);
    }
    return entries;
  }

  async #continuation({ block, offset, bytes }: Continuation): Promise<Buffer> {
    const at = block * this.#blockBytes + offset;
    if (bytes > MAX_CONTINUATION) throw malformed(`it goes on with ${bytes} bytes`, at);
    const piece = Math.floor(at / PIECE) * PIECE;
    if (at + bytes > piece + PIECE) return this.#source.read(at, bytes);
    const length = Math.min(PIECE, this.#source.size - piece);
    // Beyond the end: refused by the source, with its own words.
    if (at - piece + bytes > length) return this.#source.read(at, bytes);
    const cached = await this.#pieces.get(piece, () => this.#source.read(piece, length));
    return cached.subarray(at - piece, at - piece + bytes);
  }
}

interface Continuation {
  readonly block: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What is no entry ends the area: it may belong to another protocol. */
function parseArea(area: Buffer, entries: SystemUseEntry[]): Continuation | undefined {
  let next: Continuation | undefined;
  for (let at = 0; at + HEADER <= area.length; ) {
    const length = area[at + 2] ?? 0;
    const signature = area.toString('latin1', at, at + 2);
    if (length < HEADER || at + length > area.length || signature === 'ST') break;
    const data = area.subarray(at + HEADER, at + length);
    if (signature !== 'CE') entries.push({ signature, data });
    else if (data.length >= CONTINUATION_DATA)
      next = { block: data.readUInt32LE(0), offset: data.readUInt32LE(8), bytes: data.readUInt32LE(16) };
    at += length;
  }
  return next;
}

function malformed(message: string, at: number): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `a system use area lies: ${message}`, at);
}
