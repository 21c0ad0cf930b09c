import type { FileSystemDriver } from '../contract.ts';
import { hasBootMagic } from './boot-sector.ts';
import { Ntfs } from './ntfs.ts';

export const ntfsDriver: FileSystemDriver = {
  name: 'ntfs',
  probe: hasBootMagic,
  open: (source) => Ntfs.open(source),
};
