import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { isVhd, openVhd } from './index.ts';

const BLOCK = 4096;
const STRIDE = 512 + BLOCK;
const HEADER_AT = 512;
const TABLE_AT = 1536;
const BLOCKS_AT = 2048;

function sum(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt32BE(0, at);
  bytes.writeUInt32BE(~bytes.reduce((total, byte) => total + byte, 0) >>> 0, at);
  return bytes;
}

function footer(type: number, size: number, id = 'a'): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('conectix', 'latin1');
  bytes.writeUInt32BE(2, 8);
  bytes.writeUInt32BE(0x00010000, 12);
  bytes.writeBigUInt64BE(type === 2 ? 0xffffffffffffffffn : BigInt(HEADER_AT), 16);
  bytes.writeBigUInt64BE(BigInt(size), 40);
  bytes.writeBigUInt64BE(BigInt(size), 48);
  bytes.writeUInt32BE(type, 60);
  bytes.write(id.repeat(16), 68, 'latin1');
  return sum(bytes, 64);
}

interface Block {
  /** One bit for each of eight sectors, the highest the first. */
  readonly bitmap: number;
  readonly fill: number;
}

/** Blocks that are there; undefined: not in the file. */
function dynamic(blocks: readonly (Block | undefined)[], { type = 3, parent = '', id = 'a' } = {}): Buffer {
  const header = Buffer.alloc(1024);
  header.write('cxsparse', 'latin1');
  header.fill(0xff, 8, 16);
  header.writeBigUInt64BE(BigInt(TABLE_AT), 16);
  header.writeUInt32BE(0x00010000, 24);
  header.writeUInt32BE(blocks.length, 28);
  header.writeUInt32BE(BLOCK, 32);
  if (parent !== '') {
    header.write('p'.repeat(16), 40, 'latin1');
    Buffer.from(`C:\\disks\\${parent}`, 'utf16le').swap16().copy(header, 64);
  }
  const table = Buffer.alloc(512, 0xff);
  const stored: Buffer[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block === undefined) continue;
    table.writeUInt32BE((BLOCKS_AT + stored.length * STRIDE) / 512, index * 4);
    stored.push(
      Buffer.concat([Buffer.alloc(1, block.bitmap), Buffer.alloc(511), Buffer.alloc(BLOCK, block.fill)]),
    );
  }
  const end = footer(type, blocks.length * BLOCK, id);
  return Buffer.concat([end, sum(header, 36), table, ...stored, end]);
}

const full = { bitmap: 0xff, fill: 7 };

async function read(
  bytes: Buffer,
  files: Record<string, Buffer> = {},
): Promise<{ content: Buffer; flaws: string[] }> {
  const { options, flaws } = beside(files);
  const disk = await openVhd(memoryDisk(bytes, 'child.vhd'), options);
  return { content: await disk.read(0, disk.size), flaws: flaws.map(({ code }) => code) };
}

