/*
 * CRC-32C (Castagnoli): what ext4, XFS, btrfs and VHDX check themselves with. Node has none.
 *
 * Two functions, because formats differ in what they do before and after. `crc32c` is the whole algorithm: the register starts
 * with all ones and is inverted at the end; CRC-32C of "123456789" is 0xe3069283. `updateCrc32c` is the bare register without
 * either inversion, to go on over several pieces or from a seed of the format's own:
 *
 *   crc32c(bytes) === (updateCrc32c(0xffffffff, bytes) ^ 0xffffffff) >>> 0
 *   updateCrc32c(updateCrc32c(register, a), b) === updateCrc32c(register, a + b)
 *
 * ext4 stores the bare register (`updateCrc32c(seed, …)`, the seed being the register over the UUID); XFS, btrfs and VHDX store `crc32c`.
 */

/** The polynomial 0x1edc6f41, bits reversed (RFC 3720, B.4). */
const POLYNOMIAL = 0x82f63b78;

/** `TABLES[256 * n + byte]`: the register after `byte` and `n` zero bytes. Eight bytes are one step ("slicing by 8"). */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ ((register & 1) === 0 ? 0 : POLYNOMIAL);
    tables[byte] = register;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

/** CRC-32C of the bytes, both inversions done: an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  return ~updateCrc32c(0xffffffff, bytes) >>> 0;
}

/**
 * The register after `bytes`, nothing inverted: an unsigned 32-bit number.
 * @param register 0xffffffff to begin with, or what a call before returned
 */
export function updateCrc32c(register: number, bytes: Uint8Array): number {
  const tables = TABLES;
  const { length } = bytes;
  const whole = length - (length % 8);
  let crc = register | 0;
  let at = 0;
  // No index below leaves its table, nor `whole` the bytes: `| 0` is for the type alone.
  while (at < whole) {
    crc ^=
      at8(bytes, at) | (at8(bytes, at + 1) << 8) | (at8(bytes, at + 2) << 16) | (at8(bytes, at + 3) << 24);
    crc =
      at32(tables, 0x700 | (crc & 0xff)) ^
      at32(tables, 0x600 | ((crc >>> 8) & 0xff)) ^
      at32(tables, 0x500 | ((crc >>> 16) & 0xff)) ^
      at32(tables, 0x400 | (crc >>> 24)) ^
      at32(tables, 0x300 | at8(bytes, at + 4)) ^
      at32(tables, 0x200 | at8(bytes, at + 5)) ^
      at32(tables, 0x100 | at8(bytes, at + 6)) ^
      at32(tables, at8(bytes, at + 7));
    at += 8;
  }
  for (; at < length; at++) crc = (crc >>> 8) ^ at32(tables, (crc ^ at8(bytes, at)) & 0xff);
  return crc >>> 0;
}

function at8(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function at32(table: Int32Array, at: number): number {
  return table[at] as number;
}
