import { Unreadable } from '../../../disk/unreadable.ts';
import type { Volume } from '../volume.ts';

/** The log is counted in these, whatever the blocks and sectors of the file system are. */
export const BLOCK = 512;
/** What XFS allows (XFS_MAX_LOG_BYTES). */
const MOST_BYTES = 2 ** 31;
/** Read at once when the log is read from front to back: 1 MiB. */
const WINDOW = 2048;
export const RECORD_MAGIC = 0xfeedbabe;

/** The blocks of the log, that go on at the first after the last. */
export class Ring {
  readonly volume: Volume;
  /** Where it is, bytes from the start of the volume. */
  readonly place: number;
  readonly blocks: number;
  #window: Buffer = Buffer.alloc(0);
  #first = 0;

  /** @throws Unreadable when it is not in the volume, or larger than XFS allows */
  constructor(volume: Volume) {
    const { logStart, logBlocks, blockSize } = volume.superblock;
    this.volume = volume;
    this.place = volume.placeOfBlocks(logStart, logBlocks, 'the log');
    this.blocks = (logBlocks * blockSize) / BLOCK;
    if (logBlocks * blockSize > MOST_BYTES)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `the log has ${logBlocks * blockSize} bytes`, this.place);
  }

  get isVersion2(): boolean {
    return this.volume.superblock.logVersion === 2;
  }

  /** One block, read for itself: for those who jump about. */
  async peek(block: number): Promise<Buffer> {
    return this.volume.readMetadata(this.place + block * BLOCK, BLOCK);
  }

  /** Blocks from front to back, around the end if need be. At most all of them. */
  async read(block: number, count: number): Promise<Buffer> {
    const rest = block + count - this.blocks;
    if (rest > 0) return Buffer.concat([await this.read(block, count - rest), await this.read(0, rest)]);
    const from = (block - this.#first) * BLOCK;
    if (from >= 0 && from + count * BLOCK <= this.#window.length)
      return this.#window.subarray(from, from + count * BLOCK);
    const ahead = Math.min(this.blocks - block, Math.max(count, WINDOW));
    this.#window = await this.volume.source.read(this.place + block * BLOCK, ahead * BLOCK);
    this.#first = block;
    return this.#window.subarray(0, count * BLOCK);
  }

  /** How far it is from one block to another that comes after it, or is the same. */
  distance(from: number, to: number): number {
    return (to - from + this.blocks) % this.blocks;
  }

  async cycle(block: number): Promise<number> {
    return cycleOf(await this.peek(block), 0);
  }

  /** The first block with a cycle among some, none of which is around the end. */
  async find(first: number, count: number, cycle: number): Promise<number | undefined> {
    const bytes = await this.volume.source.read(this.place + first * BLOCK, count * BLOCK);
    for (let at = 0; at < bytes.length; at += BLOCK)
      if (cycleOf(bytes, at) === cycle) return first + at / BLOCK;
    return undefined;
  }
}

/** How often the log went round when a block was written: its first word, or the second of a record's header. */
function cycleOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(bytes.readUInt32BE(at) === RECORD_MAGIC ? at + 4 : at);
}
