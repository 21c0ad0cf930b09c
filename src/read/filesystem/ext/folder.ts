import { Unreadable } from '../../disk/unreadable.ts';
import { type BlockMap, mapOf } from './block-map.ts';
import { INCOMPAT, READ_ONLY_COMPAT } from './features.ts';
import { type FolderEntry, type FolderFormat, isGoodBlock, parseEntries } from './folder-blocks.ts';
import { FLAG, type Inode, malformed } from './inode.ts';
import { has } from './superblock.ts';
import type { Volume } from './volume.ts';

/*
 * Reads what a folder names, block by block of the disk.
 *
 * The attack: a folder whose map gives one block of names a million times. No block is read twice for one folder.
 */

export interface Names {
  readonly entries: readonly FolderEntry[];
  readonly flaws: readonly Unreadable[];
}

/** Bytes that are asked for at once. */
const PIECE = 256 * 1024;
/** Faults that are told of one folder; how many more there are is told once. */
const MOST_FLAWS = 16;
/** Holes that are looked behind for blocks after the end of a folder. */
const MOST_STEPS = 64;
/** What an inode holds of a folder begins with the number of the folder above. */
const PARENT = 4;

/**
 * Without `.` and `..`, a part of the folder at a time.
 * @throws Unreadable, Failure of the source
 */
export async function* readFolder(
  volume: Volume,
  inode: Inode,
  inline: Buffer | undefined,
): AsyncGenerator<Names> {
  if (inline !== undefined) yield readInline(volume, inode, inline);
  else yield* new BlockReader(volume, inode).run();
}

function readInline(volume: Volume, inode: Inode, inline: Buffer): Names {
  const flaws: Unreadable[] = [];
  const entries: FolderEntry[] = [];
  const typed = has(volume.superblock, 'incompat', INCOMPAT.fileType);
  for (const part of [inode.map.subarray(PARENT), inline]) {
    const wrong = parseEntries(part, typed, entries);
    if (wrong !== undefined)
      flaws.push(malformed(inode.number, `is a folder that cannot be read to its end: ${wrong}`));
  }
  return { entries, flaws };
}

class BlockReader {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #format: FolderFormat;
  /** Blocks of the disk that were read. */
  readonly #seen = new Set<number>();
  #flaws: Unreadable[] = [];
  #told = 0;
  #holes = false;
  #repeats = false;

  constructor(volume: Volume, inode: Inode) {
    const { superblock } = volume;
    this.#volume = volume;
    this.#inode = inode;
    this.#format = {
      typed: has(superblock, 'incompat', INCOMPAT.fileType),
      seed: has(superblock, 'readOnlyCompat', READ_ONLY_COMPAT.checksums) ? inode.seed : undefined,
      indexed: (inode.flags & FLAG.indexed) !== 0,
    };
  }

  async *run(): AsyncGenerator<Names> {
    const { blockSize } = this.#volume.superblock;
    const map = mapOf(this.#volume, this.#inode, (flaw) => this.#tell(flaw));
    const end = this.#end();
    for (let index = 0; index < end; ) {
      const { count, block } = await map.locate(index, end - index);
      const now = block === undefined ? count : Math.min(count, PIECE / blockSize);
      if (block === undefined) this.#hole(index);
      else
        yield {
          entries: this.#parse(await this.#read(block, now), index, block),
          flaws: this.#flaws.splice(0),
        };
      index += now;
    }
    if (this.#format.indexed) await this.#lookBeyond(map, end);
    if (this.#told > MOST_FLAWS)
      this.#flaws.push(
        malformed(this.#inode.number, `is a folder with ${this.#told - MOST_FLAWS} more faults like these`),
      );
    if (this.#flaws.length > 0) yield { entries: [], flaws: this.#flaws };
  }

  /** Folders have no holes: one that claims to be larger than the disk is lying. */
  #end(): number {
    const { blockSize, blocks } = this.#volume.superblock;
    const most = Math.min(blocks, Math.ceil(this.#volume.source.size / blockSize));
    const end = Math.ceil(this.#inode.size / blockSize);
    if (end <= most) return end;
    this.#tell(
      malformed(this.#inode.number, `is a folder of ${this.#inode.size} bytes, more than there are`),
    );
    return most;
  }

  /** An index may lead to blocks after the end of the folder, and Linux before 5.19 follows it there: names that no listing has. */
  async #lookBeyond(map: BlockMap, end: number): Promise<void> {
    const width = this.#volume.superblock.blockSize / 4;
    const room = (this.#inode.flags & FLAG.extents) !== 0 ? 2 ** 32 : 12 + width + width ** 2 + width ** 3;
    for (let index = end, steps = 0; index < room && steps < MOST_STEPS; steps++) {
      const { count, block } = await map.locate(index, room - index);
      index += count;
      if (block === undefined) continue;
      this.#tell(malformed(this.#inode.number, 'is a folder with blocks after its end, which were not read'));
      return;
    }
  }

  #hole(index: number): void {
    if (!this.#holes) this.#tell(malformed(this.#inode.number, `is a folder without its block ${index}`));
    this.#holes = true;
  }

  /** Small folders are looked into again and again. */
  #read(block: number, count: number): Promise<Buffer> {
    if (count === 1) return this.#volume.block(block);
    const { blockSize } = this.#volume.superblock;
    return this.#volume.source.read(block * blockSize, count * blockSize);
  }

  #parse(bytes: Buffer, first: number, physical: number): FolderEntry[] {
    const { blockSize } = this.#volume.superblock;
    const entries: FolderEntry[] = [];
    for (let number = 0; number * blockSize < bytes.length; number++) {
      if (this.#isNew(physical + number)) {
        const part = bytes.subarray(number * blockSize, (number + 1) * blockSize);
        this.#parseBlock(part, first + number, (physical + number) * blockSize, entries);
      }
    }
    return entries;
  }

  #isNew(block: number): boolean {
    if (!this.#seen.has(block)) {
      this.#seen.add(block);
      return true;
    }
    if (!this.#repeats)
      this.#tell(malformed(this.#inode.number, `is a folder that has block ${block} of the disk twice`));
    this.#repeats = true;
    return false;
  }

  #parseBlock(bytes: Buffer, index: number, at: number, entries: FolderEntry[]): void {
    const { number } = this.#inode;
    const told = (code: 'CHECKSUM_MISMATCH' | 'MALFORMED_FILE_SYSTEM', message: string) =>
      this.#tell(new Unreadable(code, `folder ${number} has a block ${index} ${message}`, at));
    if (!isGoodBlock(bytes, this.#format, index === 0)) told('CHECKSUM_MISMATCH', 'with a wrong checksum');
    const before = entries.length;
    const wrong = parseEntries(bytes, this.#format.typed, entries);
    if (index === 0) dropDots(entries, before);
    if (wrong !== undefined) told('MALFORMED_FILE_SYSTEM', `in which ${wrong}`);
  }

  #tell(flaw: Unreadable): void {
    this.#told++;
    if (this.#told <= MOST_FLAWS) this.#flaws.push(flaw);
  }
}

/** Only where they belong: such a name elsewhere is told. */
function dropDots(entries: FolderEntry[], from: number): void {
  for (const dots of ['.', '..'])
    if (entries[from]?.name.toString('latin1') === dots) entries.splice(from, 1);
}
