import { crc32c } from '../disk/crc32c.ts';

/* VHDX files by hand ([MS-VHDX]): as damaged, and with as full a log, as a test needs them. */

export const MIB = 2 ** 20;
export const LOG = 1 * MIB;
export const METADATA = 2 * MIB;
export const TABLE = 3 * MIB;
const BLOCKS = 4 * MIB;
export const SECTOR = 4096;
/** With blocks of 1 MiB and sectors of 512 bytes. */
export const RATIO = 4096;

export const LOG_ID = 'aaaaaaaa-0000-0000-0000-000000000001';

function guid(text: string): Buffer {
  const [a = '', b = '', c = '', ...rest] = text.split('-').map((part) => Buffer.from(part, 'hex'));
  return Buffer.concat([
    ...[a, b, c].map((part) => Buffer.from(part).reverse()),
    ...rest.map((part) => Buffer.from(part)),
  ]);
}

export function sum(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(0, 4);
  bytes.writeUInt32LE(crc32c(bytes), 4);
  return bytes;
}

export function header({
  sequence = 1n,
  logId = '',
  id = 'bbbbbbbb-0000-0000-0000-000000000001',
} = {}): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.write('head', 'latin1');
  bytes.writeBigUInt64LE(sequence, 8);
  guid(id).copy(bytes, 32);
  if (logId !== '') guid(logId).copy(bytes, 48);
  bytes.writeUInt16LE(1, 66);
  bytes.writeUInt32LE(MIB, 68);
  bytes.writeBigUInt64LE(BigInt(LOG), 72);
  return sum(bytes);
}

function regions(): Buffer {
  const bytes = Buffer.alloc(64 * 1024);
  bytes.write('regi', 'latin1');
  bytes.writeUInt32LE(2, 8);
  for (const [index, [id, offset]] of [
    ['2dc27766-f623-4200-9d64-115e9bfd4a08', TABLE] as const,
    ['8b7ca206-4790-4b9a-b8fe-575f050f886e', METADATA] as const,
  ].entries()) {
    guid(id).copy(bytes, 16 + index * 32);
    bytes.writeBigUInt64LE(BigInt(offset), 32 + index * 32);
    bytes.writeUInt32LE(MIB, 40 + index * 32);
    bytes.writeUInt32LE(1, 44 + index * 32);
  }
  return sum(bytes);
}

function metadata(items: readonly (readonly [string, Buffer])[]): Buffer {
  const bytes = Buffer.alloc(MIB);
  bytes.write('metadata', 'latin1');
  bytes.writeUInt16LE(items.length, 10);
  let end = 64 * 1024;
  for (const [index, [id, value]] of items.entries()) {
    const at = 32 + index * 32;
    guid(id).copy(bytes, at);
    bytes.writeUInt32LE(end, at + 16);
    bytes.writeUInt32LE(value.length, at + 20);
    bytes.writeUInt32LE(4, at + 24);
    value.copy(bytes, end);
    end += value.length;
  }
  return bytes;
}

function number(value: number, bytes: 4 | 8): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) buffer.writeUInt32LE(value);
  else buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function locator(values: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(values).map((pair) => pair.map((text) => Buffer.from(text, 'utf16le')));
  const head = Buffer.alloc(20 + pairs.length * 12);
  guid('b04aefb7-d19e-4a81-b789-25b8e9445913').copy(head);
  head.writeUInt16LE(pairs.length, 18);
  let end = head.length;
  for (const [index, [key, value]] of pairs.entries()) {
    const at = 20 + index * 12;
    head.writeUInt32LE(end, at);
    head.writeUInt32LE(end + (key?.length ?? 0), at + 4);
    head.writeUInt16LE(key?.length ?? 0, at + 8);
    head.writeUInt16LE(value?.length ?? 0, at + 10);
    end += (key?.length ?? 0) + (value?.length ?? 0);
  }
  return Buffer.concat([head, ...pairs.flat()]);
}

interface Disk {
  readonly blocks: number;
  /** Entry of the table by its index: state and megabyte of the file. */
  readonly table: Readonly<Record<number, readonly [number, number]>>;
  readonly data?: readonly Buffer[];
  readonly parent?: Readonly<Record<string, string>>;
  readonly logId?: string;
  readonly id?: string;
  readonly sectorSize?: number;
}

export function vhdx({ blocks, table, data = [], parent, logId = '', id, sectorSize = 512 }: Disk): Buffer {
  const bytes = Buffer.alloc(BLOCKS + data.length * MIB);
  bytes.write('vhdxfile', 'latin1');
  header({ sequence: 2n, logId, ...(id !== undefined && { id }) }).copy(bytes, 64 * 1024);
  header({ sequence: 1n }).copy(bytes, 128 * 1024);
  regions().copy(bytes, 192 * 1024);
  regions().copy(bytes, 256 * 1024);
  metadata([
    ['caa16737-fa36-4d43-b3b6-33f0aa44e76b', Buffer.concat([number(MIB, 4), number(parent ? 2 : 0, 4)])],
    ['2fa54224-cd1b-4876-b211-5dbed83bf4b8', number(blocks * MIB, 8)],
    ['8141bf1d-a96f-4709-ba47-f233a8faab5f', number(sectorSize, 4)],
    ...(parent === undefined ? [] : [['a8d35f2d-b30b-454d-abf7-d3d84834ab0c', locator(parent)] as const]),
  ]).copy(bytes, METADATA);
  for (const [index, [state, megabyte]] of Object.entries(table))
    bytes.writeBigUInt64LE((BigInt(megabyte) << 20n) | BigInt(state), TABLE + Number(index) * 8);
  for (const [index, block] of data.entries()) block.copy(bytes, BLOCKS + index * MIB);
  return bytes;
}

type Change =
  | { readonly at: number; readonly bytes: Buffer }
  | { readonly at: number; readonly zeros: number };

/** An entry of the log. */
export function entry(
  changes: readonly Change[],
  { sequence = 1n, tail = 0, logId = LOG_ID, flushed = BLOCKS } = {},
): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.write('loge', 'latin1');
  head.writeUInt32LE(tail, 12);
  head.writeBigUInt64LE(sequence, 16);
  head.writeUInt32LE(changes.length, 24);
  guid(logId).copy(head, 32);
  head.writeBigUInt64LE(BigInt(flushed), 48);
  head.writeBigUInt64LE(BigInt(flushed), 56);
  const sectors: Buffer[] = [];
  for (const [index, change] of changes.entries()) {
    const at = 64 + index * 32;
    head.writeBigUInt64LE(BigInt(change.at), at + 16);
    head.writeBigUInt64LE(sequence, at + 24);
    if ('zeros' in change) {
      head.write('zero', at, 'latin1');
      head.writeBigUInt64LE(BigInt(change.zeros), at + 8);
      continue;
    }
    head.write('desc', at, 'latin1');
    change.bytes.copy(head, at + 4, SECTOR - 4);
    change.bytes.copy(head, at + 8, 0, 8);
    const sector = Buffer.from(change.bytes);
    sector.write('data', 'latin1');
    sector.writeUInt32LE(Number(sequence >> 32n), 4);
    sector.writeUInt32LE(Number(sequence & 0xffffffffn), SECTOR - 4);
    sectors.push(sector);
  }
  const whole = Buffer.concat([head, ...sectors]);
  whole.writeUInt32LE(whole.length, 8);
  return sum(whole);
}
