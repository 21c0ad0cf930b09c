/*
 * Parameters for the kernel may hang at the end of an initramfs (kernel, Documentation/admin-guide/bootconfig.rst): text, its size,
 * its checksum (the sum of its bytes), and a mark that GRUB may have moved by up to three bytes.
 */

export interface BootConfig {
  readonly text: string;
  /** Where the archives before it end. */
  readonly start: number;
}

const MARK = '#BOOTCONFIG\n';
const FIELDS = 8;
/** XBC_DATA_MAX. */
const MAX_TEXT = 32 * 1024;

export function bootConfigOf(bytes: Buffer): BootConfig | undefined {
  for (let moved = 0; moved < 4; moved++) {
    const mark = bytes.length - moved - MARK.length;
    if (mark < FIELDS || bytes.toString('latin1', mark, mark + MARK.length) !== MARK) continue;
    const size = bytes.readUInt32LE(mark - 8);
    const start = mark - FIELDS - size;
    if (size > MAX_TEXT || start < 0) return undefined;
    const text = bytes.subarray(start, start + size);
    const sum = text.reduce((total, byte) => (total + byte) >>> 0, 0);
    if (sum !== bytes.readUInt32LE(mark - 4)) return undefined;
    return { text: text.toString('latin1').replace(/\0+$/, ''), start };
  }
  return undefined;
}
