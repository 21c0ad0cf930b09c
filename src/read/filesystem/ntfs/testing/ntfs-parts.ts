/* The structures of NTFS as bytes, each as right or as wrong as a test wants it. */

export interface AttributeOptions {
  readonly name?: string;
  readonly flags?: number;
  readonly instance?: number;
}

export interface ExtentOptions extends AttributeOptions {
  readonly size: number;
  readonly initialized?: number;
  readonly firstVcn?: number;
  /** Power of two of the clusters in a compressed unit. */
  readonly unit?: number;
}

/** `[count, cluster]`, or `[count]` for a hole. */
export type RunSpec = readonly [count: number, lcn?: number];

export function resident(type: number, value: Buffer | string, options: AttributeOptions = {}): Buffer {
  const bytes = Buffer.from(value);
  const name = Buffer.from(options.name ?? '', 'utf16le');
  const at = align(24 + name.length);
  const attribute = header(type, align(at + bytes.length), 0, 24, options);
  attribute.writeUInt32LE(bytes.length, 16);
  attribute.writeUInt16LE(at, 20);
  name.copy(attribute, 24);
  bytes.copy(attribute, at);
  return attribute;
}

export function nonResident(type: number, runs: readonly RunSpec[] | Buffer, options: ExtentOptions): Buffer {
  const name = Buffer.from(options.name ?? '', 'utf16le');
  const pairs = Buffer.isBuffer(runs) ? runs : mappingPairs(runs);
  const at = align(72 + name.length);
  const attribute = header(type, align(at + pairs.length), 1, 72, options);
  attribute.writeBigUInt64LE(BigInt(options.firstVcn ?? 0), 16);
  attribute.writeUInt16LE(at, 32);
  attribute.writeUInt8(options.unit ?? 0, 34);
  attribute.writeBigUInt64LE(BigInt(options.size), 40);
  attribute.writeBigUInt64LE(BigInt(options.size), 48);
  attribute.writeBigUInt64LE(BigInt(options.initialized ?? options.size), 56);
  name.copy(attribute, 72);
  pairs.copy(attribute, at);
  return attribute;
}

function header(
  type: number,
  length: number,
  form: number,
  nameAt: number,
  options: AttributeOptions,
): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(length, 4);
  bytes.writeUInt8(form, 8);
  bytes.writeUInt8(options.name?.length ?? 0, 9);
  bytes.writeUInt16LE(nameAt, 10);
  bytes.writeUInt16LE(options.flags ?? 0, 12);
  bytes.writeUInt16LE(options.instance ?? 0, 14);
  return bytes;
}

export function mappingPairs(runs: readonly RunSpec[]): Buffer {
  let before = 0;
  const parts = runs.map(([count, lcn]) => {
    const run = Buffer.alloc(lcn === undefined ? 5 : 9);
    run.writeUInt8(lcn === undefined ? 0x04 : 0x44, 0);
    run.writeInt32LE(count, 1);
    if (lcn !== undefined) run.writeInt32LE(lcn - before, 5);
    before = lcn ?? before;
    return run;
  });
  return Buffer.concat([...parts, Buffer.alloc(1)]);
}

export function fileName(folder: number, name: string, namespace = 1): Buffer {
  const text = Buffer.from(name, 'utf16le');
  const bytes = Buffer.alloc(66 + text.length);
  reference(folder).copy(bytes, 0);
  bytes.writeUInt8(name.length, 64);
  bytes.writeUInt8(namespace, 65);
  text.copy(bytes, 66);
  return bytes;
}

export function reference(record: number, sequence = 1): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntLE(record, 0, 6);
  bytes.writeUInt16LE(sequence, 6);
  return bytes;
}

/** @param key empty for the last of a node */
export function indexEntry(record: number, key: Buffer, below?: number, sequence = 1): Buffer {
  const end = align(16 + key.length);
  const bytes = Buffer.alloc(end + (below === undefined ? 0 : 8));
  reference(record, sequence).copy(bytes, 0);
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt16LE(key.length, 10);
  bytes.writeUInt16LE((below === undefined ? 0 : 1) | (key.length === 0 ? 2 : 0), 12);
  key.copy(bytes, 16);
  if (below !== undefined) bytes.writeBigUInt64LE(BigInt(below), end);
  return bytes;
}

