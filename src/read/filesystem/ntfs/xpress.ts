import { Unreadable } from '../../disk/unreadable.ts';
import { BitReader } from './bit-reader.ts';
import { PrefixCode } from './prefix-code.ts';

/* XPRESS with Huffman codes ([MS-XCA] 2.1): literals and references, coded with one prefix code of 512 symbols. */

const SYMBOLS = 512;
const TABLE_BYTES = SYMBOLS / 2;
const MIN_MATCH = 3;

/**
 * Decodes one chunk.
 * @param size bytes of it, decoded; at most 64 KiB
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function decodeXpress(packed: Buffer, size: number): Buffer {
  if (packed.length < TABLE_BYTES) throw malformed('is shorter than its table');
  const lengths = new Uint8Array(SYMBOLS);
  for (let at = 0; at < TABLE_BYTES; at++) {
    const pair = packed[at] ?? 0;
    lengths[2 * at] = pair & 15;
    lengths[2 * at + 1] = pair >> 4;
  }
  const code = new PrefixCode(lengths);
  const reader = new BitReader(packed, TABLE_BYTES);
  const out = Buffer.alloc(size);
  for (let to = 0; to < size; ) {
    const symbol = code.decode(reader);
    if (symbol < 256) out[to++] = symbol;
    else to = copyBack(out, to, symbol - 256, reader);
  }
  if (reader.isPastEnd) throw malformed('ends too early');
  return out;
}

function copyBack(out: Buffer, to: number, header: number, reader: BitReader): number {
  const distanceBits = header >> 4;
  const distance = (1 << distanceBits) | reader.take(distanceBits);
  const end = to + readLength(header & 15, reader) + MIN_MATCH;
  if (distance > to || end > out.length) throw malformed('refers to what is outside it');
  for (let at = to; at < end; at++) out[at] = out[at - distance] ?? 0;
  return end;
}

function readLength(short: number, reader: BitReader): number {
  if (short < 15) return short;
  const byte = reader.takeByte();
  if (byte < 255) return 15 + byte;
  return reader.takeByte() | (reader.takeByte() << 8);
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `an XPRESS chunk ${what}`);
}
