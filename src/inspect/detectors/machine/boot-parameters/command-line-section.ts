/*
 * A unified kernel image is one program for the firmware, with the kernel, the initramfs and the command line in it (UAPI group, Unified
 * Kernel Image): the section `.cmdline`. Addons have it alone.
 */

const MAX_SECTIONS = 96;
const MAX_BYTES = 64 * 1024;

/**
 * @param bytes the program's first ones
 * @returns undefined where it has none; 'beyond' where it is after these bytes
 */
export function commandLineIn(bytes: Uint8Array): string | 'beyond' | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 64 || view.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = view.readUInt32LE(60);
  if (header + 24 > view.length || view.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined;
  const count = Math.min(view.readUInt16LE(header + 6), MAX_SECTIONS);
  const first = header + 24 + view.readUInt16LE(header + 20);
  for (let at = first; at < first + count * 40 && at + 40 <= view.length; at += 40) {
    if (view.toString('latin1', at, at + 8) !== '.cmdline') continue;
    const start = view.readUInt32LE(at + 20);
    const length = Math.min(view.readUInt32LE(at + 16), MAX_BYTES);
    if (start + length > view.length) return 'beyond';
    return view.toString('latin1', start, start + length).split('\0', 1)[0];
  }
  return undefined;
}
