import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { isQcow2, openQcow2 } from './index.ts';

const CLUSTER = 512;
/** Clusters that the disk has. */
const CLUSTERS = 8;
const PATTERN = Buffer.from(Array.from({ length: CLUSTER }, (_, index) => (index * 7) % 251));

interface Draft {
  readonly version?: number;
  readonly size?: bigint;
  readonly incompatible?: bigint;
  readonly compressionType?: number;
  readonly encryption?: number;
  readonly clusterBits?: number;
  readonly l1Entries?: number;
  readonly l1Offset?: bigint;
  readonly backing?: string;
  readonly extensions?: readonly (readonly [number, string | Buffer])[];
  /** Entries of the only L2 table. */
  readonly l2?: readonly bigint[];
  readonly data?: readonly Buffer[];
}

/** Header, L1 at cluster 1, L2 at cluster 2, data from cluster 3 on. */
function qcow2(draft: Draft = {}): Buffer {
  const header = Buffer.alloc(CLUSTER);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(draft.version ?? 3, 4);
  header.writeUInt32BE(draft.clusterBits ?? 9, 20);
  header.writeBigUInt64BE(draft.size ?? BigInt(CLUSTERS * CLUSTER), 24);
  header.writeUInt32BE(draft.encryption ?? 0, 32);
  header.writeUInt32BE(draft.l1Entries ?? 1, 36);
  header.writeBigUInt64BE(draft.l1Offset ?? BigInt(CLUSTER), 40);
  header.writeBigUInt64BE(draft.incompatible ?? 0n, 72);
  header.writeUInt32BE(112, 100);
  header.writeUInt8(draft.compressionType ?? 0, 104);
  let at = draft.version === 2 ? 72 : 112;
  for (const [type, content] of draft.extensions ?? []) {
    const bytes = Buffer.from(content);
    header.writeUInt32BE(type, at);
    header.writeUInt32BE(bytes.length, at + 4);
    bytes.copy(header, at + 8);
    at += 8 + Math.ceil(bytes.length / 8) * 8;
  }
  if (draft.backing !== undefined) {
    header.writeBigUInt64BE(400n, 8);
    header.writeUInt32BE(draft.backing.length, 16);
    header.write(draft.backing, 400);
  }
  const l1 = Buffer.alloc(CLUSTER);
  l1.writeBigUInt64BE(2n * BigInt(CLUSTER), 0);
  const l2 = Buffer.alloc(CLUSTER);
  for (const [index, entry] of (draft.l2 ?? []).entries()) l2.writeBigUInt64BE(entry, index * 8);
  return Buffer.concat([header, l1, l2, ...(draft.data ?? [])]);
}

const DATA = 3n * BigInt(CLUSTER);
/** A compressed cluster in one sector at the start of the data. */
const PACKED = (1n << 62n) | DATA;

const reading = async (bytes: Buffer, files: Readonly<Record<string, Buffer>> = {}) => {
  const { options, flaws } = beside(files);
  const disk = await openQcow2(memoryDisk(bytes, 'disk.qcow2'), options);
  return { disk, flaws };
};
const firstOf = async (bytes: Buffer, files: Readonly<Record<string, Buffer>> = {}) =>
  (await reading(bytes, files)).disk.read(0, CLUSTER);

const READ: readonly (readonly [string, Draft, Buffer, Readonly<Record<string, Buffer>>?])[] = [
  ['nothing', {}, Buffer.alloc(CLUSTER)],
  ['a cluster', { l2: [DATA], data: [PATTERN] }, PATTERN],
  ['version 2', { version: 2, l2: [DATA], data: [PATTERN] }, PATTERN],
  ['zeros, without a place', { l2: [1n], data: [PATTERN] }, Buffer.alloc(CLUSTER)],
  ['zeros, over what was there before', { l2: [DATA | 1n], data: [PATTERN] }, Buffer.alloc(CLUSTER)],
  ['zlib', { l2: [PACKED], data: [deflateRawSync(PATTERN)] }, PATTERN],
  [
    'zlib, with the next cluster in its last sector',
    { l2: [PACKED], data: [deflateRawSync(PATTERN), Buffer.alloc(CLUSTER, 0xee)] },
    PATTERN,
  ],
  [
    'zstd, with the next cluster in its last sector',
    {
      l2: [PACKED],
      data: [zstdCompressSync(PATTERN), zstdCompressSync(PATTERN)],
      incompatible: 0b1000n,
      compressionType: 1,
    },
    PATTERN,
  ],
  ['what it is over', { backing: 'base', extensions: [[0xe2792aca, 'raw']] }, PATTERN, { base: PATTERN }],
  [
    'a raw disk that looks like qcow2',
    { backing: 'base', extensions: [[0xe2792aca, 'raw']] },
    qcow2({ l2: [DATA], data: [PATTERN] }).subarray(0, CLUSTER),
    { base: qcow2({ l2: [DATA], data: [PATTERN] }) },
  ],
  [
    'one over another',
    { backing: 'file:base', extensions: [[0xe2792aca, 'qcow2']] },
    PATTERN,
    { base: qcow2({ l2: [DATA], data: [PATTERN] }) },
  ],
  [
    'a shorter one under it',
    { backing: 'base' },
    Buffer.concat([Buffer.from('short'), Buffer.alloc(507)]),
    { base: Buffer.from('short') },
  ],
  ['zeros over another', { backing: 'base', l2: [1n] }, Buffer.alloc(CLUSTER), { base: PATTERN }],
  [
    'an external file, from its start',
    { incompatible: 0b100n, extensions: [[0x44415441, 'data']], l2: [1n << 63n] },
    PATTERN,
    { data: PATTERN },
  ],
  ['with reference counts that may be wrong', { incompatible: 1n, l2: [DATA], data: [PATTERN] }, PATTERN],
];

