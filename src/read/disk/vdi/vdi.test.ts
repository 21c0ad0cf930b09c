import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { isVdi, openVdi } from './index.ts';

const BLOCK = 4096;
const DATA = 1024;
const UNUSED = 0xffffffff;
const DISCARDED = 0xfffffffe;

function vdi(
  map: readonly number[],
  stored: readonly number[],
  { type = 1, version = 0x00010001, extra = 0 } = {},
): Buffer {
  const head = Buffer.alloc(DATA, 0);
  head.write('<<< Oracle VM VirtualBox Disk Image >>>\n', 'latin1');
  head.writeUInt32LE(0xbeda107f, 64);
  head.writeUInt32LE(version, 68);
  head.writeUInt32LE(400, 72);
  head.writeUInt32LE(type, 76);
  head.writeUInt32LE(512, 340);
  head.writeUInt32LE(DATA, 344);
  head.writeUInt32LE(512, 360);
  head.writeBigUInt64LE(BigInt(map.length * BLOCK), 368);
  head.writeUInt32LE(BLOCK, 376);
  head.writeUInt32LE(extra, 380);
  head.writeUInt32LE(map.length, 384);
  for (const [index, entry] of map.entries()) head.writeUInt32LE(entry, 512 + index * 4);
  return Buffer.concat([head, ...stored.map((fill) => Buffer.alloc(BLOCK, fill))]);
}

async function read(bytes: Buffer): Promise<{ content: Buffer; flaws: string[] }> {
  const { options, flaws } = beside();
  const disk = await openVdi(memoryDisk(bytes), options);
  return { content: await disk.read(0, disk.size), flaws: flaws.map(({ code }) => code) };
}

describe('VDI', () => {
  it('is told by its signature', () => {
    assert.ok(isVdi(vdi([], [])));
    assert.ok(!isVdi(Buffer.alloc(512)));
    assert.ok(!isVdi(Buffer.alloc(3)));
  });

  it('blocks in any order, none, and given up', async () => {
    const { content, flaws } = await read(vdi([1, UNUSED, DISCARDED, 0], [7, 9]));
    assert.deepEqual(flaws, []);
    assert.deepEqual(content, Buffer.concat([9, 0, 0, 7].map((fill) => Buffer.alloc(BLOCK, fill))));
  });

  it('differencing: what is in the parent is unread, and said to be', async () => {
    const { options, flaws } = beside();
    const disk = await openVdi(memoryDisk(vdi([0, UNUSED, DISCARDED], [7], { type: 4 })), options);
    assert.deepEqual(
      flaws.map(({ code }) => code),
      ['UNSUPPORTED'],
    );
    assert.deepEqual(await disk.read(0, BLOCK), Buffer.alloc(BLOCK, 7));
    assert.deepEqual(await disk.read(2 * BLOCK, BLOCK), Buffer.alloc(BLOCK));
    assert.equal((await unreadable(() => disk.read(0, 2 * BLOCK)))?.code, 'UNSUPPORTED');
  });

  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['an older version', vdi([0], [7], { version: 1 }), 'UNSUPPORTED'],
    ['an unknown type', vdi([0], [7], { type: 9 }), 'UNSUPPORTED'],
    ['bytes before blocks', vdi([0], [7], { extra: 512 }), 'UNSUPPORTED'],
    ['a map that reaches into the blocks', Buffer.from(vdi([0], [7])).fill(2, 344, 346), 'MALFORMED_DISK'],
  ];
  for (const [name, bytes, code] of refused)
    it(`${name} is refused`, async () => assert.equal((await unreadable(() => read(bytes)))?.code, code));

  it('blocks that share bytes, or lie outside, are told', async () => {
    assert.deepEqual((await read(vdi([0, 0], [7]))).flaws, ['MALFORMED_DISK']);
    const { options, flaws } = beside();
    const disk = await openVdi(memoryDisk(vdi([0, 5], [7])), options);
    assert.deepEqual(
      flaws.map(({ code }) => code),
      ['MALFORMED_DISK'],
    );
    assert.equal((await unreadable(() => disk.read(BLOCK, 1)))?.code, 'TRUNCATED');
  });

  it('damaged in any way is unreadable, or read', async () => {
    for (const bytes of damaged(vdi([1, UNUSED, DISCARDED, 0], [7, 9]).subarray(0, 2048), 2000)) {
      await unreadable(async () => {
        const disk = await openVdi(memoryDisk(bytes), beside().options);
        await disk.read(0, Math.min(disk.size, 64 * 1024));
      });
    }
  });
});
