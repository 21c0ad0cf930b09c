import { existsSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeAws } from '../src/read/cloud/testing/fake-aws.ts';
import { debianRoot, PEER_FOLDER } from '../test/peers/debian.ts';
import { isInstalled, run } from '../test/peers/run.ts';
import { debianArchive } from './images.ts';
import { expectStatus, measure, runOnce } from './measure.ts';
import { mebibytes, type Row, seconds, times } from './table.ts';
import { trivyBinary } from './trivy.ts';

/*
 * A 4 GB disk with Debian on it (GPT, ext4), against the same files as a container layer, against `trivy vm`, and as an EBS snapshot.
 */

const GIB = 2 ** 30;
const BLOCK = 512 * 1024;
const START = 2048 * 512;
const SYSTEM = 'bookworm-rich';

export async function machines(rows: Row[], inspect: (...more: string[]) => string[]): Promise<void> {
  const missing = ['sgdisk', 'mke2fs', 'debugfs', 'strace'].filter((tool) => !isInstalled(tool));
  const add = (what: string, value: string, bound: string, holds: boolean): void => {
    rows.push({ what, value, bound, holds });
  };
  if (missing.length > 0) return add('machine images', `needs ${missing.join(', ')}`, '', true);
  const disk = await debianDisk('debian-4g.raw', 4 * GIB);
  const layer = await debianArchive(SYSTEM);
  const asLayer = expectStatus(await measure(inspect('--no-cache', layer)), [0, 2], 'pratique');
  const whole = expectStatus(await measure(inspect('--no-cache', disk)), [0, 2], 'pratique');
  add('4 GB Debian disk, everything on', seconds(whole.seconds), '', true);
  add('  peak memory', mebibytes(whole.peakMiB), '≤ 500 MiB', whole.peakMiB <= 500);
  const toLayer = whole.seconds / asLayer.seconds;
  add('  to the same files as a container layer', times(toLayer), '≤ 1.5×', toLayer <= 1.5);
  await packagesOnly(disk, add, inspect);
  const huge = await debianDisk('debian-2t.raw', 2048 * GIB);
  const sparse = expectStatus(await measure(inspect('--no-cache', huge)), [0, 2], 'pratique');
  const toSmall = sparse.seconds / whole.seconds;
  add('2 TB sparse disk, to the 4 GB one', times(toSmall), '≤ 1.3×', toSmall <= 1.3);
  await snapshot(disk, add, inspect);
}

type Add = (what: string, value: string, bound: string, holds: boolean) => void;

async function packagesOnly(disk: string, add: Add, inspect: (...more: string[]) => string[]): Promise<void> {
  const command = inspect('--no-cache', '--packages-only', disk);
  const ours = expectStatus(await measure(command), [2], 'pratique');
  add('  packages only', seconds(ours.seconds), '', true);
  const share = bytesRead(command, disk) / usedBytes(disk);
  add('  read of the used bytes', `${(share * 100).toFixed(1)} %`, '< 10 %', share < 0.1);
  const trivy = await trivyBinary();
  if (trivy === undefined) return add('  trivy vm', 'not on this platform', '', true);
  const command_ = [
    trivy,
    'vm',
    '--format',
    'cyclonedx',
    '--offline-scan',
    '--quiet',
    '--timeout',
    '30m',
    disk,
  ];
  const peer = expectStatus(await measure(command_, { repeat: 2 }), [0], 'trivy vm');
  add('  trivy vm, CycloneDX', seconds(peer.seconds), '', true);
  const ratio = ours.seconds / peer.seconds;
  add('  to trivy vm', times(ratio), '< 1×', ratio < 1);
}

/** What the kernel was asked for of the disk. */
function bytesRead(command: readonly string[], disk: string): number {
  const log = join(PEER_FOLDER, 'strace.log');
  run('sh', ['-c', `strace -f -y -e trace=pread64 -o ${log} "$@" > /dev/null; true`, 'sh', ...command]);
  const awk = `index($0, "<${disk}>") && match($0, /= [0-9]+$/) { sum += substr($0, RSTART + 2) } END { print sum + 0 }`;
  return Number(run('awk', [awk, log]));
}

