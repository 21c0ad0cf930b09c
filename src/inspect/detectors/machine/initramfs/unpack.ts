import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type CpioFile, isCpio, readCpio } from './cpio.ts';

/** Unpacked bytes looked at: honest ones have 50 to 150 MiB. */
const MAX_UNPACKED = 256 * 2 ** 20;
const MAX_ARCHIVES = 16;

/**
 * The files of an initramfs: archives one after the other, the last one mostly compressed.
 * @param cut told what could not be read
 */
export function* filesOf(bytes: Buffer, cut: (what: string) => void): Generator<CpioFile> {
  let at = 0;
  for (let archives = 0; archives < MAX_ARCHIVES; archives++) {
    while (bytes[at] === 0) at++;
    if (at >= bytes.length) return;
    if (!isCpio(bytes, at)) break;
    const { end, damaged } = yield* readCpio(bytes, at);
    if (damaged === true) return cut('an initramfs archive that is damaged');
    at = end;
  }
  if (at >= bytes.length) return;
  const unpacked = unpack(bytes.subarray(at));
  if (unpacked === undefined) return cut('the initramfs: its compression is not read here, or it is damaged');
  const { damaged } = yield* readCpio(unpacked, 0);
  if (damaged === true) cut('an initramfs archive that is damaged');
}

/** gzip and zstd are what distributions use; what follows a first archive is the last. */
function unpack(packed: Buffer): Buffer | undefined {
  const options = { maxOutputLength: MAX_UNPACKED };
  try {
    if (packed.readUInt16BE(0) === 0x1f8b) return gunzipSync(packed, options);
    if (packed.readUInt32LE(0) === 0xfd2fb528) return zstdDecompressSync(packed, options);
    return isCpio(packed, 0) ? packed : undefined;
  } catch {
    return undefined;
  }
}
