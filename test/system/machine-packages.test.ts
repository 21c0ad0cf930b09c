import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { inspectLocation } from '../../src/app/inspect.ts';
import { parseSettings } from '../../src/app/settings.ts';
import type { Report } from '../../src/core/report.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * Packages only enters few folders: a database that links lead to is found all the same, or it is said that it was not.
 */

const skip = ['mke2fs', 'sgdisk', 'dd'].every(isInstalled) ? false : 'needs mke2fs, sgdisk, dd';
const folder = mkdtempSync(join(tmpdir(), 'pratique-packages-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const STATUS =
  'Package: tool\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\nMaintainer: x <x@host.invalid>\nDescription: x\n\n';

function makeTree(name: string, files: Readonly<Record<string, string>>): string {
  const tree = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  return tree;
}

function makeVolume(tree: string, label: string): string {
  const volume = `${tree}.ext4`;
  run('truncate', ['-s', '16M', volume]);
  run('mke2fs', ['-q', '-t', 'ext4', '-L', label, '-d', tree, volume]);
  return volume;
}

async function packagesOnly(disk: string): Promise<Report> {
  const settings = parseSettings({ cache: false, jobs: 1, packagesOnly: true });
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
  const [report] = await inspectLocation(disk, settings, hooks);
  assert.ok(report !== undefined);
  return report;
}

const SYSTEM = {
  'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'etc/fstab': 'LABEL=root / ext4 defaults 0 1\nLABEL=data /data ext4 defaults 0 2\n',
  'home/a/b/c': 'x',
  'var/lib/dpkg/status': STATUS,
};

test('databases and release files behind links on the same volume', { skip }, async () => {
  const tree = makeTree('linked', SYSTEM);
  mkdirSync(join(tree, 'opt/real'), { recursive: true });
  renameSync(join(tree, 'var/lib/dpkg'), join(tree, 'opt/real/dpkg'));
  symlinkSync('real', join(tree, 'opt/chain'));
  symlinkSync('../../opt/chain/dpkg', join(tree, 'var/lib/dpkg'));
  renameSync(join(tree, 'opt/real/dpkg/status'), join(tree, 'home/a/status'));
  symlinkSync('/home/a/status', join(tree, 'opt/real/dpkg/status'));
  symlinkSync('../usr/lib/os-release', join(tree, 'etc/os-release'));
  const { packages, image, problems } = await packagesOnly(makeVolume(tree, 'root'));
  assert.deepEqual(
    packages.map(({ name, version }) => [name, version]),
    [['tool', '1.0']],
  );
  assert.equal(image.distribution?.id, 'debian');
  assert.deepEqual(problems, []);
});

test('a database that a link leads to on another volume is said to be unread', { skip }, async () => {
  const tree = makeTree('split', SYSTEM);
  rmSync(join(tree, 'var/lib/dpkg'), { recursive: true });
  mkdirSync(join(tree, 'data'));
  symlinkSync('/data/dpkg', join(tree, 'var/lib/dpkg'));
  const root = makeVolume(tree, 'root');
  const data = makeVolume(makeTree('data', { 'dpkg/status': STATUS }), 'data');
  const disk = join(folder, 'split.raw');
  run('truncate', ['-s', '40M', disk]);
  run('sgdisk', ['-n', '1:2048:34815', '-n', '2:34816:67583', disk]);
  run('dd', [`if=${root}`, `of=${disk}`, 'bs=512', 'seek=2048', 'conv=notrunc', 'status=none']);
  run('dd', [`if=${data}`, `of=${disk}`, 'bs=512', 'seek=34816', 'conv=notrunc', 'status=none']);
  const { packages, problems } = await packagesOnly(disk);
  assert.deepEqual(packages, []);
  const [problem] = problems.filter(({ effect }) => effect === 'incomplete');
  assert.match(problem?.message ?? '', /leads to \/data\/dpkg on another volume/);
});
