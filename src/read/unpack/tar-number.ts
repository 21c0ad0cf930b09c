const SPACE = 0x20;
const ZERO = 0x30;
const SEVEN = 0x37;

/**
 * A number field of a tar header: octal digits, or GNU's base-256 with the top bit set (negative by two's
 * complement). Undefined where it is neither, or beyond 2^53. An empty field is 0, as every reader has it.
 */
export function parseNumber(block: Uint8Array, start: number, length: number): number | undefined {
  return ((block[start] ?? 0) & 0x80) !== 0
    ? parseBase256(block, start, length)
    : parseOctal(block, start, length);
}

function parseOctal(block: Uint8Array, start: number, length: number): number | undefined {
  const end = start + length;
  let at = start;
  while (at < end && (block[at] === SPACE || block[at] === 0)) at++;
  let value = 0;
  for (; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0) break;
    if (byte === SPACE) return isBlank(block, at, end) ? value : undefined;
    if (byte < ZERO || byte > SEVEN) return undefined;
    value = value * 8 + (byte - ZERO);
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function isBlank(block: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end && block[at] !== 0; at++) if (block[at] !== SPACE) return false;
  return true;
}

function parseBase256(block: Uint8Array, start: number, length: number): number | undefined {
  const negative = ((block[start] ?? 0) & 0x40) !== 0;
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const byte = (block[at] ?? 0) ^ (negative ? 0xff : 0);
    value = value * 256 + (at === start ? byte & 0x7f : byte);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return negative ? -value - 1 : value;
}
