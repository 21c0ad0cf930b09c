import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystemDriver } from '../contract.ts';
import { ExtFileSystem } from './file-system.ts';
import { findSuperblock } from './find-superblock.ts';
import { readGroups } from './groups.ts';
import { replayJournal } from './journal/replay.ts';
import { isSuperblock, SUPERBLOCK_AT, type Superblock } from './superblock.ts';
import { Volume } from './volume.ts';

/*
 * ext2, ext3 and ext4; kernel, Documentation/filesystems/ext4. What is in the journal and not in its place yet is read from the
 * journal: it is what a system that mounts this will see.
 */

export const extDriver: FileSystemDriver = {
  name: 'ext',
  probe: (head) => isSuperblock(head.subarray(SUPERBLOCK_AT)),
  open: openExt,
};

async function openExt(source: BlockSource): Promise<ExtFileSystem> {
  const found = await findSuperblock(source);
  const flaws = [...found.flaws, ...sizeFlaw(source, found.superblock)];
  const groups = await readGroups(source, found.superblock, found.group);
  const volume = new Volume(source, found.superblock, groups);
  const replayed = await replayJournal(volume, found.group);
  flaws.push(...replayed.flaws);
  if (replayed.source === undefined) return new ExtFileSystem(volume, [...flaws, ...groups.flaws]);
  // The journal may hold a newer superblock and newer descriptors.
  const after = await findSuperblock(replayed.source);
  const newer = await readGroups(replayed.source, after.superblock, after.group);
  const own = after.flaws.filter(({ message }) => !flaws.some((flaw) => flaw.message === message));
  return new ExtFileSystem(new Volume(replayed.source, after.superblock, newer), [
    ...flaws,
    ...own,
    ...newer.flaws,
  ]);
}

function sizeFlaw(source: BlockSource, { blocks, blockSize }: Superblock): Unreadable[] {
  if (blocks * blockSize <= source.size) return [];
  const message = `the file system claims ${blocks * blockSize} bytes, and ${source.name} has ${source.size}`;
  return [new Unreadable('TRUNCATED', message, source.size)];
}
