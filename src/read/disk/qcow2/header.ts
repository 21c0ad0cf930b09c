import { Unreadable } from '../unreadable.ts';

/*
 * The first cluster of a qcow2 file: header, header extensions and the name of the backing file. All of it is big-endian, all of it
 * bounded by the cluster.
 *
 * Source: QEMU docs/interop/qcow2.txt.
 */

const MAGIC = 0x514649fb;
const V2_HEADER_BYTES = 72;
const V3_HEADER_BYTES = 104;
const CLUSTER_BITS = { least: 9, most: 21, leastExtended: 14 } as const;
/** QEMU opens no larger one. */
const MOST_L1_BYTES = 32 * 2 ** 20;
const LONGEST_BACKING_NAME = 1023;

const CORRUPT = 1;
const EXTERNAL_DATA = 2;
const COMPRESSION_TYPE = 3;
const EXTENDED_L2 = 4;
/** Bit 0, dirty, says that reference counts may be wrong: they are not used here. */
const KNOWN_INCOMPATIBLE = 0b11111;

const END_OF_EXTENSIONS = 0;
const BACKING_FORMAT = 0xe2792aca;
const FEATURE_NAMES = 0x6803f857;
const DATA_FILE = 0x44415441;

const ENCRYPTION = ['', 'AES', 'LUKS'] as const;

export type Compression = 'zlib' | 'zstd';

export interface Header {
  readonly version: 2 | 3;
  /** Bytes of the disk. */
  readonly size: number;
  readonly clusterBits: number;
  readonly l1: { readonly offset: number; readonly entries: number };
  readonly backing?: { readonly name: string; readonly format?: string };
  /** Clusters are in a file of their own; its name is not always written. */
  readonly externalData?: { readonly name: string | undefined };
  readonly compression: Compression;
  readonly extendedL2: boolean;
  readonly corrupt: boolean;
}

export function isQcow2(head: Buffer): boolean {
  // Version 1 has the same magic: it is told apart when it is opened, and refused by name.
  return head.length >= 8 && head.readUInt32BE(0) === MAGIC;
}

/**
 * @param head the first cluster, or the 2 MiB that the largest one has, or all of a smaller file
 * @param name of the file, for messages
 * @throws Unreadable
 */
export function parseHeader(head: Buffer, name: string): Header {
  const refuse = (what: string, offset: number): never => {
    throw new Unreadable('MALFORMED_DISK', `${name}: ${what}`, offset);
  };
  if (head.length < V2_HEADER_BYTES)
    throw new Unreadable('TRUNCATED', `${name} ends in its header`, head.length);
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    throw new Unreadable('UNSUPPORTED', `${name} is qcow version ${version}: versions 2 and 3 are read`, 4);
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < CLUSTER_BITS.least || clusterBits > CLUSTER_BITS.most)
    refuse(`its clusters would be 2^${clusterBits} bytes`, 20);
  const encryption = head.readUInt32BE(32);
  if (encryption !== 0) {
    const method = ENCRYPTION[encryption] ?? `method ${encryption}`;
    throw new Unreadable('ENCRYPTED', `${name} is encrypted (${method}): nothing in it can be inspected`, 32);
  }
  const cluster = head.subarray(0, 2 ** clusterBits);
  const newer = version === 3 ? parseVersion3(cluster, name) : V2;
  if (newer.extendedL2 && clusterBits < CLUSTER_BITS.leastExtended)
    refuse(`its clusters of 2^${clusterBits} bytes are too small for subclusters`, 20);
  const size = readSafe(cluster, 24) ?? refuse('its size is beyond all reason', 24);
  const backing = readBackingName(cluster, name);
  const extensions = parseExtensions(cluster, newer.headerBytes, backing?.offset, name);
  refuseUnknown(newer.incompatible, extensions.get(FEATURE_NAMES), name);
  const format = extensions.get(BACKING_FORMAT)?.toString('utf8');
  return {
    version,
    size,
    clusterBits,
    l1: parseL1(cluster, { size, clusterBits, extendedL2: newer.extendedL2 }, refuse),
    ...(backing !== undefined && {
      backing: { name: backing.name, ...(format !== undefined && { format }) },
    }),
    ...(hasBit(newer.incompatible, EXTERNAL_DATA) && {
      externalData: { name: extensions.get(DATA_FILE)?.toString('utf8') },
    }),
    compression: newer.compression,
    extendedL2: newer.extendedL2,
    corrupt: hasBit(newer.incompatible, CORRUPT),
  };
}

interface Version3 {
  readonly headerBytes: number;
  readonly incompatible: bigint;
  readonly compression: Compression;
  readonly extendedL2: boolean;
}

const V2: Version3 = {
  headerBytes: V2_HEADER_BYTES,
  incompatible: 0n,
  compression: 'zlib',
  extendedL2: false,
};

