import { btrfsDriver } from './btrfs/index.ts';
import type { FileSystemDriver } from './contract.ts';
import { extDriver } from './ext/index.ts';
import { fatDriver } from './fat/index.ts';
import { iso9660Driver } from './iso9660/index.ts';
import { ntfsDriver } from './ntfs/index.ts';
import { squashfsDriver } from './squashfs/index.ts';
import { xfsDriver } from './xfs/index.ts';

/** Every file system that is read. A new one is its folder and one line here. */
export const DRIVERS: readonly FileSystemDriver[] = [
  extDriver,
  xfsDriver,
  btrfsDriver,
  ntfsDriver,
  fatDriver,
  squashfsDriver,
  iso9660Driver,
];
