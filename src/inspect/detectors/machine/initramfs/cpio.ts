/*
 * The archive in an initramfs: cpio "newc" (kernel, Documentation/driver-api/early-userspace/buffer-format.rst), as many as there are one after
 * the other, with zeros between.
 */

export interface CpioFile {
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

export interface CpioEnd {
  /** Where the archive ends: what follows is another, or compressed. */
  readonly end: number;
  /** Set when it ends where its format does not. */
  readonly damaged?: true;
}

const HEADER = 110;
const TRAILER = 'TRAILER!!!';
const MAX_NAME = 4096;

export function isCpio(bytes: Buffer, at: number): boolean {
  const magic = bytes.toString('latin1', at, at + 6);
  return magic === '070701' || magic === '070702';
}

/** The files of one archive that begins at `start`. */
export function* readCpio(bytes: Buffer, start: number): Generator<CpioFile, CpioEnd> {
  let at = start;
  while (isCpio(bytes, at) && at + HEADER <= bytes.length) {
    const field = (index: number): number =>
      Number.parseInt(bytes.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const content = align(at + HEADER + nameSize);
    if (!(nameSize >= 1 && nameSize <= MAX_NAME && size >= 0 && content + size <= bytes.length))
      return { end: at, damaged: true };
    const name = bytes.toString('latin1', at + HEADER, at + HEADER + nameSize - 1);
    at = align(content + size);
    if (name === TRAILER) return { end: at };
    yield { name, mode, content: bytes.subarray(content, content + size) };
  }
  return { end: at, damaged: true };
}

function align(at: number): number {
  return (at + 3) & ~3;
}
