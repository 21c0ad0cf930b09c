/**
 * An unsigned 64-bit field. What no safe integer holds is Infinity: no disk reaches there, so that every comparison
 * with a size refuses it.
 */
export function u64(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

/** The largest multiple of `unit` that is not above `value`. */
export function roundDown(value: number, unit: number): number {
  return value - (value % unit);
}
