import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DEFAULT_LIMITS, type Limits } from '../../../core/limits.ts';
import { damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { paxRecords, type TarMember, tar } from '../../testing/tar-builder.ts';
import { detectCompression } from '../../unpack/compression.ts';
import type { BlockSource } from '../block-source.ts';
import type { Unreadable } from '../unreadable.ts';
import { openCompressed } from './compressed.ts';
import { openDiskTar } from './disk-tar.ts';

async function unpacked(
  bytes: Buffer,
  limits: Partial<Limits> = {},
): Promise<{ disk: BlockSource; flaws: string[] }> {
  const flaws: string[] = [];
  const options = { limits: { ...DEFAULT_LIMITS, ...limits }, signal: new AbortController().signal };
  const flaw = ({ code }: Unreadable): void => {
    flaws.push(code);
  };
  const disk = await openCompressed(memoryDisk(bytes), detectCompression(bytes), options, flaw);
  return { disk, flaws };
}

describe('a compressed disk', () => {
  const data = Buffer.alloc(3 * 2 ** 20 + 5);
  data.write('first', 100);
  data.write('across', 2 ** 16 - 3);
  data.write('last', data.length - 4);

  for (const [name, bytes] of [
    ['gzip', gzipSync(data)],
    ['zstd', zstdCompressSync(data)],
  ] as const) {
    it(`${name}: is what was compressed`, async () => {
      const { disk, flaws } = await unpacked(bytes);
      assert.deepEqual(flaws, []);
      assert.equal(disk.size, data.length);
      assert.ok((await disk.read(0, disk.size)).equals(data));
      assert.equal((await disk.read(100, 5)).toString(), 'first');
      assert.equal((await unreadable(() => disk.read(disk.size, 1)))?.code, 'TRUNCATED');
      await disk.close();
      await disk.close();
    });
  }

  it('what follows the stream is told', async () => {
    const { disk, flaws } = await unpacked(Buffer.concat([gzipSync(data), Buffer.from('more')]));
    assert.deepEqual(flaws, ['UNKNOWN_CONTENT']);
    await disk.close();
  });

  it('what came before the stream broke is read', async () => {
    const noise = Buffer.from(
      Array.from({ length: 2 ** 18 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24),
    );
    const whole = gzipSync(noise);
    const { disk, flaws } = await unpacked(whole.subarray(0, whole.length - 100));
    assert.deepEqual(flaws, ['TRUNCATED']);
    assert.ok((await disk.read(0, 1000)).equals(noise.subarray(0, 1000)));
    await disk.close();
  });

  it('more than the limit is refused', async () => {
    await assert.rejects(unpacked(gzipSync(data), { bytes: 2 ** 20 }), { code: 'TOO_LARGE' });
  });

  it('zeros do not count for the ratio, other bytes do', async () => {
    const zeros = await unpacked(gzipSync(Buffer.alloc(2 ** 27)), { ratio: 10 });
    assert.equal(zeros.disk.size, 2 ** 27);
    await zeros.disk.close();
    await assert.rejects(unpacked(gzipSync(Buffer.alloc(2 ** 27, 1)), { ratio: 10 }), { code: 'TOO_LARGE' });
  });

  it('nothing at all is a failure, bzip2 too', async () => {
    await assert.rejects(unpacked(gzipSync(data).subarray(0, 12)), { code: 'TRUNCATED' });
    const bzip2 = Buffer.from([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0]);
    await assert.rejects(unpacked(bzip2), { code: 'UNSUPPORTED' });
  });
});

const OVF = (files: string, disks: string): string =>
  `<?xml version="1.0"?><!-- <File href="no"/> --><Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>${files}</References><DiskSection>${disks}</DiskSection></Envelope>`;

const ONE = OVF('<File ovf:id="f" ovf:href="a.vmdk"/>', '<Disk ovf:diskId="d" ovf:fileRef="f"/>');

interface Opened {
  readonly disks: string[];
  readonly content: string[];
  readonly unread: readonly string[];
  readonly flaws: string[];
}

async function opened(members: readonly TarMember[]): Promise<Opened | undefined> {
  const found = await openDiskTar(memoryDisk(tar(members)));
  if (found === undefined) return undefined;
  const content: string[] = [];
  for (const { source } of found.disks) content.push((await source.read(0, source.size)).toString('latin1'));
  return {
    disks: found.disks.map(({ name }) => name),
    content,
    unread: found.unread,
    flaws: found.flaws.map(({ code }) => code),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a tar of disks', () => {
  const rows: readonly (readonly [string, readonly TarMember[], Partial<Opened> | undefined])[] = [
    ['a root file system', [{ name: 'etc/passwd', data: 'x' }], undefined],
    ['a disk that is deeper', [{ name: 'srv/disk.raw', data: 'x' }], undefined],
    ['a descriptor that is deeper', [{ name: 'srv/a.ovf', data: ONE }], undefined],
    ['disk.raw', [{ name: 'disk.raw', data: 'x' }], { disks: ['disk.raw'], content: ['x'], flaws: [] }],
    [
      'disk.raw twice',
      [
        { name: 'disk.raw', data: 'x' },
        { name: './disk.raw', data: 'y' },
      ],
      { content: ['y'], flaws: ['MALFORMED_DISK'] },
    ],
    [
      'disk.raw and more',
      [
        { name: 'disk.raw', data: 'x' },
        { name: 'note', data: 'y' },
      ],
      { content: ['x'], unread: ['note'], flaws: [] },
    ],
    [
      'an OVA',
      [
        { name: 'm.ovf', data: ONE },
        { name: 'a.vmdk', data: 'A' },
        { name: 'm.nvram', data: 'n' },
      ],
      { disks: ['a.vmdk'], content: ['A'], unread: ['m.nvram'], flaws: [] },
    ],
    [
      'an OVA with disk.raw beside: both are read',
      [
        { name: 'm.ovf', data: ONE },
        { name: 'a.vmdk', data: 'A' },
        { name: 'disk.raw', data: 'R' },
      ],
      { content: ['A', 'R'], flaws: [] },
    ],
    [
      'a seed that is shipped along',
      [
        { name: 'm.ovf', data: OVF('<File ovf:id="s" ovf:href="seed.iso"/>', '') },
        { name: 'seed.iso', data: 'S' },
      ],
      { disks: ['seed.iso'], flaws: [] },
    ],
    [
      'a name that is escaped',
      [
        { name: 'm.ovf', data: ONE.replace('a.vmdk', 'my%20disk&#46;vmdk') },
        { name: 'my disk.vmdk', data: 'A' },
      ],
      { disks: ['my disk.vmdk'], flaws: [] },
    ],
    ['a disk that is not there', [{ name: 'm.ovf', data: ONE }], { disks: [], flaws: ['UNSUPPORTED'] }],
    [
      'a disk in chunks',
      [
        { name: 'm.ovf', data: ONE.replace('ovf:href', 'ovf:chunkSize="9" ovf:href') },
        { name: 'a.vmdk', data: 'A' },
      ],
      { disks: [], unread: ['a.vmdk'], flaws: ['UNSUPPORTED'] },
    ],
    [
      'a disk in gzip',
      [
        { name: 'm.ovf', data: ONE.replace('ovf:href', 'ovf:compression="gzip" ovf:href') },
        { name: 'a.vmdk', data: 'A' },
      ],
      { disks: [], flaws: ['UNSUPPORTED'] },
    ],
    [
      'a disk of another size',
      [
        { name: 'm.ovf', data: ONE.replace('ovf:href', 'ovf:size="9" ovf:href') },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['MALFORMED_DISK'] },
    ],
    [
      'a disk in no file',
      [{ name: 'm.ovf', data: ONE.replace('fileRef="f"', 'fileRef="g"') }],
      { disks: [], flaws: ['MALFORMED_DISK'] },
    ],
    [
      'a descriptor that is no XML: what is called a disk is one',
      [
        { name: 'm.ovf', data: '<Envelope>' },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['MALFORMED_DISK'] },
    ],
    [
      'a descriptor with entities',
      [
        { name: 'm.ovf', data: `<!DOCTYPE x [<!ENTITY f "a.vmdk">]>${ONE}` },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['UNSUPPORTED'] },
    ],
    [
      'a name given twice over',
      [
        { name: 'm.ovf', data: ONE.replace('ovf:href', 'href="b.vmdk" ovf:href') },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['MALFORMED_DISK'] },
    ],
    [
      'digests that hold',
      [
        { name: 'm.ovf', data: ONE },
        {
          name: 'm.mf',
          data: `SHA256(m.ovf)= ${sha256(ONE)}\r\nSHA256(a.vmdk)= ${sha256('A').toUpperCase()}\n`,
        },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: [] },
    ],
    [
      'a digest that does not',
      [
        { name: 'm.ovf', data: ONE },
        { name: 'm.mf', data: `SHA256(m.ovf)= ${sha256(ONE)}\nSHA256(a.vmdk)= ${sha256('B')}\n` },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['CHECKSUM_MISMATCH'] },
    ],
    [
      'a disk without a digest, and one without a disk',
      [
        { name: 'm.ovf', data: ONE },
        { name: 'm.mf', data: `SHA256(m.ovf)= ${sha256(ONE)}\nSHA256(b.vmdk)= ${sha256('B')}\n` },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['MALFORMED_DISK', 'MALFORMED_DISK'] },
    ],
    [
      'a manifest that is none',
      [
        { name: 'm.ovf', data: ONE },
        { name: 'm.mf', data: 'MD5(a)= 0\n' },
        { name: 'a.vmdk', data: 'A' },
      ],
      { content: ['A'], flaws: ['MALFORMED_DISK'] },
    ],
  ];
  for (const [name, members, expected] of rows) {
    it(name, async () => {
      const found = await opened(members);
      if (expected === undefined) assert.equal(found, undefined);
      else assert.partialDeepStrictEqual(found, expected);
      if (expected?.disks !== undefined) assert.deepEqual(found?.disks, expected.disks);
      if (expected?.flaws !== undefined) assert.deepEqual(found?.flaws, expected.flaws);
    });
  }

  it('finds other members by name', async () => {
    const found = await openDiskTar(
      memoryDisk(
        tar([
          { name: 'disk.raw', data: 'x' },
          { name: 'b.vmdk', data: 'B' },
        ]),
      ),
    );
    assert.equal((await (await found?.neighbour('./b.vmdk'))?.read(0, 1))?.toString(), 'B');
    await assert.rejects(async () => found?.neighbour('../c.vmdk'), { code: 'NOT_FOUND' });
  });

  it('a disk that is cut off is read as far as it is', async () => {
    const whole = tar([{ name: 'disk.raw', data: 'x'.repeat(5000) }]);
    const found = await openDiskTar(memoryDisk(whole.subarray(0, 2048)));
    assert.deepEqual(
      found?.flaws.map(({ code }) => code),
      ['TRUNCATED'],
    );
    const source = found?.disks[0]?.source;
    assert.equal(source?.size, 5000);
    assert.equal((await source?.read(0, 1536))?.length, 1536);
    assert.equal((await unreadable(async () => source?.read(1536, 1)))?.code, 'TRUNCATED');
  });

  it('what follows the end of the archive is told', async () => {
    const bytes = Buffer.concat([tar([{ name: 'disk.raw', data: 'x' }]), Buffer.from('more')]);
    assert.deepEqual(
      (await openDiskTar(memoryDisk(bytes)))?.flaws.map(({ code }) => code),
      ['UNKNOWN_CONTENT'],
    );
  });

  it('damaged in any way is unreadable, or read', async () => {
    const sparse = '2\n0\n512\n1024\n512\n'.padEnd(512, '\0') + 'a'.repeat(1024);
    const records = {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'disk.raw',
      'GNU.sparse.realsize': '4096',
    };
    const whole = tar([
      { name: 'm.ovf', data: ONE },
      { name: 'm.mf', data: `SHA256(a.vmdk)= ${sha256('A')}\n` },
      { name: 'a.vmdk', data: 'A' },
      { type: 'x', data: paxRecords(records) },
      { name: 'GNUSparseFile.0/disk.raw', data: sparse },
    ]);
    assert.equal((await openDiskTar(memoryDisk(whole)))?.disks.length, 2);
    for (const bytes of damaged(whole, 800)) {
      await unreadable(async () => {
        const found = await openDiskTar(memoryDisk(bytes));
        for (const { source } of found?.disks ?? []) await source.read(0, Math.min(source.size, 65536));
      });
    }
  });
});
