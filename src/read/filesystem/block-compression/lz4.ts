import { decodeLz4, Lz4Damage } from '../../../core/codec/lz4-block.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/**
 * One LZ4 block, as squashfs stores it.
 * @param size bytes that it holds at most; fewer where it ends earlier
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function decodeLz4Block(input: Buffer, size: number): Buffer {
  try {
    return decodeLz4(input, size);
  } catch (error) {
    if (error instanceof Lz4Damage) throw new Unreadable('MALFORMED_FILE_SYSTEM', error.message);
    throw error;
  }
}
