/*
 * Keccak-256 as Monero (and Ethereum) use it: the submission to the SHA-3 competition, with padding byte 0x01 where
 * FIPS 202 has 0x06. node:crypto has only the FIPS one. Sponge of 1600 bits, rate 1088 (136 bytes), 24 rounds; see
 * "The Keccak reference", version 3.0, section 1.2. It hashes addresses, 65 bytes at a time, so clarity comes before
 * speed: lanes are big integers, and round constants and rotations are computed as the reference defines them.
 */

const RATE = 136;
const MASK = (1n << 64n) - 1n;
const ROUND_CONSTANTS = roundConstants();

export function keccak256(message: Uint8Array): Uint8Array {
  const state = new Array<bigint>(25).fill(0n);
  const padded = pad(message);
  for (let block = 0; block < padded.length; block += RATE) {
    const view = new DataView(padded.buffer, block, RATE);
    for (let lane = 0; lane < RATE / 8; lane++) xorInto(state, lane, view.getBigUint64(lane * 8, true));
    for (const constant of ROUND_CONSTANTS) permute(state, constant);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) digest.setBigUint64(lane * 8, state[lane] ?? 0n, true);
  return new Uint8Array(digest.buffer);
}

function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array((Math.floor(message.length / RATE) + 1) * RATE);
  padded.set(message);
  padded[message.length] = 0x01;
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) | 0x80;
  return padded;
}

function permute(state: bigint[], constant: bigint): void {
  theta(state);
  chi(state, rhoAndPi(state));
  xorInto(state, 0, constant);
}

function theta(state: bigint[]): void {
  const columns = [0, 1, 2, 3, 4].map((x) =>
    [0, 5, 10, 15, 20].reduce((sum, y) => sum ^ (state[x + y] ?? 0n), 0n),
  );
  for (let lane = 0; lane < 25; lane++) {
    const x = lane % 5;
    xorInto(state, lane, (columns[(x + 4) % 5] ?? 0n) ^ rotate(columns[(x + 1) % 5] ?? 0n, 1n));
  }
}

function rhoAndPi(state: readonly bigint[]): bigint[] {
  const moved = new Array<bigint>(25).fill(0n);
  moved[0] = state[0] ?? 0n;
  let x = 1;
  let y = 0;
  for (let step = 0; step < 24; step++) {
    const turn = BigInt((((step + 1) * (step + 2)) / 2) % 64);
    const lane = state[x + 5 * y] ?? 0n;
    [x, y] = [y, (2 * x + 3 * y) % 5];
    moved[x + 5 * y] = rotate(lane, turn);
  }
  return moved;
}

function chi(state: bigint[], moved: readonly bigint[]): void {
  for (let row = 0; row < 25; row += 5) {
    for (let x = 0; x < 5; x++) {
      const next = moved[row + ((x + 1) % 5)] ?? 0n;
      const afterNext = moved[row + ((x + 2) % 5)] ?? 0n;
      state[row + x] = (moved[row + x] ?? 0n) ^ (~next & MASK & afterNext);
    }
  }
}

/** The output of a linear feedback shift register over x^8 + x^6 + x^5 + x^4 + 1 sets bits 2^j - 1 of each constant. */
function roundConstants(): readonly bigint[] {
  let register = 1;
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let j = 0; j < 7; j++) {
      if ((register & 1) === 1) constant |= 1n << BigInt(2 ** j - 1);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
    return constant;
  });
}

function rotate(lane: bigint, by: bigint): bigint {
  return ((lane << by) | (lane >> (64n - by))) & MASK;
}

function xorInto(state: bigint[], lane: number, value: bigint): void {
  state[lane] = (state[lane] ?? 0n) ^ value;
}
