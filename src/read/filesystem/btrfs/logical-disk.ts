import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { ChunkMap, Copy } from './chunks.ts';

/*
 * Reads by logical address, from whichever copy is intact.
 *
 * The attack: a kernel picks a copy by the number of the process that asks. Two copies that differ, each with a checksum of its
 * own that is right, are one file for the inspector and another one for the machine. So all copies on this device are read, and have to
 * be the same.
 */
export class LogicalDisk {
  readonly #source: BlockSource;
  readonly #chunks: ChunkMap;

  constructor(source: BlockSource, chunks: ChunkMap) {
    this.#source = source;
    this.#chunks = chunks;
  }

  /**
   * @param length bounded by the caller
   * @param flawOf what is wrong with the bytes of one copy
   * @throws Unreadable the flaw of the first copy when none is intact; Failure of the source
   */
  async read(
    logical: number,
    length: number,
    flawOf: (bytes: Buffer) => Unreadable | undefined,
  ): Promise<Buffer> {
    let intact: Buffer | undefined;
    let flaw: Unreadable | undefined;
    for (const copy of this.#chunks.copiesOf(logical, length)) {
      const bytes = await this.#readCopy(copy);
      const wrong = bytes instanceof Unreadable ? bytes : flawOf(bytes);
      if (bytes instanceof Unreadable || wrong !== undefined) flaw ??= wrong;
      else if (intact === undefined) intact = bytes;
      else if (!intact.equals(bytes)) {
        const message = `btrfs: the copies of the ${length} bytes at logical address ${logical} differ`;
        throw new Unreadable('MALFORMED_FILE_SYSTEM', message, copy[0]?.offset);
      }
    }
    if (intact !== undefined) return intact;
    throw flaw ?? new Unreadable('MALFORMED_FILE_SYSTEM', 'btrfs: a chunk without copies', logical);
  }

  /** A copy beyond the end of the image is one that is damaged. */
  async #readCopy(copy: Copy): Promise<Buffer | Unreadable> {
    try {
      const [first] = copy;
      if (copy.length === 1 && first !== undefined)
        return await this.#source.read(first.offset, first.length);
      return Buffer.concat(
        await Promise.all(copy.map(({ offset, length }) => this.#source.read(offset, length))),
      );
    } catch (error) {
      if (error instanceof Unreadable) return error;
      throw error;
    }
  }
}