function parseVersion3(cluster: Buffer, name: string): Version3 {
  if (cluster.length < V3_HEADER_BYTES)
    throw new Unreadable('TRUNCATED', `${name} ends in its header`, cluster.length);
  const incompatible = cluster.readBigUInt64BE(72);
  const headerBytes = cluster.readUInt32BE(100);
  if (headerBytes < V3_HEADER_BYTES || headerBytes > cluster.length || headerBytes % 8 !== 0)
    throw new Unreadable('MALFORMED_DISK', `${name}: its header would be ${headerBytes} bytes long`, 100);
  const type = headerBytes > V3_HEADER_BYTES ? cluster.readUInt8(104) : 0;
  if (type > 1)
    throw new Unreadable('UNSUPPORTED', `${name} is compressed in an unknown way (type ${type})`, 104);
  if (hasBit(incompatible, COMPRESSION_TYPE) !== (type !== 0)) {
    const message = `${name}: its header says two things about how it is compressed`;
    throw new Unreadable('MALFORMED_DISK', message, 104);
  }
  const compression = type === 1 ? 'zstd' : 'zlib';
  return { headerBytes, incompatible, compression, extendedL2: hasBit(incompatible, EXTENDED_L2) };
}

/** Every L1 entry that the size needs must be there: QEMU refuses the disk else. */
function parseL1(
  cluster: Buffer,
  { size, clusterBits, extendedL2 }: Pick<Header, 'size' | 'clusterBits' | 'extendedL2'>,
  refuse: (what: string, offset: number) => never,
): Header['l1'] {
  const entries = cluster.readUInt32BE(36);
  const offset = readSafe(cluster, 40) ?? refuse('its L1 table is beyond all reason', 40);
  if (entries * 8 > MOST_L1_BYTES) refuse(`its L1 table would have ${entries} entries`, 36);
  if (entries * coveredByL1Entry(clusterBits, extendedL2) < size)
    refuse(`its L1 table of ${entries} entries is too small for a disk of ${size} bytes`, 36);
  if (entries > 0 && offset % 2 ** clusterBits !== 0)
    refuse('its L1 table does not start with a cluster', 40);
  return { offset, entries };
}

/** Bytes of the disk that one L2 table maps. */
export function coveredByL1Entry(clusterBits: number, extendedL2: boolean): number {
  return 2 ** clusterBits * (2 ** clusterBits / (extendedL2 ? 16 : 8));
}

function readBackingName(cluster: Buffer, name: string): { name: string; offset: number } | undefined {
  const offset = readSafe(cluster, 8);
  if (offset === 0) return undefined;
  const length = cluster.readUInt32BE(16);
  if (offset === undefined || length > LONGEST_BACKING_NAME || offset + length > cluster.length)
    throw new Unreadable(
      'MALFORMED_DISK',
      `${name}: the name of its backing file is outside its first cluster`,
      8,
    );
  // An empty name is no backing file to QEMU; where it stands still bounds the extensions.
  if (length === 0) return undefined;
  return { name: cluster.toString('utf8', offset, offset + length), offset };
}

/** Those that are known; of one that stands twice, QEMU heeds the last, and so is it here. */
function parseExtensions(
  cluster: Buffer,
  start: number,
  backing: number | undefined,
  name: string,
): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  const end = backing ?? cluster.length;
  for (let at = start; at + 8 <= end; ) {
    const type = cluster.readUInt32BE(at);
    const length = cluster.readUInt32BE(at + 4);
    if (type === END_OF_EXTENSIONS) break;
    const next = at + 8 + Math.ceil(length / 8) * 8;
    if (at + 8 + length > end)
      throw new Unreadable(
        'MALFORMED_DISK',
        `${name}: a header extension is longer than its first cluster`,
        at,
      );
    found.set(type, cluster.subarray(at + 8, at + 8 + length));
    at = next;
  }
  return found;
}

function refuseUnknown(incompatible: bigint, names: Buffer | undefined, name: string): void {
  for (let bit = 0; bit < 64; bit++) {
    if (!hasBit(incompatible, bit) || hasBit(BigInt(KNOWN_INCOMPATIBLE), bit)) continue;
    const called = featureName(names, bit);
    const feature = `incompatible bit ${bit}${called === undefined ? '' : `, ${JSON.stringify(called)}`}`;
    throw new Unreadable('UNSUPPORTED', `${name} has a feature that is not known (${feature})`, 72);
  }
}

/** Entries of 48 bytes: kind (0: incompatible), bit, name padded with zeros. */
function featureName(names: Buffer | undefined, bit: number): string | undefined {
  for (let at = 0; names !== undefined && at + 48 <= names.length; at += 48) {
    if (names[at] !== 0 || names[at + 1] !== bit) continue;
    const text = names.toString('latin1', at + 2, at + 48);
    return text.split('\0', 1)[0];
  }
  return undefined;
}

function hasBit(field: bigint, bit: number): boolean {
  return ((field >> BigInt(bit)) & 1n) === 1n;
}

function readSafe(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64BE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
