import { Unreadable } from '../../disk/unreadable.ts';

/*
 * LZNT1 ([MS-XCA] 2.5): chunks that each give at most 4096 bytes, of literals and of references back into the chunk. How many bits
 * of a reference are distance and how many are length depends on how far into the chunk it stands.
 */

const CHUNK = 4096;

/**
 * Decodes one compression unit; what its chunks do not fill is zeros.
 * @param size bytes of the unit, decoded
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function decodeLznt1(packed: Buffer, size: number): Buffer {
  const out = Buffer.alloc(size);
  let from = 0;
  for (let to = 0; to < size && from + 2 <= packed.length; to += CHUNK) {
    const header = packed.readUInt16LE(from);
    if (header === 0) break;
    const start = from + 2;
    const end = start + (header & 0xfff) + 1;
    if (end > packed.length) throw malformed('ends inside a chunk');
    const room = out.subarray(to, Math.min(to + CHUNK, size));
    if ((header & 0x8000) !== 0) decodeChunk(packed.subarray(start, end), room);
    else packed.copy(room, 0, start, end);
    from = end;
  }
  return out;
}

function decodeChunk(packed: Buffer, out: Buffer): void {
  let [from, to] = [0, 0];
  while (from < packed.length) {
    const flags = packed[from++] ?? 0;
    for (let bit = 0; bit < 8 && from < packed.length; bit++) {
      if (to >= out.length) throw malformed('has a chunk that is too long');
      if ((flags & (1 << bit)) === 0) {
        out[to++] = packed[from++] ?? 0;
        continue;
      }
      if (from + 2 > packed.length) throw malformed('ends inside a reference');
      to = copyBack(out, to, packed.readUInt16LE(from));
      from += 2;
    }
  }
}

function copyBack(out: Buffer, to: number, reference: number): number {
  const lengthBits = to <= 16 ? 12 : 12 - (28 - Math.clz32(to - 1));
  const distance = (reference >> lengthBits) + 1;
  const end = to + (reference & ((1 << lengthBits) - 1)) + 3;
  if (distance > to) throw malformed('refers to before its beginning');
  if (end > out.length) throw malformed('has a chunk that is too long');
  for (let at = to; at < end; at++) out[at] = out[at - distance] ?? 0;
  return end;
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `compressed content ${what}`);
}
