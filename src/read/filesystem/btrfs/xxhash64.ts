/*
 * XXH64 with seed 0 (xxHash fast digest algorithm, version 0.1.1), in halves of 32 bits: with big integers it would be slower
 * than the disk.
 */

/** A number of 64 bits in two halves, either of any sign. */
interface Lane {
  high: number;
  low: number;
}

/** 16-bit limbs of a constant, lowest first, so that products stay exact. */
type Limbs = readonly [number, number, number, number];

const PRIME_1: Limbs = [0xca87, 0x85eb, 0x79b1, 0x9e37];
const PRIME_2: Limbs = [0xeb4f, 0x27d4, 0xae3d, 0xc2b2];
const PRIME_3: Limbs = [0x79f9, 0x9e37, 0x67b1, 0x1656];
const PRIME_4: Limbs = [0xae63, 0xc2b2, 0xca77, 0x85eb];
const PRIME_5: Limbs = [0x67c5, 0x1656, 0xeb2f, 0x27d4];

/** The hash in the order btrfs stores it: lowest byte first. */
export function xxhash64(bytes: Buffer): Buffer {
  const hash: Lane = { high: 0, low: 0 };
  let at = 0;
  if (bytes.length >= 32) at = absorbStripes(bytes, hash);
  else add(hash, PRIME_5);
  addNumber(hash, bytes.length);
  for (; at + 8 <= bytes.length; at += 8) {
    const lane: Lane = { high: 0, low: 0 };
    round(lane, bytes, at);
    exclusiveOr(hash, lane);
    rotate(hash, 27);
    multiply(hash, PRIME_1);
    add(hash, PRIME_4);
  }
  if (at + 4 <= bytes.length) {
    const lane: Lane = { high: 0, low: bytes.readInt32LE(at) };
    multiply(lane, PRIME_1);
    exclusiveOr(hash, lane);
    rotate(hash, 23);
    multiply(hash, PRIME_2);
    add(hash, PRIME_3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    const lane: Lane = { high: 0, low: bytes[at] ?? 0 };
    multiply(lane, PRIME_5);
    exclusiveOr(hash, lane);
    rotate(hash, 11);
    multiply(hash, PRIME_1);
  }
  return finish(hash);
}

function absorbStripes(bytes: Buffer, hash: Lane): number {
  const first = lane(PRIME_1);
  add(first, PRIME_2);
  const second = lane(PRIME_2);
  const third: Lane = { high: 0, low: 0 };
  const fourth: Lane = { high: ~0, low: ~0 };
  const inverted = lane(PRIME_1);
  exclusiveOr(fourth, inverted);
  addNumber(fourth, 1);
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32) {
    round(first, bytes, at);
    round(second, bytes, at + 8);
    round(third, bytes, at + 16);
    round(fourth, bytes, at + 24);
  }
  for (const [one, bits] of [
    [first, 1],
    [second, 7],
    [third, 12],
    [fourth, 18],
  ] as const) {
    const turned = { ...one };
    rotate(turned, bits);
    addLane(hash, turned);
  }
  for (const one of [first, second, third, fourth]) {
    multiply(one, PRIME_2);
    rotate(one, 31);
    multiply(one, PRIME_1);
    exclusiveOr(hash, one);
    multiply(hash, PRIME_1);
    add(hash, PRIME_4);
  }
  return at;
}

/** One lane takes 8 bytes. */
function round(into: Lane, bytes: Buffer, at: number): void {
  const input: Lane = { high: bytes.readInt32LE(at + 4), low: bytes.readInt32LE(at) };
  multiply(input, PRIME_2);
  addLane(into, input);
  rotate(into, 31);
  multiply(into, PRIME_1);
}

function finish(hash: Lane): Buffer {
  hash.low ^= hash.high >>> 1;
  multiply(hash, PRIME_2);
  const { high, low } = hash;
  hash.low = low ^ ((high << 3) | (low >>> 29));
  hash.high = high ^ (high >>> 29);
  multiply(hash, PRIME_3);
  hash.low ^= hash.high;
  const result = Buffer.alloc(8);
  result.writeInt32LE(hash.low | 0, 0);
  result.writeInt32LE(hash.high | 0, 4);
  return result;
}

function lane([a, b, c, d]: Limbs): Lane {
  return { high: c | (d << 16), low: a | (b << 16) };
}

function addLane(to: Lane, { high, low }: Lane): void {
  const sum = (to.low >>> 0) + (low >>> 0);
  to.low = sum | 0;
  to.high = (to.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
}

function add(to: Lane, limbs: Limbs): void {
  addLane(to, lane(limbs));
}

function addNumber(to: Lane, value: number): void {
  addLane(to, { high: 0, low: value });
}

function exclusiveOr(to: Lane, { high, low }: Lane): void {
  to.high ^= high;
  to.low ^= low;
}

/** @param bits 1 to 31 */
function rotate(value: Lane, bits: number): void {
  const { high, low } = value;
  value.high = (high << bits) | (low >>> (32 - bits));
  value.low = (low << bits) | (high >>> (32 - bits));
}

function multiply(value: Lane, [b0, b1, b2, b3]: Limbs): void {
  const a0 = value.low & 0xffff;
  const a1 = value.low >>> 16;
  const a2 = value.high & 0xffff;
  const a3 = value.high >>> 16;
  const c0 = a0 * b0;
  const c1 = Math.floor(c0 / 0x10000) + a1 * b0 + a0 * b1;
  const c2 = Math.floor(c1 / 0x10000) + a2 * b0 + a1 * b1 + a0 * b2;
  // Only its low 16 bits count, and four products of 32 bits stay exact.
  const c3 = Math.floor(c2 / 0x10000) + a3 * b0 + a2 * b1 + a1 * b2 + a0 * b3;
  value.low = (c0 & 0xffff) | ((c1 & 0xffff) << 16);
  value.high = (c2 & 0xffff) | ((c3 & 0xffff) << 16);
}
