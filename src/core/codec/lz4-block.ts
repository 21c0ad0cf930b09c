const MIN_MATCH = 4;
/** A length of 15 goes on in the bytes that follow. */
const LONG = 15;

/** A block that is damaged, or holds more than there is room for. */
export class Lz4Damage extends Error {
  override readonly name = 'Lz4Damage';
}

/**
 * One LZ4 block (LZ4 Block Format Description): no frame, no checksum.
 * @param size bytes that it holds at most; fewer where it ends earlier
 * @throws Lz4Damage
 */
export function decodeLz4(input: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let from = 0;
  let to = 0;

  const lengthAfter = (start: number): number => {
    if (start < LONG) return start;
    let length = start;
    for (;;) {
      const byte = input[from++];
      if (byte === undefined) throw damaged('ends inside a length', from);
      length += byte;
      if (byte !== 255) return length;
    }
  };

  while (from < input.length) {
    const token = input[from++] ?? 0;
    const literals = lengthAfter(token >> 4);
    if (literals > input.length - from) throw damaged('ends inside literals', from);
    if (literals > size - to) throw damaged(`holds more than ${size} bytes`, from);
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === input.length) return output.subarray(0, to);
    if (from + 2 > input.length) throw damaged('ends inside a distance', from);
    const distance = input.readUInt16LE(from);
    from += 2;
    const length = lengthAfter(token & 15) + MIN_MATCH;
    if (distance === 0 || distance > to) throw damaged('copies from before its beginning', from);
    if (length > size - to) throw damaged(`holds more than ${size} bytes`, from);
    to = copyWithin(output, to, distance, length);
  }
  throw damaged('ends without its last literals', from);
}

/**
 * Appends `length` bytes from `distance` back, which may be bytes that this very copy writes: a distance of 1 repeats one byte.
 * Bounds are the caller's. Returns the new end.
 */
export function copyWithin(output: Buffer, end: number, distance: number, length: number): number {
  if (distance >= length && length > 32) {
    output.copyWithin(end, end - distance, end - distance + length);
    return end + length;
  }
  for (let at = end; at < end + length; at++) output[at] = output[at - distance] ?? 0;
  return end + length;
}

function damaged(what: string, at: number): Lz4Damage {
  return new Lz4Damage(`an LZ4 block ${what} (byte ${at} of it)`);
}
