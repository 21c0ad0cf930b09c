import type { FileSystemDriver } from '../contract.ts';
import { isSquashfs } from './superblock.ts';
import { Squashfs } from './volume.ts';

/** squashfs 4.0, as live media, snaps and appliances have it: gzip, xz, lzo, lz4, zstd. Others are told by name. */
export const squashfsDriver: FileSystemDriver = {
  name: 'squashfs',
  probe: isSquashfs,
  open: (source) => Squashfs.open(source),
};
