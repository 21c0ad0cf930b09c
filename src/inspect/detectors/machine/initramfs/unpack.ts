import { compressionAt } from './compression.ts';
import { type CpioEntry, isCpio, readCpio } from './cpio.ts';
import { TOO_LARGE } from './unpacked.ts';

/** Unpacked bytes looked at: honest ones have 50 to 200 MiB. */
const MAX_UNPACKED = 256 * 2 ** 20;
/** Where output is looked at for being a bomb, and how often the input it may be: `Limits.ratio`. */
const RATIO_FROM = 64 * 2 ** 20;
const MAX_RATIO = 500;
/** What is compressed to less is rare: memory taken beforehand. */
const USUAL_RATIO = 16;
const MAX_ARCHIVES = 64;

/** True for what a kernel begins to unpack. */
export function isInitramfs(bytes: Buffer): boolean {
  return bytes[0] === 0 || isCpio(bytes, 0) || compressionAt(bytes, 0) !== undefined;
}

/**
 * The files of an initramfs, as the kernel unpacks it (init/initramfs.c): archives one after the other with zeros between, plain where
 * they begin at a multiple of four, or compressed.
 * @param cut told what could not be read
 */
export function* filesOf(bytes: Buffer, cut: (what: string) => void): Generator<CpioEntry> {
  let left = MAX_UNPACKED;
  let at = 0;
  for (let archive = 0; ; archive++) {
    while (bytes[at] === 0) at++;
    if (at >= bytes.length) return;
    if (archive === MAX_ARCHIVES) return cut(`archives of the initramfs after the first ${MAX_ARCHIVES}`);
    if (at % 4 === 0 && isCpio(bytes, at)) {
      const { end, damaged } = yield* readCpio(bytes, at, archive);
      if (damaged === true) return cut(`the archive at byte ${at} of the initramfs: damaged at byte ${end}`);
      at = end;
      continue;
    }
    const compression = compressionAt(bytes, at);
    if (compression === undefined) return cut(unknownFrom(bytes, at, archive));
    const { name, decode } = compression;
    const where = `the archive at byte ${at} of the initramfs: it`;
    if (decode === undefined) return cut(`${where} is compressed with ${name}, which is not read here`);
    const packed = bytes.subarray(at);
    const most = Math.min(left, Math.max(RATIO_FROM, packed.length * MAX_RATIO));
    if (most === 0) return cut(`${where} ${TOO_LARGE}`);
    const unpacked = decode(packed, Math.max(64 * 1024, packed.length * USUAL_RATIO), most);
    const { flaw } = unpacked;
    yield* filesWithin(unpacked.bytes, archive, flaw === undefined ? cut : () => undefined);
    if (flaw !== undefined) return cut(`${where} ${flaw} (${name})`);
    left -= unpacked.bytes.length;
    at += unpacked.used;
  }
}

function unknownFrom(bytes: Buffer, at: number, archive: number): string {
  return archive === 0
    ? 'the initramfs: it begins with nothing that a kernel unpacks'
    : `${bytes.length - at} bytes behind the last archive of the initramfs, which no kernel unpacks`;
}

/** What is compressed together: archives with zeros between, never compressed again. */
function* filesWithin(bytes: Buffer, archive: number, cut: (what: string) => void): Generator<CpioEntry> {
  let at = 0;
  for (let inner = 0; ; inner++) {
    while (bytes[at] === 0) at++;
    if (at >= bytes.length) return;
    if (inner === MAX_ARCHIVES)
      return cut(`archives compressed together in the initramfs after the first ${MAX_ARCHIVES}`);
    if (!isCpio(bytes, at)) return cut(`${bytes.length - at} unpacked bytes that are no archive`);
    const { end, damaged } = yield* readCpio(bytes, at, (archive + 1) * MAX_ARCHIVES + inner);
    if (damaged === true)
      return cut(`a compressed archive in the initramfs: damaged at unpacked byte ${end}`);
    at = end;
  }
}
