/*
 * The archive in an initramfs: cpio "newc" (kernel, Documentation/driver-api/early-userspace/buffer-format.rst), read as the kernel's
 * init/initramfs.c reads it, so that what it unpacks is what is looked at.
 */

export interface CpioEntry {
  /** As written, up to its NUL. */
  readonly name: string;
  readonly mode: number;
  /** Of a link its target. */
  readonly content: Buffer;
  /** Names of one file share it; undefined where the file has one name only. */
  readonly inode?: string;
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
const HEX = /^[0-9a-f]{104}$/i;

export function isCpio(bytes: Buffer, at: number): boolean {
  const magic = bytes.toString('latin1', at, at + 6);
  return magic === '070701' || magic === '070702';
}

/**
 * The files of one archive that begins at `start`.
 * @param archive tells its inodes from those of another
 */
export function* readCpio(bytes: Buffer, start: number, archive: number): Generator<CpioEntry, CpioEnd> {
  let at = start;
  while (isCpio(bytes, at)) {
    const header = bytes.toString('latin1', at + 6, at + HEADER);
    if (!HEX.test(header)) return { end: at, damaged: true };
    const field = (index: number): number => Number.parseInt(header.slice(index * 8, index * 8 + 8), 16);
    const [inode, mode, links, size, nameSize] = [field(0), field(1), field(4), field(6), field(11)];
    const content = at + align(HEADER + nameSize);
    if (nameSize < 1 || nameSize > MAX_NAME || content + size > bytes.length)
      return { end: at, damaged: true };
    const [name = ''] = bytes.toString('latin1', at + HEADER, at + HEADER + nameSize).split('\0', 1);
    at = align(content + size);
    if (name === TRAILER) return { end: at };
    const shared = links > 1 ? `${archive}:${field(7)}:${field(8)}:${inode}` : undefined;
    yield {
      name,
      mode,
      content: bytes.subarray(content, content + size),
      ...(shared !== undefined && { inode: shared }),
    };
  }
  return { end: at, damaged: true };
}

function align(at: number): number {
  return Math.ceil(at / 4) * 4;
}
