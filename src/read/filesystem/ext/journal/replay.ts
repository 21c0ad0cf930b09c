import type { BlockSource } from '../../../disk/block-source.ts';
import { Unreadable } from '../../../disk/unreadable.ts';
import { type BlockMap, mapOf, throwFlaw } from '../block-map.ts';
import { COMPAT, INCOMPAT } from '../features.ts';
import { malformed } from '../inode.ts';
import { has } from '../superblock.ts';
import type { Volume } from '../volume.ts';
import { isFastCommit, isGoodCopy, parseJournal } from './format.ts';
import { type Copy, overlay } from './overlay.ts';
import { type Log, scanLog } from './scan.ts';

/*
 * A disk that was copied while it was in use, or whose machine crashed, has its newest blocks in the journal. A system that
 * mounts it puts them in place first. Whoever reads the disk as it is sees files that no system will, and not those which it will
 * see: a place to hide in. So the journal is replayed, into a table of where blocks are to be read from.
 */

export interface Replayed {
  /** With the journal's blocks in place; absent where nothing was to be replayed. */
  readonly source?: BlockSource;
  readonly flaws: readonly Unreadable[];
}

/**
 * @param group whose superblock is used: copies do not tell whether there is something to replay
 * @throws Failure of the source
 */
export async function replayJournal(volume: Volume, group: number): Promise<Replayed> {
  const { superblock } = volume;
  const said = has(superblock, 'incompat', INCOMPAT.recover);
  if (!said && (group === 0 || !has(superblock, 'compat', COMPAT.hasJournal))) return { flaws: [] };
  try {
    if (superblock.journalInode === 0)
      throw new Unreadable('UNSUPPORTED', 'the journal is on another device, and was to be replayed');
    return await replay(volume);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const message = `the newest changes may be missing, as the journal was not replayed: ${error.message}`;
    return { flaws: [new Unreadable(error.code, message, error.offset)] };
  }
}

async function replay(volume: Volume): Promise<Replayed> {
  const { blockSize, blocks, journalInode } = volume.superblock;
  const inode = await volume.inode(journalInode);
  const map = mapOf(volume, inode, throwFlaw);
  const most = Math.min(
    Math.floor(inode.size / blockSize),
    blocks,
    Math.floor(volume.source.size / blockSize),
  );
  const locate = (index: number) => locateIn(map, index, journalInode, blockSize);
  const read = async (index: number) => volume.source.read(await locate(index), blockSize);
  const format = parseJournal(await read(0), most);
  if (format.start === 0) return { flaws: [] };
  const log = await scanLog(format, read);
  const flaws = [...log.flaws];
  // Linux stops at a transaction whose checksum is wrong: what comes after would be seen here alone.
  if (format.hasOldChecksums)
    flaws.push(
      new Unreadable(
        'UNSUPPORTED',
        'the checksums of transactions in the journal are of the first kind, which is not verified',
      ),
    );
  const copies = await collect(log, { locate, volume, flaws });
  if (format.fastCommits !== undefined && isFastCommit(await read(format.fastCommits), log.next))
    flaws.push(
      new Unreadable(
        'UNSUPPORTED',
        'the newest changes are missing: fast commits in the journal are not replayed',
      ),
    );
  return { source: overlay(volume.source, blockSize, copies), flaws };
}

async function locateIn(map: BlockMap, index: number, journal: number, blockSize: number): Promise<number> {
  const { block } = await map.locate(index, 1);
  if (block === undefined) throw malformed(journal, `is the journal, and has no block ${index}`);
  return block * blockSize;
}

interface Place {
  readonly locate: (index: number) => Promise<number>;
  readonly volume: Volume;
  readonly flaws: Unreadable[];
}

async function collect(
  { format, transactions, revoked }: Log,
  { locate, volume, flaws }: Place,
): Promise<Map<number, Copy>> {
  const copies = new Map<number, Copy>();
  let [bad, beyond] = [0, 0];
  for (const { sequence, copies: written } of transactions) {
    for (const { tag, index } of written) {
      const last = revoked.get(tag.target);
      if (last !== undefined && isAtOrAfter(last, sequence)) continue;
      const offset = await locate(index);
      if (tag.target >= volume.superblock.blocks) beyond++;
      else if (!isGoodCopy(await volume.source.read(offset, format.blockSize), tag, sequence, format)) bad++;
      else copies.set(tag.target, { offset, escaped: tag.escaped });
    }
  }
  if (bad > 0)
    flaws.push(
      new Unreadable(
        'CHECKSUM_MISMATCH',
        `${bad} blocks in the journal have a wrong checksum and were not replayed`,
      ),
    );
  if (beyond > 0)
    flaws.push(
      new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `${beyond} blocks in the journal belong beyond the end of the file system`,
      ),
    );
  return copies;
}

/** Sequence numbers begin again after 2^32. */
function isAtOrAfter(a: number, b: number): boolean {
  return ((a - b) | 0) >= 0;
}
