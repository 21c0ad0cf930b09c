import type { BlockSource } from '../../disk/block-source.ts';
import { FlawList } from '../../disk/flaw-list.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, FileSystemDriver } from '../contract.ts';
import { ChunkMap } from './chunks.ts';
import { Contents } from './content.ts';
import { DataDisk } from './data-disk.ts';
import { BtrfsFileSystem } from './file-system.ts';
import { CHUNK_ITEM, FIRST_FREE, MAX_U64 } from './key.ts';
import { LogicalDisk } from './logical-disk.ts';
import { Subvolumes } from './subvolumes.ts';
import { hasMagic, readSuperblock, SUPERBLOCK_AT, SUPERBLOCK_BYTES, type Superblock } from './superblock.ts';
import { Trees } from './trees.ts';

/** btrfs, from one device (kernel documentation, btrfs(5); structures of uapi/linux/btrfs_tree.h). */
export const btrfsDriver: FileSystemDriver = {
  name: 'btrfs',
  probe: (head) => hasMagic(head.subarray(SUPERBLOCK_AT, SUPERBLOCK_AT + SUPERBLOCK_BYTES)),
  open,
};

async function open(source: BlockSource): Promise<FileSystem> {
  const superblock = await readSuperblock(source);
  const { checksum, sectorSize } = superblock;
  const chunks = new ChunkMap(superblock.device);
  chunks.addSystemChunks(superblock.systemChunks);
  const disk = new LogicalDisk(source, chunks);
  const trees = new Trees(disk, superblock);
  const flaws = [...superblock.flaws, ...(await readChunks(trees, superblock, chunks))];
  const subvolumes = await Subvolumes.read(trees, superblock);
  flaws.push(...subvolumes.flaws);
  const data = new DataDisk(disk, trees, { checksum, sectorSize, checksums: subvolumes.checksums });
  return new BtrfsFileSystem(superblock, trees, subvolumes, new Contents(trees, data, sectorSize), flaws);
}

/** Fills the map from the tree it is needed to read: the superblock's own chunks hold that one. */
async function readChunks(
  trees: Trees,
  { chunkRoot }: Superblock,
  chunks: ChunkMap,
): Promise<readonly Unreadable[]> {
  const flaws = new FlawList();
  const from = { objectid: BigInt(FIRST_FREE), type: CHUNK_ITEM, offset: 0n };
  for await (const batch of trees.scan(chunkRoot, from, { ...from, offset: MAX_U64 })) {
    if (batch.kind === 'flaw') {
      flaws.add(batch.flaw);
      continue;
    }
    for (const { key, data } of batch.items) {
      try {
        chunks.add(key.offset, data);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        flaws.add(error);
      }
    }
  }
  return flaws.all;
}