describe('VHD', () => {
  it('is told by its footer, of 512 or 511 bytes, or the copy', () => {
    const fixed = footer(2, 512);
    const none = Buffer.alloc(512);
    assert.ok(isVhd(none, fixed));
    assert.ok(isVhd(none, Buffer.concat([Buffer.alloc(1), fixed.subarray(0, 511)])));
    assert.ok(isVhd(fixed, none));
    assert.ok(!isVhd(none, none));
    assert.ok(!isVhd(Buffer.alloc(3), Buffer.alloc(3)));
  });

  it('fixed: all but the footer', async () => {
    const data = Buffer.alloc(2048, 5);
    for (const end of [footer(2, 2048), footer(2, 2048).subarray(0, 511)])
      assert.deepEqual(await read(Buffer.concat([data, end])), { content: data, flaws: [] });
  });

  it('fixed: what is cut off is not made up of the footer', async () => {
    const { options, flaws } = beside();
    const disk = await openVhd(memoryDisk(Buffer.concat([Buffer.alloc(1024, 5), footer(2, 2048)])), options);
    assert.deepEqual(
      flaws.map(({ code }) => code),
      ['TRUNCATED'],
    );
    assert.deepEqual(await disk.read(0, 1024), Buffer.alloc(1024, 5));
    assert.equal((await unreadable(() => disk.read(1024, 512)))?.code, 'TRUNCATED');
  });

  it('fixed: bytes behind the end of the disk are told', async () => {
    const { flaws } = await read(Buffer.concat([Buffer.alloc(2048, 5), footer(2, 1024)]));
    assert.deepEqual(flaws, ['UNKNOWN_CONTENT']);
  });

  it('dynamic: blocks in any order, and none', async () => {
    const { content, flaws } = await read(dynamic([undefined, full, undefined, { bitmap: 0xff, fill: 9 }]));
    assert.deepEqual(flaws, []);
    const parts = [0, 7, 0, 9].map((fill) => Buffer.alloc(BLOCK, fill));
    assert.deepEqual(content, Buffer.concat(parts));
  });

  it('dynamic: sectors said to be unwritten must be zeros', async () => {
    const { content } = await read(dynamic([{ bitmap: 0xf0, fill: 0 }]));
    assert.deepEqual(content, Buffer.alloc(BLOCK));
    assert.equal(
      (await unreadable(() => read(dynamic([{ bitmap: 0xf0, fill: 1 }]))))?.code,
      'MALFORMED_DISK',
    );
  });

  it('differencing: the parent shows through', async () => {
    const parent = dynamic([full, full], { id: 'p' });
    const child = dynamic([{ bitmap: 0b01100001, fill: 1 }, undefined], { type: 4, parent: 'parent.vhd' });
    const { content, flaws } = await read(child, { 'parent.vhd': parent });
    assert.deepEqual(flaws, []);
    const sectors = [7, 1, 1, 7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 7, 7, 7];
    assert.deepEqual(content, Buffer.concat(sectors.map((fill) => Buffer.alloc(512, fill))));
  });

  it('differencing: another parent, none, and itself', async () => {
    const child = dynamic([undefined], { type: 4, parent: 'parent.vhd' });
    const stranger = await read(child, { 'parent.vhd': dynamic([full], { id: 's' }) });
    assert.deepEqual(stranger.flaws, ['MALFORMED_DISK']);
    await assert.rejects(read(child), { code: 'NOT_FOUND' });
    const circle = dynamic([undefined], { type: 4, parent: 'child.vhd' });
    await assert.rejects(read(circle, { 'child.vhd': circle }), { code: 'MALFORMED_DISK' });
    const longer = {
      'a.vhd': dynamic([undefined], { type: 4, parent: 'b.vhd' }),
      'b.vhd': dynamic([undefined], { type: 4, parent: 'a.vhd' }),
    };
    await assert.rejects(read(longer['a.vhd'], longer), { code: 'MALFORMED_DISK' });
  });

  const broken: readonly (readonly [string, (bytes: Buffer) => Buffer, readonly string[]])[] = [
    [
      'a footer with a wrong checksum: the copy is used',
      (bytes) => set(bytes, bytes.length - 100),
      ['CHECKSUM_MISMATCH'],
    ],
    ['a copy with a wrong checksum', (bytes) => set(bytes, 400), ['CHECKSUM_MISMATCH']],
    ['a header with a wrong checksum', (bytes) => set(bytes, HEADER_AT + 900), ['CHECKSUM_MISMATCH']],
    ['no footer', (bytes) => bytes.subarray(0, -512), ['TRUNCATED']],
    [
      'no copy: to QEMU a raw disk',
      (bytes) => Buffer.concat([Buffer.alloc(512), bytes.subarray(512)]),
      ['MALFORMED_DISK'],
    ],
    [
      'a copy of another size',
      (bytes) => Buffer.concat([footer(3, 4096), bytes.subarray(512)]),
      ['MALFORMED_DISK'],
    ],
    [
      'a copy of another kind',
      (bytes) => Buffer.concat([footer(2, 8192), bytes.subarray(512)]),
      ['MALFORMED_DISK'],
    ],
  ];
  for (const [name, change, expected] of broken) {
    it(`${name} is told, and the disk read`, async () => {
      const { content, flaws } = await read(change(dynamic([full, full])));
      assert.deepEqual(flaws, expected);
      assert.deepEqual(content, Buffer.alloc(2 * BLOCK, 7));
    });
  }

  it('blocks that share bytes, or lie outside, are told', async () => {
    const bytes = dynamic([full, full]);
    bytes.writeUInt32BE(bytes.readUInt32BE(TABLE_AT), TABLE_AT + 4);
    assert.deepEqual((await read(bytes)).flaws, ['MALFORMED_DISK']);
    bytes.writeUInt32BE(5000, TABLE_AT + 4);
    assert.equal((await unreadable(() => read(bytes)))?.code, 'TRUNCATED');
  });

  it('damaged in any way is unreadable, or read', async () => {
    const parent = dynamic([full, full], { id: 'p' });
    const child = dynamic([{ bitmap: 0b01100001, fill: 1 }, undefined], { type: 4, parent: 'parent.vhd' });
    for (const bytes of damaged(child, 1500)) {
      await unreadable(async () => {
        const { options } = beside({ 'parent.vhd': parent, 'child.vhd': bytes });
        const disk = await openVhd(memoryDisk(bytes), options).catch((error: unknown) => {
          if (error instanceof Error && 'code' in error && error.code === 'NOT_FOUND') return undefined;
          throw error;
        });
        await disk?.read(0, Math.min(disk.size, 64 * 1024));
      });
    }
  });
});

function set(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}
