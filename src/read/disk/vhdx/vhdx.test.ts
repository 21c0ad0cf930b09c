import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import {
  entry,
  header,
  LOG,
  LOG_ID,
  METADATA,
  MIB,
  RATIO,
  SECTOR,
  sum,
  TABLE,
  vhdx,
} from '../../testing/vhdx-builder.ts';
import { isVhdx, openVhdx } from './index.ts';

async function read(
  bytes: Buffer,
  files: Record<string, Buffer> = {},
): Promise<{ content: Buffer; flaws: string[]; sectorSize: number | undefined }> {
  const { options, flaws } = beside(files);
  const disk = await openVhdx(memoryDisk(bytes, 'child.vhdx'), options);
  return {
    content: await disk.read(0, disk.size),
    flaws: flaws.map(({ code }) => code),
    sectorSize: disk.sectorSize,
  };
}

/** The first byte of each megabyte. */
async function firsts(
  bytes: Buffer,
  files: Record<string, Buffer> = {},
): Promise<{ first: number[]; flaws: string[] }> {
  const { content, flaws } = await read(bytes, files);
  const first: number[] = [];
  for (let at = 0; at < content.length; at += MIB) {
    const byte = content[at] ?? 0;
    assert.ok(content.subarray(at, at + MIB).equals(Buffer.alloc(MIB, byte)));
    first.push(byte);
  }
  return { first, flaws };
}

const seven = Buffer.alloc(MIB, 7);
const nine = Buffer.alloc(MIB, 9);

