import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingForDebian } from '../test/peers/debian.ts';
import { run } from '../test/peers/run.ts';
import { debianArchive, debianLayerGzip, largeArchive, manyFilesArchive } from './images.ts';
import { machines } from './machines.ts';
import { expectStatus, measure, type Run, runOnce } from './measure.ts';
import { names } from './names.ts';
import { signatures } from './signatures.ts';
import { mebibytes, printTable, type Row, seconds, times } from './table.ts';
import { trivyBinary } from './trivy.ts';

/*
 * The numbers of the README, each as a ratio to a peer or to a physical limit measured in the same run. Every command
 * runs once to warm the page cache, then three times; the fastest counts. Peers and images are made once and kept
 * outside the repository.
 */

const root = fileURLToPath(new URL('../', import.meta.url));
const program = join(root, 'dist/cli/main.js');
/** As its first line starts it, but with this Node. */
const [, flags = ''] = /^#!.* node (.*)$/m.exec(readFileSync(program, 'utf8')) ?? [];
const pratique = [process.execPath, ...flags.split(' '), program];
const RULES = join(root, '../shared/data/yara/malcontent.tar.xz');
const rows: Row[] = [];

function add(what: string, value: string, bound: string, holds: boolean): void {
  rows.push({ what, value, bound, holds });
}

const inspect = (...more: string[]): string[] => [
  ...pratique,
  'inspect',
  '--quiet',
  '--format',
  'json',
  ...more,
];

async function everything(archive: string): Promise<void> {
  const ours = expectStatus(await measure(inspect('--no-cache', archive)), [0], 'pratique');
  add('everything on, minimal Debian (docker save)', seconds(ours.seconds), '', true);
  add('  peak memory', mebibytes(ours.peakMiB), '≤ 400 MiB', ours.peakMiB <= 400);
  const layer = await debianLayerGzip();
  const limit = await measure(['sh', '-c', `gzip -dc ${layer} | sha256sum`]);
  add('  gzip -dc layer.tar.gz | sha256sum', seconds(limit.seconds), '', true);
  add(
    '  to gzip | sha256sum',
    times(ours.seconds / limit.seconds),
    '≤ 3×',
    ours.seconds <= 3 * limit.seconds,
  );
  const trivy = await trivyBinary();
  if (trivy === undefined) return add('  Trivy', 'not on this platform', '', true);
  const secret = await runTrivy(trivy, ['--scanners', 'secret', '--format', 'json'], archive, 1);
  add('  Trivy, secrets only', seconds(secret.seconds), '', true);
  add(
    '  to Trivy’s secret scan',
    times(ours.seconds / secret.seconds),
    '≤ 0.1×',
    ours.seconds <= secret.seconds / 10,
  );
}

async function packagesOnly(archive: string): Promise<void> {
  const ours = expectStatus(
    await measure(inspect('--no-cache', '--packages-only', archive)),
    [2],
    'pratique',
  );
  add('packages only', seconds(ours.seconds), '', true);
  const trivy = await trivyBinary();
  if (trivy === undefined) return;
  const peer = await runTrivy(trivy, ['--format', 'cyclonedx'], archive, 2);
  add('  Trivy, CycloneDX', seconds(peer.seconds), '', true);
  add('  to Trivy’s CycloneDX', times(ours.seconds / peer.seconds), '< 1×', ours.seconds < peer.seconds);
}

/** Its own cache is emptied each time: a remembered answer is not a scan. */
async function runTrivy(
  trivy: string,
  flags: readonly string[],
  archive: string,
  repeat: number,
): Promise<Run> {
  const cache = await mkdtemp(join(tmpdir(), 'pratique-bench-trivy-'));
  try {
    const command = [
      trivy,
      'image',
      ...flags,
      '--offline-scan',
      '--quiet',
      '--cache-dir',
      `${cache}/$$`,
      '--input',
      archive,
    ];
    const shell = command.map((word) => (word.includes('$$') ? word : `'${word}'`)).join(' ');
    return expectStatus(await measure(['sh', '-c', `exec ${shell}`], { repeat }), [0], 'trivy');
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function unchanged(archive: string): Promise<void> {
  const cache = await mkdtemp(join(tmpdir(), 'pratique-bench-'));
  try {
    const again = expectStatus(await measure(inspect('--cache-dir', cache, archive)), [0], 'pratique');
    add('unchanged image again', seconds(again.seconds), '< 0.40 s', again.seconds < 0.4);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function memory(): Promise<void> {
  const large = await runOnce(inspect('--no-cache', await largeArchive()));
  add('3 GB image', seconds(large.seconds), '', true);
  add('  peak memory', mebibytes(large.peakMiB), '≤ 400 MiB', large.peakMiB <= 400);
  const many = await runOnce(inspect('--no-cache', await manyFilesArchive()));
  add('a million empty files', seconds(many.seconds), '≤ 60 s', many.seconds <= 60);
  add('  peak memory', mebibytes(many.peakMiB), '≤ 1024 MiB', many.peakMiB <= 1024);
}

/** Loading is what an inspection with the rules costs over one without, on an image of one small file. */
async function rules(): Promise<void> {
  if (!existsSync(RULES)) return add('1,156 rule files', 'no ../shared/data', '', true);
  const folder = await mkdtemp(join(tmpdir(), 'pratique-bench-rules-'));
  try {
    run('tar', ['-xJf', RULES, '-C', folder]);
    run('mkdir', ['-p', join(folder, 'image/etc')]);
    run('sh', ['-c', `echo hello > ${join(folder, 'image/etc/motd')}`]);
    run('tar', ['-C', join(folder, 'image'), '-cf', join(folder, 'image.tar'), '.']);
    const image = join(folder, 'image.tar');
    const without = await measure(inspect('--no-cache', image));
    const loaded = await measure(inspect('--no-cache', '--rules', folder, image));
    const cost = loaded.seconds - without.seconds;
    add('malcontent’s 1,156 rule files, loading', seconds(cost), '< 2 s', cost < 2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const missing = missingForDebian('bookworm-minbase');
if (missing !== undefined) throw new Error(`the bench needs a Debian root file system: ${missing}`);
process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores\n\n`);
const archive = await debianArchive('bookworm-minbase');
await everything(archive);
await packagesOnly(archive);
await unchanged(archive);
await memory();
await rules();
await machines(rows, inspect);
names(rows);
await signatures(rows);
printTable(rows);
process.exitCode = rows.every((row) => row.holds) ? 0 : 1;
