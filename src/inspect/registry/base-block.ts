import { Failure } from '../../core/failure.ts';

/** Bytes before the bins; every offset in a hive counts from here. */
export const BINS_AT = 4096;

/** The first block of a hive ("Windows registry file format specification", M. Suhanov, "Base block"). */
export interface BaseBlock {
  /** Cell of the root key. */
  readonly root: number;
  /** Bytes of bins that it claims. */
  readonly binsSize: number;
  readonly minor: number;
  /** A write was begun and not ended: what is newer is in the transaction logs. */
  readonly dirty: boolean;
  readonly checksumHolds: boolean;
}

/** @throws Failure MALFORMED when these are no bytes of a hive */
export function parseBaseBlock(bytes: Buffer): BaseBlock {
  if (bytes.length < BINS_AT) throw malformed(`it has ${bytes.length} bytes, fewer than its first block`);
  if (bytes.toString('latin1', 0, 4) !== 'regf') throw malformed('it does not begin with regf');
  const major = bytes.readUInt32LE(20);
  if (major !== 1) throw malformed(`version ${major} is not known`);
  return {
    root: bytes.readUInt32LE(36),
    binsSize: bytes.readUInt32LE(40),
    minor: bytes.readUInt32LE(24),
    dirty: bytes.readUInt32LE(4) !== bytes.readUInt32LE(8),
    checksumHolds: checksumOf(bytes) === bytes.readUInt32LE(508),
  };
}

/** XOR of the first 508 bytes as 32-bit words; 0 and -1 are never written. */
export function checksumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= bytes.readInt32LE(at);
  if (sum === 0) return 1;
  return sum === -1 ? 0xfffffffe : sum >>> 0;
}

function malformed(what: string): Failure {
  return new Failure('MALFORMED', `this is no registry hive: ${what}`);
}
