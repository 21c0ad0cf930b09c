import type { FileSystemDriver } from '../contract.ts';
import { isIso9660 } from './descriptors.ts';
import { Iso9660 } from './volume.ts';

/** ISO 9660: install media, cloud-init seeds. */
export const iso9660Driver: FileSystemDriver = {
  name: 'iso9660',
  probe: isIso9660,
  open: (source) => Iso9660.open(source),
};
