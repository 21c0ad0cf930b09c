import type { FileSystemDriver } from '../contract.ts';
import { isFat } from './boot-sector.ts';
import { Fat } from './volume.ts';

/** FAT12, FAT16 and FAT32: EFI system partitions, boot media, cloud-init seeds. */
export const fatDriver: FileSystemDriver = {
  name: 'fat',
  probe: isFat,
  open: (source) => Fat.open(source),
};
