import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { paxRecords, type TarMember, tar } from '../../testing/tar-builder.ts';
import { openDiskTar } from './disk-tar.ts';

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

describe('a descriptor of megabytes', () => {
  it('names a hundred thousand disks: what is told of them is bounded, and so is the time', {
    timeout: 10_000,
  }, async () => {
    const files = '<File id="f" href="a.vmdk"/>'.repeat(60_000);
    const disks = '<Disk fileRef="g"/>'.repeat(130_000);
    const found = await openDiskTar(memoryDisk(tar([{ name: 'm.ovf', data: OVF(files, disks) }])));
    assert.equal(found?.flaws.length, 1025);
    assert.equal(found.flaws.at(-1)?.code, 'LIMIT_FINDINGS');
  });
});