function usedBytes(disk: string): number {
  return statSync(disk).blocks * 512;
}

/** The blocks asked of AWS, to those that the files lie in. */
async function snapshot(disk: string, add: Add, inspect: (...more: string[]) => string[]): Promise<void> {
  const ami = { name: 'debian-12-amd64-1', owner: '136693071363', snapshots: ['snap-1'] };
  const fake = await startFakeAws({
    images: { 'ami-0abcdef1234567890': ami },
    snapshots: { 'snap-1': disk },
  });
  try {
    const endpoints = [
      '--endpoint',
      `ec2=${fake.url}`,
      '--endpoint',
      `ebs=${fake.url}`,
      '--region',
      'eu-west-1',
    ];
    const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const blocks = async (...options: string[]): Promise<readonly [asked: number, seconds: number]> => {
      const before = fake.requests.length;
      const result = await runOnce(
        inspect('--no-cache', ...options, ...endpoints, 'aws:ami-0abcdef1234567890'),
        env,
      );
      expectStatus(result, [0, 2], 'pratique');
      const asked = fake.requests.slice(before).filter((path) => /\/blocks\/\d+$/.test(path));
      return [asked.length, result.seconds];
    };
    const [asked, took] = await blocks();
    const ratio = asked / blocksOfFiles(disk, '');
    add('the same disk as an EBS snapshot', seconds(took), '', true);
    add('  blocks requested to those that files occupy', times(ratio), '≤ 1.2×', ratio <= 1.2);
    const [few] = await blocks('--packages-only');
    // Some twenty more say what lies where, however little is wanted.
    add(
      '  packages only: blocks requested, and occupied',
      `${few}, ${blocksOfFiles(disk, DATABASES)}`,
      '',
      true,
    );
  } finally {
    await fake.close();
  }
}

/** What dpkg's databases are, for `find`. */
const DATABASES = `-regextype egrep -regex '.*/(var/lib/dpkg/(status|diversions|info/[^/]*\\.(list|md5sums|conffiles))|etc/[a-z]*-release|etc/debian_version|usr/lib/os-release)'`;

/** As debugfs tells it: every block of the regular files, in blocks of 512 KiB of the disk. */
function blocksOfFiles(disk: string, which: string): number {
  const inodes = run('sh', [
    '-c',
    `find ${join(PEER_FOLDER, SYSTEM)} -xdev -type f ${which} -printf '/%P\\n'`,
  ]);
  const commands = inodes
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => `blocks "${path}"`);
  const volume = `${disk}?offset=${START}`;
  const lists = run('debugfs', ['-f', '-', volume], { input: `${commands.join('\n')}\n` });
  const blocks = new Set<number>();
  for (const line of lists.split('\n')) {
    if (!/^[\d ]+$/.test(line)) continue;
    for (const block of line.trim().split(/ +/))
      blocks.add(Math.floor((START + Number(block) * 4096) / BLOCK));
  }
  return blocks.size;
}

/** A disk with one partition, and Debian in it; sparse. Made once. */
async function debianDisk(name: string, size: number): Promise<string> {
  const disk = join(PEER_FOLDER, name);
  if (existsSync(disk)) return disk;
  const root = await debianRoot(SYSTEM);
  await mkdir(PEER_FOLDER, { recursive: true });
  const part = `${disk}.part`;
  await writeFile(part, '');
  run('truncate', ['-s', String(size), part]);
  run('sgdisk', ['-n', '1:2048:0', '-t', '1:8300', part]);
  const blocks = Math.floor((size - START - 2 ** 20) / 4096);
  run('mke2fs', [
    '-q',
    '-t',
    'ext4',
    '-b',
    '4096',
    '-E',
    `offset=${START}`,
    '-d',
    root,
    part,
    String(blocks),
  ]);
  run('mv', [part, disk]);
  await rm(part, { force: true });
  return disk;
}
