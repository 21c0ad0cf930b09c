import type { FileView } from '../../contract.ts';
import { type Elf, readElf } from './elf.ts';

const parsed = new WeakMap<FileView, Elf | null>();

/** The ELF head of a file, parsed once however many detectors ask; undefined in a later window and for no ELF. */
export function elfOf(file: FileView): Elf | undefined {
  const known = parsed.get(file);
  if (known !== undefined) return known ?? undefined;
  const elf = file.base === 0 ? readElf(file.bytes) : undefined;
  parsed.set(file, elf ?? null);
  return elf;
}