for (const [name, draft, expected, files] of READ) {
  test(`reads ${name}`, async () => {
    const bytes = qcow2(draft);
    assert.equal(isQcow2(bytes), true);
    const { disk, flaws } = await reading(bytes, files);
    assert.equal(disk.size, CLUSTERS * CLUSTER);
    assert.deepEqual(await disk.read(0, CLUSTER), expected);
    assert.deepEqual(flaws, []);
  });
}

test('merges what is consecutive, and goes on over what is not', async () => {
  const parts = [1, 2, 3, 4].map((byte) => Buffer.alloc(CLUSTER, byte));
  const bytes = qcow2({ l2: [DATA, DATA + 512n, 1n, DATA + 1024n, DATA + 512n], data: parts });
  const source = memoryDisk(bytes);
  const reads: number[] = [];
  const counting = {
    ...source,
    read: (offset: number, length: number) => {
      if (offset >= Number(DATA)) reads.push(length);
      return source.read(offset, length);
    },
  };
  const disk = await openQcow2(counting, beside().options);
  const [one, two, three] = parts;
  assert(one !== undefined && two !== undefined && three !== undefined);
  const whole = Buffer.concat([one, two, Buffer.alloc(CLUSTER), three, two, Buffer.alloc(3 * CLUSTER)]);
  assert.deepEqual(await disk.read(0, disk.size), whole);
  assert.deepEqual(reads, [1024, 512, 512]);
  assert.deepEqual(await disk.read(700, 1500), whole.subarray(700, 2200));
});

test('a corrupt mark is told, and the rest read', async () => {
  const { disk, flaws } = await reading(qcow2({ incompatible: 2n, l2: [DATA], data: [PATTERN] }));
  assert.deepEqual(await disk.read(0, CLUSTER), PATTERN);
  assert.deepEqual(
    flaws.map(({ code }) => code),
    ['MALFORMED_DISK'],
  );
});

const unknownName = Buffer.concat([Buffer.from([0, 9]), Buffer.from('time travel'.padEnd(46, '\0'))]);

