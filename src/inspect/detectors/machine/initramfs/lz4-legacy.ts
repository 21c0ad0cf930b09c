import { decodeLz4, Lz4Damage } from '../../../../core/codec/lz4-block.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { TOO_LARGE, type Unpacked } from './unpacked.ts';

const MAGIC = 0x184c2102;
/** What one block holds at most; all but the last are full. */
const BLOCK = 8 * 2 ** 20;
/** LZ4_compressBound of it: no block is larger packed. */
const MAX_PACKED = BLOCK + Math.floor(BLOCK / 255) + 16;

/**
 * LZ4's legacy frames (LZ4 Frame Format Description, "Legacy frame"), as the kernel reads them (lib/decompress_unlz4.c): blocks
 * with their packed length, until nothing or zeros follow.
 */
export function decodeLz4Legacy(packed: Buffer, expected: number, most: number): Unpacked {
  const output = new GrowingBuffer(expected, most);
  let at = 0;
  const stop = (flaw: string): Unpacked => ({ bytes: output.bytes, used: at, flaw });
  while (at + 4 <= packed.length) {
    const size = packed.readUInt32LE(at);
    if (size === 0) break;
    if (size === MAGIC) {
      at += 4;
      continue;
    }
    if (size > MAX_PACKED) return stop('is damaged (an LZ4 block is larger than one can be)');
    if (size > packed.length - at - 4) return stop('ends early');
    try {
      const block = decodeLz4(packed.subarray(at + 4, at + 4 + size), Math.min(BLOCK, output.room));
      output.append(block);
    } catch (error) {
      if (!(error instanceof Lz4Damage)) throw error;
      return stop(output.room < BLOCK ? TOO_LARGE : `is damaged (${error.message})`);
    }
    at += 4 + size;
  }
  return { bytes: output.bytes, used: at };
}
