import { keccak256 } from './keccak.ts';

/*
 * Monero addresses, told by their own checksum: base58 in blocks of 8 bytes (11 characters), a network byte, two
 * public keys, a payment id in integrated ones, and the first 4 bytes of Keccak-256 over all before (Monero
 * "CryptoNote standard 007" and src/common/base58). A string that only looks alike passes one time in 2^32.
 */

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const SHAPE =
  /(?<![1-9A-HJ-NP-Za-km-z])[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?(?![1-9A-HJ-NP-Za-km-z])/g;
/** Main network: standard, integrated, subaddress. */
const NETWORKS = [18, 19, 42];
/** Bytes that a block of so many characters holds; lengths in between do not occur. */
const BYTES_IN_BLOCK = new Map([
  [2, 1],
  [3, 2],
  [5, 3],
  [6, 4],
  [7, 5],
  [9, 6],
  [10, 7],
  [11, 8],
]);
export interface MoneroAddress {
  readonly offset: number;
  readonly address: string;
}

export function* findMoneroAddresses(text: string): Generator<MoneroAddress> {
  for (const { index, 0: address } of text.matchAll(SHAPE)) {
    if (isMoneroAddress(address)) yield { offset: index, address };
  }
}

export function isMoneroAddress(address: string): boolean {
  const bytes = decodeBase58(address);
  if (bytes === undefined || !NETWORKS.includes(bytes[0] ?? 0)) return false;
  const payload = bytes.subarray(0, -4);
  return keccak256(payload)
    .subarray(0, 4)
    .every((byte, at) => byte === bytes[payload.length + at]);
}

/** `4AbCd…wxyz`: enough to tell addresses apart. */
export function abbreviateAddress(address: string): string {
  return `${address.slice(0, 8)}…${address.slice(-6)}`;
}

function decodeBase58(text: string): Uint8Array | undefined {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += 11) {
    const block = decodeBlock(text.slice(at, at + 11));
    if (block === undefined) return undefined;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

function decodeBlock(block: string): Uint8Array | undefined {
  const size = BYTES_IN_BLOCK.get(block.length);
  if (size === undefined) return undefined;
  let value = 0n;
  for (const character of block) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  if (value >= 1n << BigInt(8 * size)) return undefined;
  return Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
}