const REFUSED: readonly (readonly [string, Draft, string, RegExp, Readonly<Record<string, Buffer>>?])[] = [
  ['version 1', { version: 1 }, 'UNSUPPORTED', /version 1/],
  ['AES', { encryption: 1 }, 'ENCRYPTED', /AES/],
  ['LUKS', { encryption: 2 }, 'ENCRYPTED', /LUKS/],
  ['an unknown feature', { incompatible: 1n << 40n }, 'UNSUPPORTED', /bit 40/],
  [
    'an unknown feature with a name',
    { incompatible: 1n << 9n, extensions: [[0x6803f857, unknownName]] },
    'UNSUPPORTED',
    /time travel/,
  ],
  ['an unknown compression', { compressionType: 7, incompatible: 8n }, 'UNSUPPORTED', /type 7/],
  ['zstd without its bit', { compressionType: 1 }, 'MALFORMED_DISK', /two things/],
  ['clusters of 256 bytes', { clusterBits: 8 }, 'MALFORMED_DISK', /2\^8/],
  ['clusters of 4 GiB', { clusterBits: 32 }, 'MALFORMED_DISK', /2\^32/],
  ['subclusters of 16 bytes', { incompatible: 16n }, 'MALFORMED_DISK', /subclusters/],
  ['a disk of 2^63 bytes', { size: 1n << 63n }, 'MALFORMED_DISK', /size/],
  ['a disk larger than its L1 table', { size: 1n << 40n }, 'MALFORMED_DISK', /too small/],
  ['an L1 table of gigabytes', { l1Entries: 0xffffffff }, 'MALFORMED_DISK', /L1 table/],
  ['an L1 table beyond the end', { l1Offset: 1n << 30n }, 'TRUNCATED', /ends at/],
  ['an L1 table beyond all reason', { l1Offset: 1n << 60n }, 'MALFORMED_DISK', /L1 table/],
  ['an L1 table within a cluster', { l1Offset: 8n }, 'MALFORMED_DISK', /L1 table/],
  ['a cluster beyond the end', { l2: [1n << 30n] }, 'TRUNCATED', /ends at/],
  ['a cluster that is half there', { l2: [DATA], data: [PATTERN.subarray(0, 100)] }, 'TRUNCATED', /ends at/],
  ['zeros in version 2', { version: 2, l2: [1n] }, 'MALFORMED_DISK', /version 2/],
  [
    'a damaged compressed cluster',
    { l2: [PACKED], data: [Buffer.alloc(CLUSTER, 0xaa)] },
    'MALFORMED_DISK',
    /unpacked/,
  ],
  [
    'a compressed cluster that is too short',
    { l2: [PACKED], data: [deflateRawSync(Buffer.alloc(100)), Buffer.alloc(CLUSTER)] },
    'MALFORMED_DISK',
    /100 bytes/,
  ],
  [
    'a compressed bomb',
    { l2: [PACKED], data: [deflateRawSync(Buffer.alloc(2 ** 18)), Buffer.alloc(CLUSTER)] },
    'MALFORMED_DISK',
    /unpacked/,
  ],
  ['a compressed cluster beyond the end', { l2: [PACKED | (1n << 40n)] }, 'TRUNCATED', /ends at/],
  ['a backing file that is missing', { backing: 'gone' }, 'NOT_FOUND', /gone/],
  ['a backing file by JSON', { backing: 'json:{"driver":"file"}' }, 'UNSUPPORTED', /json/],
  ['a backing file over NBD', { backing: 'nbd://10.0.0.1' }, 'UNSUPPORTED', /nbd/],
  ['a backing file over HTTP', { backing: 'http://10.0.0.1/a' }, 'UNSUPPORTED', /http/],
  ['a backing file with a line end in its name', { backing: 'a\nb' }, 'MALFORMED_DISK', /as a file/],
  ['a data file by JSON', { incompatible: 4n, extensions: [[0x44415441, 'json:{}']] }, 'UNSUPPORTED', /json/],
  ['a data file without a name', { incompatible: 4n }, 'MALFORMED_DISK', /does not say in which/],
  [
    'a compressed cluster in a data file',
    { incompatible: 4n, extensions: [[0x44415441, 'data']], l2: [PACKED] },
    'MALFORMED_DISK',
    /external/,
    { data: PATTERN },
  ],
  ['itself under itself', { backing: 'disk.qcow2' }, 'MALFORMED_DISK', /itself/, { 'disk.qcow2': PATTERN }],
  [
    'a circle',
    { backing: 'b' },
    'MALFORMED_DISK',
    /circle/,
    { b: qcow2({ backing: 'c' }), c: qcow2({ backing: 'b' }) },
  ],
  [
    'another format than it says',
    { backing: 'base', extensions: [[0xe2792aca, 'vmdk']] },
    'MALFORMED_DISK',
    /vmdk/,
    { base: qcow2() },
  ],
];

for (const [name, draft, code, message, files] of REFUSED) {
  test(`refuses ${name}`, async () => {
    await assert.rejects(firstOf(qcow2(draft), files), { code, message });
  });
}

test('refuses what ends in its header', async () => {
  for (const length of [0, 4, 30, 71, 90]) {
    await assert.rejects(firstOf(qcow2().subarray(0, length)), { code: 'TRUNCATED' });
  }
});

test('damaged disks are read or refused', async () => {
  const valid = qcow2({
    backing: 'base',
    extensions: [[0xe2792aca, 'raw']],
    l2: [DATA, 1n, DATA + 512n, PACKED + 1024n],
    data: [PATTERN, PATTERN, deflateRawSync(PATTERN)],
  });
  const options = { ...beside().options, neighbour: async () => memoryDisk(PATTERN, 'base') };
  let read = 0;
  for (const bytes of damaged(valid, 4000)) {
    const why = await unreadable(async () => {
      const disk = await openQcow2(memoryDisk(bytes), options);
      const length = Math.min(disk.size, 2 ** 16);
      assert.equal((await disk.read(0, length)).length, length);
      assert.equal((await disk.read(disk.size - length, length)).length, length);
    });
    if (why === undefined) read++;
  }
  assert(read > 100);
});
