import type { Unreadable } from '../../disk/unreadable.ts';
import { ExtentMap } from './extent-map.ts';
import { IndirectMap } from './indirect-map.ts';
import { FLAG, type Inode } from './inode.ts';
import type { Volume } from './volume.ts';

/** Consecutive blocks of a file: where they are, or that they are zeros. */
export interface Piece {
  readonly count: number;
  readonly block: number | undefined;
}

/** Tells where the blocks of a file are. */
export interface BlockMap {
  /**
   * From one block of the file on: at least one block, at most `most`.
   * @throws Unreadable, Failure of the source
   */
  locate(block: number, most: number): Promise<Piece>;
}

/** Takes a flaw of the map, which can be read all the same; or throws it where that will not do. */
export type TakeFlaw = (flaw: Unreadable) => void;

export function mapOf(volume: Volume, inode: Inode, takeFlaw: TakeFlaw): BlockMap {
  return (inode.flags & FLAG.extents) !== 0
    ? new ExtentMap(volume, inode, takeFlaw)
    : new IndirectMap(volume, inode);
}

/** A map's flaw is as bad as one of the content: what it leads to may be another file's. */
export function throwFlaw(flaw: Unreadable): never {
  throw flaw;
}