describe('VHDX', () => {
  it('is told by its first bytes', () => {
    assert.ok(isVhdx(Buffer.from('vhdxfile…')));
    assert.ok(!isVhdx(Buffer.from('vhdx')));
  });

  it('dynamic: blocks in every state', async () => {
    const table = { 0: [6, 5], 1: [0, 0], 2: [2, 4], 3: [3, 4], 4: [6, 4], 5: [1, 0] } as const;
    const { first, flaws } = await firsts(vhdx({ blocks: 6, table, data: [seven, nine] }));
    assert.deepEqual({ first, flaws }, { first: [9, 0, 0, 0, 7, 0], flaws: [] });
  });

  it('tells the size of its sectors', async () => {
    const { sectorSize } = await read(
      vhdx({ blocks: 1, table: { 0: [6, 4] }, data: [seven], sectorSize: 4096 }),
    );
    assert.equal(sectorSize, 4096);
  });

  it('differencing: sectors of the child over those of the parent', async () => {
    const parentId = 'cccccccc-0000-0000-0000-00000000000a';
    const parent = vhdx({ blocks: 2, table: { 0: [6, 4], 1: [6, 5] }, data: [seven, nine], id: parentId });
    const bitmap = Buffer.alloc(MIB);
    bitmap[0] = 0b0000_0101;
    const disk = {
      blocks: 2,
      table: { 0: [7, 4], 1: [0, 0], [RATIO]: [6, 5] } as const,
      data: [Buffer.alloc(MIB, 1), bitmap],
      parent: {
        parent_linkage: `{${parentId.toUpperCase()}}`,
        relative_path: '.\\base\\..\\parent.vhdx',
        absolute_win32_path: 'D:\\x\\parent.vhdx',
      },
    };
    const { content, flaws } = await read(vhdx(disk), { 'parent.vhdx': parent });
    assert.deepEqual(flaws, []);
    const expected = Buffer.concat([seven, nine]);
    expected.fill(1, 0, 512).fill(1, 1024, 1536);
    assert.ok(content.equals(expected));
    const stranger = await read(vhdx(disk), { 'parent.vhdx': vhdx({ blocks: 2, table: {} }) });
    assert.deepEqual(stranger.flaws, ['MALFORMED_DISK']);
    await assert.rejects(read(vhdx(disk)), { code: 'NOT_FOUND' });
    const circle = vhdx({ ...disk, parent: { relative_path: '.\\child.vhdx' } });
    await assert.rejects(read(circle, { 'child.vhdx': circle }), { code: 'MALFORMED_DISK' });
  });

  describe('log', () => {
    const page = Buffer.alloc(SECTOR);
    page.writeBigUInt64LE((5n << 20n) | 6n);
    const dirty = (...entries: readonly (readonly [number, Buffer])[]): Buffer => {
      const bytes = vhdx({ blocks: 1, table: { 0: [6, 4] }, data: [seven, nine], logId: LOG_ID });
      for (const [at, one] of entries) {
        for (const [index, byte] of one.entries()) bytes[LOG + ((at + index) % MIB)] = byte;
      }
      return bytes;
    };
    const rows: readonly (readonly [string, Buffer, readonly number[], readonly string[]])[] = [
      ['an entry is replayed', dirty([0, entry([{ at: TABLE, bytes: page }])]), [9], []],
      ['zeros are', dirty([8192, entry([{ at: TABLE, zeros: SECTOR }], { tail: 8192 })]), [0], []],
      [
        'a later entry wins',
        dirty(
          [0, entry([{ at: TABLE, bytes: page }])],
          [8192, entry([{ at: TABLE, zeros: MIB }], { sequence: 2n })],
        ),
        [0],
        [],
      ],
      [
        'zeros of a part that are written again',
        dirty(
          [0, entry([{ at: TABLE, zeros: MIB }])],
          [4096, entry([{ at: TABLE, bytes: page }], { sequence: 2n })],
        ),
        [9],
        [],
      ],
      [
        'entries that go round',
        dirty([MIB - 4096, entry([{ at: TABLE, bytes: page }], { tail: MIB - 4096 })]),
        [9],
        [],
      ],
      [
        'what is older than the tail is not replayed',
        dirty([0, entry([{ at: TABLE, bytes: page }])], [8192, entry([], { sequence: 2n, tail: 8192 })]),
        [7],
        [],
      ],
      [
        'the newer of two runs is replayed',
        dirty(
          [0, entry([{ at: TABLE, zeros: MIB }], { sequence: 5n })],
          [65536, entry([{ at: TABLE, bytes: page }], { sequence: 7n, tail: 65536 })],
        ),
        [9],
        [],
      ],
      [
        'an entry of another log is none',
        dirty([0, entry([{ at: TABLE, bytes: page }], { logId: 'dddddddd-0000-0000-0000-000000000001' })]),
        [7],
        ['MALFORMED_DISK'],
      ],
      ['a log without entries is told', dirty(), [7], ['MALFORMED_DISK']],
      [
        'a file that became shorter is told',
        dirty([0, entry([{ at: TABLE, bytes: page }], { flushed: 100 * MIB })]),
        [7],
        ['TRUNCATED'],
      ],
    ];
    for (const [name, bytes, expected, codes] of rows) {
      it(name, async () => assert.deepEqual(await firsts(bytes), { first: expected, flaws: codes }));
    }

    it('an entry with a flipped bit is none', async () => {
      const whole = entry([{ at: TABLE, bytes: page }]);
      whole[5000] = 1;
      assert.deepEqual(await firsts(dirty([0, whole])), { first: [7], flaws: ['MALFORMED_DISK'] });
    });

    it('entries within entries cost no more than a few readings of the log', async () => {
      const bytes = dirty();
      for (let at = 0; at < MIB; at += SECTOR) {
        const head = entry([]).subarray(0, 64);
        head.writeUInt32LE(MIB, 8);
        head.copy(bytes, LOG + at);
      }
      assert.deepEqual((await firsts(bytes)).flaws, ['MALFORMED_DISK']);
    });
  });

  const broken: readonly (readonly [string, (bytes: Buffer) => void, readonly string[]])[] = [
    [
      'one header with a wrong checksum',
      (bytes) => bytes.writeUInt8(1, 128 * 1024 + 100),
      ['CHECKSUM_MISMATCH'],
    ],
    [
      'one region table with a wrong checksum',
      (bytes) => bytes.writeUInt8(1, 192 * 1024 + 1000),
      ['CHECKSUM_MISMATCH'],
    ],
    [
      'headers of one age that differ',
      (bytes) => header({ sequence: 2n, id: LOG_ID }).copy(bytes, 128 * 1024),
      ['MALFORMED_DISK'],
    ],
  ];
  for (const [name, change, expected] of broken) {
    it(`${name} is told, and the disk read`, async () => {
      const bytes = vhdx({ blocks: 1, table: { 0: [6, 4] }, data: [seven] });
      change(bytes);
      assert.deepEqual(await firsts(bytes), { first: [7], flaws: expected });
    });
  }

  it('blocks beyond the end are told', async () => {
    const { options, flaws } = beside();
    const disk = await openVhdx(
      memoryDisk(vhdx({ blocks: 2, table: { 0: [6, 4], 1: [6, 90] }, data: [seven] })),
      options,
    );
    assert.deepEqual(
      flaws.map(({ code }) => code),
      ['TRUNCATED'],
    );
    assert.equal((await disk.read(0, MIB))[0], 7);
    assert.equal((await unreadable(() => disk.read(MIB, 1)))?.code, 'TRUNCATED');
  });

  it('damaged in any way is unreadable, or read', async () => {
    const page = Buffer.alloc(SECTOR);
    page.writeBigUInt64LE((4n << 20n) | 6n);
    const whole = vhdx({
      blocks: 2,
      table: { 0: [6, 4], 1: [7, 4], [RATIO]: [6, 4] },
      data: [seven],
      logId: LOG_ID,
      parent: { relative_path: 'parent.vhdx' },
    });
    const one = entry([
      { at: TABLE, bytes: page },
      { at: TABLE + SECTOR, zeros: SECTOR },
    ]);
    one.copy(whole, LOG);
    const files = { 'parent.vhdx': vhdx({ blocks: 1, table: {} }) };
    // Each part by itself, with a checksum that fits: else nothing would be looked at.
    const parts: readonly (readonly [number, number, boolean])[] = [
      [64 * 1024, SECTOR, true],
      [LOG, one.length, true],
      [METADATA, 192, false],
      [METADATA + 64 * 1024, 200, false],
      [TABLE, 16, false],
    ];
    for (const [at, length, isSummed] of parts) {
      const original = Buffer.from(whole.subarray(at, at + length));
      for (const bytes of damaged(original, 150, at)) {
        if (isSummed && bytes.length === length) sum(bytes);
        bytes.copy(whole, at);
        await unreadable(async () => {
          const { options } = beside(files);
          const disk = await openVhdx(memoryDisk(whole), options).catch((error: unknown) => {
            if (error instanceof Error && 'code' in error && error.code === 'NOT_FOUND') return undefined;
            throw error;
          });
          await disk?.read(0, Math.min(disk.size, 8192));
          await disk?.read(disk.size - 1, 1);
        });
        original.copy(whole, at);
      }
    }
  });
});
