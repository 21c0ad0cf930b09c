import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, FileSystemDriver, Listed, Node } from '../contract.ts';
import { listFolder } from './folder.ts';
import { readInode } from './inode.ts';
import { replayLog, toNotReplayed } from './log/replay.ts';
import { openNode } from './node.ts';
import { SUPERBLOCK_MAGIC, type Superblock } from './superblock.ts';
import { type FoundSuperblock, readSuperblock } from './superblock-copies.ts';
import { Volume } from './volume.ts';

/** XFS, versions 4 and 5, as IRIX, Linux and the RHEL family write it. */
export const xfsDriver: FileSystemDriver = {
  name: 'xfs',
  probe: (head) => head.length >= 4 && head.readUInt32BE(0) === SUPERBLOCK_MAGIC,
  async open(source) {
    const { superblock, volume, flaws } = await openVolume(source);
    return new XfsFileSystem(volume, superblock.rootInode, [...flaws, ...flawsOf(superblock, source)]);
  },
};

interface Opened extends FoundSuperblock {
  readonly volume: Volume;
}

async function openVolume(source: BlockSource): Promise<Opened> {
  const found = await readSuperblock(source);
  const stored = new Volume(source, found.superblock);
  const log = await replayLog(stored);
  if (log.source === undefined) return { ...found, volume: stored, flaws: [...found.flaws, ...log.flaws] };
  try {
    // The superblock may be among what changed: the file system was made larger.
    const { superblock, flaws } = await readSuperblock(log.source);
    const [worse] = found.flaws.length === 0 ? flaws : [];
    if (worse !== undefined) throw worse;
    return { superblock, volume: new Volume(log.source, superblock), flaws: [...flaws, ...log.flaws] };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ...found, volume: stored, flaws: [...found.flaws, toNotReplayed(error)] };
  }
}

function* flawsOf(superblock: Superblock, source: BlockSource): Generator<Unreadable> {
  const wrong = (message: string): Unreadable => new Unreadable('MALFORMED_FILE_SYSTEM', message, 0);
  const size = superblock.blocks * superblock.blockSize;
  if (size > source.size)
    yield new Unreadable(
      'TRUNCATED',
      `the XFS has ${size} bytes, of which ${source.name} has ${source.size}`,
    );
  if (superblock.needsRepair) yield wrong('the XFS says that it needs repair: no system mounts it as it is');
  if (superblock.ignoresCase)
    yield new Unreadable(
      'UNSUPPORTED',
      'names on the XFS are found in any letter case: they were looked at as they are written',
      0,
    );
  if (superblock.inProgress)
    yield wrong('the XFS was never finished by mkfs.xfs: no system mounts it as it is');
}

class XfsFileSystem implements FileSystem {
  readonly kind = 'xfs';
  readonly label?: string;
  readonly uuid: string;
  readonly ignoresCase: boolean;
  readonly flaws: readonly Unreadable[];
  readonly #volume: Volume;
  readonly #root: number;

  constructor(volume: Volume, root: number, flaws: readonly Unreadable[]) {
    const { label, uuid, ignoresCase } = volume.superblock;
    if (label !== '') this.label = label;
    this.uuid = uuid;
    this.ignoresCase = ignoresCase;
    this.flaws = flaws;
    this.#volume = volume;
    this.#root = root;
  }

  root(): Promise<Node> {
    return openNode(this.#volume, this.#root);
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    const volume = this.#volume;
    const inode = await readInode(volume, Number(folder.id));
    for await (const found of listFolder(volume, inode)) {
      if (found instanceof Unreadable) yield { kind: 'flaw', flaw: found };
      else
        yield { kind: 'name', name: found.name, id: found.inode, open: () => openNamed(volume, found.inode) };
    }
  }
}

async function openNamed(volume: Volume, inode: number | string): Promise<Node> {
  if (typeof inode === 'number') return openNode(volume, inode);
  throw new Unreadable('MALFORMED_FILE_SYSTEM', `inode ${inode} is not in the volume`);
}
