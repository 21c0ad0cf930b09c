import { Unreadable } from '../unreadable.ts';
import { LONGEST_DESCRIPTOR } from './descriptor.ts';

/*
 * The header of a sparse extent: VMDK's own (`KDMV`), and that of ESX deltas (`COWD`). All is little-endian; places and
 * sizes are in sectors of 512 bytes.
 *
 * Source: VMware, Virtual Disk Format 5.0, "Hosted Sparse Extents", "ESX Server Sparse Extents", "Stream-Optimized
 * Compressed Sparse Extents".
 */

export const SECTOR = 512;
const HOSTED = 'KDMV';
const ESX = 'COWD';
/** A grain directory's place that says: it is in the footer, because the file was written front to back. */
const AT_END = 0xffffffffffffffffn;

const CHECKED_LINE_ENDS = 1;
const REDUNDANT_DIRECTORY = 2;
const ZERO_GRAINS = 4;
const COMPRESSED = 0x10000;
const MARKERS = 0x20000;
/** What a transfer as text would change. */
const LINE_ENDS = Buffer.from('\n \r\n');

/** Those of ESX always have as many, hosted ones 512. */
const MOST_ENTRIES = 4096;
/** QEMU's bound, 1 GiB. */
const LARGEST_GRAIN = 2 ** 30;
/** Real ones have 64 KiB; several are held at once. */
const LARGEST_COMPRESSED_GRAIN = 4 * 2 ** 20;

/** How a sparse extent is laid out. Bytes. */
export interface SparseHeader {
  readonly size: number;
  readonly grainSize: number;
  readonly entriesPerTable: number;
  /** Undefined where it is in the footer. */
  readonly directory: number | undefined;
  readonly redundantDirectory: number | undefined;
  /** Entry 1 of a grain table means zeros. */
  readonly zeroGrains: boolean;
  readonly compressed: boolean;
  /** A compressed grain starts with its place and length. */
  readonly markers: boolean;
  /** Where grains start. */
  readonly firstGrain: number;
  readonly descriptor: { readonly offset: number; readonly length: number } | undefined;
  readonly changedLineEnds: boolean;
}

export function isSparse(head: Buffer): boolean {
  const magic = head.toString('latin1', 0, 4);
  return magic === HOSTED || magic === ESX;
}

/**
 * @param head the sector with the header
 * @param name of the file, for messages
 * @param at where in the file the sector is: a footer is a header too
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED
 */
export function parseSparseHeader(head: Buffer, name: string, at = 0): SparseHeader {
  if (head.length < SECTOR) throw new Unreadable('TRUNCATED', `${name} ends in its header`, at + head.length);
  const magic = head.toString('latin1', 0, 4);
  if (magic === HOSTED) return requireSound(parseHosted(head, name, at), name, at);
  if (magic === ESX) return requireSound(parseEsx(head, name, at), name, at);
  throw new Unreadable('MALFORMED_DISK', `${name} is no sparse extent: there is no header`, at);
}

function parseHosted(head: Buffer, name: string, at: number): SparseHeader {
  const version = head.readUInt32LE(4);
  if (version < 1 || version > 3)
    throw new Unreadable(
      'UNSUPPORTED',
      `${name} is VMDK version ${version}: versions 1 to 3 are read`,
      at + 4,
    );
  const flags = head.readUInt32LE(8);
  const algorithm = head.readUInt16LE(77);
  if (algorithm > 1)
    throw new Unreadable('UNSUPPORTED', `${name} is compressed in an unknown way (${algorithm})`, at + 77);
  const compressed = (flags & COMPRESSED) !== 0;
  if (compressed !== (algorithm === 1)) {
    const message = `${name}: its header says two things about whether it is compressed`;
    throw new Unreadable('MALFORMED_DISK', message, at + 77);
  }
  const bytes = (field: number): number => readSectors(head, field, name, at);
  const atEnd = head.readBigUInt64LE(56) === AT_END;
  const length = bytes(36);
  return {
    size: bytes(12),
    grainSize: bytes(20),
    entriesPerTable: head.readUInt32LE(44),
    directory: atEnd ? undefined : bytes(56),
    redundantDirectory: (flags & REDUNDANT_DIRECTORY) === 0 ? undefined : bytes(48),
    zeroGrains: (flags & ZERO_GRAINS) !== 0,
    compressed,
    markers: (flags & MARKERS) !== 0,
    firstGrain: bytes(64),
    descriptor: bytes(28) === 0 || length === 0 ? undefined : { offset: bytes(28), length },
    changedLineEnds: (flags & CHECKED_LINE_ENDS) !== 0 && !head.subarray(73, 77).equals(LINE_ENDS),
  };
}

function parseEsx(head: Buffer, name: string, at: number): SparseHeader {
  const version = head.readUInt32LE(4);
  if (version !== 1)
    throw new Unreadable(
      'UNSUPPORTED',
      `${name} is an ESX extent of version ${version}: version 1 is read`,
      at + 4,
    );
  return {
    size: head.readUInt32LE(12) * SECTOR,
    grainSize: head.readUInt32LE(16) * SECTOR,
    entriesPerTable: MOST_ENTRIES,
    directory: head.readUInt32LE(20) * SECTOR,
    redundantDirectory: undefined,
    zeroGrains: false,
    compressed: false,
    markers: false,
    firstGrain: 0,
    descriptor: undefined,
    changedLineEnds: false,
  };
}

function requireSound(header: SparseHeader, name: string, at: number): SparseHeader {
  const refuse = (what: string): never => {
    throw new Unreadable('MALFORMED_DISK', `${name}: ${what}`, at);
  };
  const { grainSize, entriesPerTable, compressed, descriptor } = header;
  if (descriptor !== undefined && descriptor.length > LONGEST_DESCRIPTOR)
    refuse(`its descriptor would be ${descriptor.length} bytes long`);
  // Without capacity it holds a descriptor and nothing else.
  if (header.size === 0) return header;
  if (grainSize === 0 || grainSize > LARGEST_GRAIN || (compressed && grainSize > LARGEST_COMPRESSED_GRAIN))
    refuse(`its grains would be ${grainSize} bytes long`);
  if (entriesPerTable === 0 || entriesPerTable > MOST_ENTRIES)
    refuse(`its grain tables would have ${entriesPerTable} entries`);
  return header;
}

/** @throws Unreadable MALFORMED_DISK above 2^53 */
function readSectors(head: Buffer, field: number, name: string, at: number): number {
  const sectors = head.readBigUInt64LE(field);
  if (sectors <= BigInt(Number.MAX_SAFE_INTEGER) / BigInt(SECTOR)) return Number(sectors) * SECTOR;
  throw new Unreadable(
    'MALFORMED_DISK',
    `${name}: its header has ${sectors} sectors where there cannot be`,
    at + field,
  );
}
