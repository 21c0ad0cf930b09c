import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import type { Probe } from '../identify.ts';

export const SECTOR = 512;
export const MIB = 2 ** 20;

/** A disk in memory. */
export function toDisk(bytes: Buffer, sectorSize?: number): BlockSource {
  const disk: BlockSource = {
    name: 'disk.raw',
    size: bytes.length,
    ...(sectorSize !== undefined && { sectorSize }),
    async read(offset, length) {
      requireInside(disk, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    async close() {},
  };
  return disk;
}

/** File systems are other rooms': here they are a word at the start. */
export const PROBES: readonly Probe[] = ['ext', 'xfs', 'iso9660', 'fat'].map((name) => ({
  name,
  probe: (head) => head.toString('latin1', 700, 700 + name.length + 3) === `<${name}>!`,
}));

/** Puts the magic of a make-believe file system at a byte of the disk. */
export function putFileSystem(disk: Buffer, at: number, name: string): void {
  disk.write(`<${name}>!`, at + 700, 'latin1');
}