/** The last entry of a node, which has no name. */
export function lastEntry(below?: number): Buffer {
  return indexEntry(0, Buffer.alloc(0), below, 0);
}

export function indexRoot(entries: readonly Buffer[], blockSize: number): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0x30, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(blockSize, 8);
  head.writeUInt8(blockSize / 512, 12);
  const all = Buffer.concat(entries);
  head.writeUInt32LE(16, 16);
  head.writeUInt32LE(16 + all.length, 20);
  head.writeUInt32LE(16 + all.length, 24);
  return resident(0x90, Buffer.concat([head, all]), { name: '$I30' });
}

export function indexBlock(entries: readonly Buffer[], vcn: number, blockSize: number): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.write('INDX', 0, 'latin1');
  bytes.writeUInt16LE(40, 4);
  bytes.writeUInt16LE(blockSize / 512 + 1, 6);
  bytes.writeBigUInt64LE(BigInt(vcn), 16);
  const all = Buffer.concat(entries);
  const first = align(40 + 2 * (blockSize / 512 + 1));
  bytes.writeUInt32LE(first - 24, 24);
  bytes.writeUInt32LE(first - 24 + all.length, 28);
  bytes.writeUInt32LE(blockSize - 24, 32);
  all.copy(bytes, first);
  return protect(bytes);
}

export interface RecordOptions {
  readonly sequence?: number;
  readonly isFolder?: boolean;
  readonly inUse?: boolean;
  readonly base?: number;
}

export function fileRecord(attributes: readonly Buffer[], options: RecordOptions = {}): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('FILE', 0, 'latin1');
  bytes.writeUInt16LE(48, 4);
  bytes.writeUInt16LE(3, 6);
  bytes.writeUInt16LE(options.sequence ?? 1, 16);
  bytes.writeUInt16LE(1, 18);
  bytes.writeUInt16LE(56, 20);
  bytes.writeUInt16LE((options.inUse === false ? 0 : 1) | (options.isFolder === true ? 2 : 0), 22);
  if (options.base !== undefined) reference(options.base).copy(bytes, 32);
  const all = Buffer.concat([...attributes, Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]);
  all.copy(bytes, 56);
  bytes.writeUInt32LE(56 + all.length, 24);
  bytes.writeUInt32LE(bytes.length, 28);
  return protect(bytes);
}

/** Ends each 512 bytes with a number, and keeps what was there. */
export function protect(block: Buffer): Buffer {
  const at = block.readUInt16LE(4);
  block.writeUInt16LE(7, at);
  for (let end = 510; end < block.length; end += 512) {
    block.copy(block, at + 2 * ((end + 2) / 512), end, end + 2);
    block.writeUInt16LE(7, end);
  }
  return block;
}

export function reparsePoint(tag: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + data.length);
  bytes.writeUInt32LE(tag, 0);
  bytes.writeUInt16LE(data.length, 4);
  data.copy(bytes, 8);
  return bytes;
}

/** Data of a link's reparse point. @param flags of a symlink; a junction has none */
export function linkData(target: string, flags?: number): Buffer {
  const text = Buffer.from(target, 'utf16le');
  const head = Buffer.alloc(flags === undefined ? 8 : 12);
  head.writeUInt16LE(text.length, 2);
  head.writeUInt16LE(text.length, 4);
  if (flags !== undefined) head.writeUInt32LE(flags, 8);
  return Buffer.concat([head, text]);
}

export function listEntry(type: number, record: number, instance: number, firstVcn = 0, name = ''): Buffer {
  const text = Buffer.from(name, 'utf16le');
  const bytes = Buffer.alloc(align(26 + text.length));
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt16LE(bytes.length, 4);
  bytes.writeUInt8(name.length, 6);
  bytes.writeUInt8(26, 7);
  bytes.writeBigUInt64LE(BigInt(firstVcn), 8);
  reference(record).copy(bytes, 16);
  bytes.writeUInt16LE(instance, 24);
  text.copy(bytes, 26);
  return bytes;
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8;
}
