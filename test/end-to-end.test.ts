import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Failure, inspect, type Progress, type Report } from '../src/index.ts';
import { buildImage, dockerMembers, index, layoutMembers } from '../src/read/testing/image-builder.ts';
import { type TarMember, tar } from '../src/read/testing/tar-builder.ts';

/* The whole program, from command line or library call to report, on images built in code. */

const root = fileURLToPath(new URL('../', import.meta.url));
const main = join(root, 'src/cli/main.ts');
const trojaned = join(root, 'examples/trojaned-app.tar');
const honest = join(root, 'examples/honest-app.tar');

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function saved(folder: string, ...layers: readonly TarMember[][]): string {
  const file = join(folder, 'image.tar');
  writeFileSync(file, tar(dockerMembers(buildImage({ layers: layers.map((members) => tar(members)) }))));
  return file;
}

function cli(folder: string, ...args: string[]) {
  const env = { ...process.env, PRATIQUE_CACHE: join(folder, 'cache'), TMPDIR: folder, NO_COLOR: '1' };
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env });
}

test('the command denies the trojaned example and says why, where and since when', (context) => {
  const { status, stdout, stderr } = cli(scratch(context), 'inspect', trojaned);
  assert.equal(status, 1);
  assert.equal(stderr, '');
  assert.match(stdout, /^DENIED /);
  for (const text of ['/etc/ld.so.preload:1', 'layer 2', 'RUN ./tune.sh', 'persistence/ld-so-preload']) {
    assert.ok(stdout.includes(text), text);
  }
});

test('the command allows the honest example', (context) => {
  const { status, stdout } = cli(scratch(context), 'inspect', honest);
  assert.equal(status, 0);
  assert.match(stdout, /^ALLOWED /);
});

test('with --format json standard output is one document and nothing else', (context) => {
  const { status, stdout } = cli(scratch(context), 'inspect', '--format', 'json', trojaned);
  const report = JSON.parse(stdout);
  assert.equal(status, 1);
  assert.equal(report.decision.outcome, 'deny');
  for (const finding of report.findings) {
    assert.ok(!String(finding.location.path ?? '').startsWith('/'));
    assert.ok(finding.location.layer !== undefined || finding.location.config !== undefined, finding.rule);
  }
});

test('only packages read is never an allow', (context) => {
  const { status, stdout } = cli(scratch(context), 'inspect', '--packages-only', '--format', 'json', honest);
  assert.equal(status, 2);
  assert.deepEqual(
    JSON.parse(stdout).packages.map(({ purl }: { purl: string }) => purl.split('?')[0]),
    ['pkg:deb/debian/dash@0.5.12-2'],
  );
});

test('what a later layer deletes is found, and said to be deleted', async (context) => {
  const report = await inspect(trojaned, { cacheDir: scratch(context) });
  const hidden = report.findings.filter(({ location }) => location.path === 'var/tmp/.x/run.sh');
  assert.ok(hidden.length > 0, 'the deleted script is found');
  for (const { location } of hidden) assert.equal(location.hidden?.by, 'deleted');
});

test('an unchanged image is answered from the cache, with the same findings', async (context) => {
  const cacheDir = scratch(context);
  const first = await inspect(trojaned, { cacheDir });
  const second = await inspect(trojaned, { cacheDir });
  assert.deepEqual(
    first.image.layers.map(({ cached }) => cached),
    [false, false, false, false],
  );
  assert.deepEqual(
    second.image.layers.map(({ cached }) => cached),
    [true, true, true, true],
  );
  assert.deepEqual(second.findings, first.findings);
  assert.deepEqual(second.packages, first.packages);
});

const LINKED: readonly [name: string, layers: TarMember[][]][] = [
  [
    'a symlink',
    [
      [
        { name: 'opt/x', data: '/opt/evil.so\n' },
        { name: 'etc/ld.so.preload', type: 'symlink', linkname: '/opt/x' },
      ],
    ],
  ],
  [
    'a hard link',
    [
      [
        { name: 'opt/x', data: '/opt/evil.so\n' },
        { name: 'etc/ld.so.preload', type: 'hardlink', linkname: 'opt/x' },
      ],
    ],
  ],
  [
    'a symlink to a later layer',
    [
      [{ name: 'etc/ld.so.preload', type: 'symlink', linkname: '../opt/x' }],
      [{ name: 'opt/x', data: '/opt/evil.so\n' }],
    ],
  ],
  [
    'a linked folder',
    [
      [
        { name: 'opt/etc/ld.so.preload', data: '/opt/evil.so\n' },
        { name: 'etc', type: 'symlink', linkname: 'opt/etc' },
      ],
    ],
  ],
];

for (const [name, layers] of LINKED) {
  test(`content kept elsewhere is found behind ${name}, also from the cache`, async (context) => {
    const folder = scratch(context);
    const file = saved(folder, ...layers);
    for (const round of ['read', 'cached']) {
      const report = await inspect(file, { cacheDir: join(folder, 'cache') });
      const [finding] = report.findings.filter(({ rule }) => rule === 'persistence/ld-so-preload');
      assert.equal(finding?.location.path, 'etc/ld.so.preload', round);
      assert.equal(report.decision.outcome, 'deny', round);
    }
  });
}

test('no report quotes a secret of the config, not even in the instruction that made a layer', (context) => {
  const folder = scratch(context);
  const secret = ['glpat', 'Zq3vT8wLx1KpRb6YdN2h'].join('-');
  const config = {
    config: { Env: [`CI_TOKEN=${secret}`] },
    history: [{ created_by: `RUN TOKEN=${secret} make` }],
  };
  const file = join(folder, 'image.tar');
  writeFileSync(file, tar(dockerMembers(buildImage({ config }))));
  const outputs = ['json', 'sarif', 'cyclonedx', 'spdx', 'junit', 'html'].flatMap((format) => [
    '-f',
    `${format}=${join(folder, format)}`,
  ]);
  const { status, stdout } = cli(folder, 'inspect', ...outputs, file);
  assert.equal(status, 2);
  assert.ok(stdout.includes('secrets/environment'), stdout);
  for (const text of [
    stdout,
    ...outputs
      .slice(1)
      .filter((_, at) => at % 2 === 0)
      .map((one) => readFileSync(one.slice(one.indexOf('=') + 1), 'utf8')),
  ]) {
    assert.ok(!text.includes(secret));
  }
});

test('every platform has a report of its own, and the worst decides', (context) => {
  const folder = scratch(context);
  const clean = buildImage();
  const layers = [tar([{ name: 'etc/ld.so.preload', data: '/opt/evil.so\n' }])];
  const evil = buildImage({ layers, config: { architecture: 'arm64', variant: 'v8' } });
  const manifests = [
    { ...clean.manifest.descriptor, platform: { os: 'linux', architecture: 'amd64' } },
    { ...evil.manifest.descriptor, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
  ];
  const both = index(manifests);
  const file = join(folder, 'image.tar');
  writeFileSync(file, tar(layoutMembers([both.descriptor], [both, ...clean.all, ...evil.all])));
  const { status, stdout } = cli(folder, 'inspect', '--all-platforms', '--format', 'json', file);
  const { reports } = JSON.parse(stdout);
  assert.equal(status, 1);
  assert.deepEqual(
    reports.map((one: Report) => `${one.image.platform?.architecture} ${one.decision.outcome}`),
    ['amd64 allow', 'arm64 deny'],
  );
  const one = cli(folder, 'inspect', '--platform', 'linux/amd64', file);
  assert.equal(one.status, 0, one.stderr);
  const none = cli(folder, 'inspect', '--platform', 'linux/s390x', file);
  assert.equal(none.status, 3);
  assert.match(none.stderr, /^pratique: NO_SUCH_PLATFORM: .*linux\/arm64\/v8/);
});

test('a layer that is read again for a link is not counted again', async (context) => {
  const folder = scratch(context);
  const file = saved(folder, [
    { name: 'opt/x', data: '/opt/evil.so\n' },
    { name: 'etc/ld.so.preload', type: 'symlink', linkname: '/opt/x' },
  ]);
  const report = await inspect(file, { cache: false, maxFiles: 3 });
  assert.deepEqual(report.problems, []);
  assert.equal(report.decision.outcome, 'deny');
});

test('the library reports progress', async (context) => {
  const seen: Progress[] = [];
  await inspect(trojaned, { cacheDir: scratch(context), onProgress: (progress) => seen.push(progress) });
  assert.equal(seen[0]?.kind, 'opened');
  const done = seen.filter((progress) => progress.kind === 'layer' && progress.done);
  assert.equal(done.length, 4);
});

test('the library stops when told to', async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(
    inspect(trojaned, { signal }),
    (error) => error instanceof Failure && error.code === 'CANCELLED',
  );
});

const WRONG: readonly [name: string, args: string[], status: number, code: string][] = [
  ['a file that is not there', ['inspect', './absent.tar'], 3, 'NOT_FOUND'],
  ['no such option', ['inspect', '--nonsense', trojaned], 64, 'USAGE'],
  ['no such command', ['inspekt', trojaned], 64, 'USAGE'],
  ['no location', ['inspect'], 64, 'USAGE'],
  ['no such format', ['inspect', '--format', 'xml', trojaned], 64, 'USAGE'],
  ['two formats on standard output', ['inspect', '-f', 'json', '-f', 'json', trojaned], 64, 'USAGE'],
  ['a format with an empty file name', ['inspect', '-f', 'json=', trojaned], 64, 'USAGE'],
  ['a report over a folder', ['inspect', '-f', `json=${root}`, trojaned], 64, 'USAGE'],
  ['a full disk behind standard output', ['inspect', '-f', 'json=/dev/full', honest], 3, 'DISK_FULL'],
  ['a size that is none', ['inspect', '--max-bytes', 'many', trojaned], 64, 'USAGE'],
  [
    'a report that cannot be written',
    ['inspect', '--format', 'json=/absent/x.json', trojaned],
    3,
    'NOT_FOUND',
  ],
  ['a reference that is none', ['inspect', 'UPPER//case'], 64, 'USAGE'],
];

for (const [name, args, expected, code] of WRONG) {
  test(`${name}: one clear line with a code`, (context) => {
    const { status, stdout, stderr } = cli(scratch(context), ...args);
    assert.equal(status, expected, stderr);
    assert.match(stderr, new RegExp(`^pratique: ${code}: .+\\n`));
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
    assert.equal(stdout, '');
  });
}

test('Ctrl-C in the middle of a download ends in one line and leaves nothing behind', async (context) => {
  const folder = scratch(context);
  const env = { ...process.env, PRATIQUE_CACHE: join(folder, 'cache'), TMPDIR: folder, HOME: folder };
  const registry = createServer(() => child.kill('SIGINT'));
  context.after(() => registry.close());
  const port = await new Promise<number>((resolve) => {
    registry.listen(0, '127.0.0.1', () => resolve((registry.address() as AddressInfo).port));
  });
  const reference = `127.0.0.1:${port}/slow/image:1`;
  const args = [main, 'inspect', '--plain-http', `127.0.0.1:${port}`, reference];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  registry.closeAllConnections();
  assert.equal(status, 3, stderr);
  assert.match(stderr, /^pratique: CANCELLED: .+\n$/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name !== 'cache'),
    [],
  );
});

test('a report file is written whole, several at once', (context) => {
  const folder = scratch(context);
  const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
  const { status, stdout } = cli(folder, 'inspect', '-f', `json=${a}`, '-f', `json=${b}`, honest);
  assert.equal(status, 0);
  assert.match(stdout, /^ALLOWED /, 'the terminal still gets its report');
  assert.equal(JSON.parse(readFileSync(a, 'utf8')).decision.outcome, 'allow');
  assert.deepEqual(JSON.parse(readFileSync(b, 'utf8')).findings, []);
});

test('a full disk behind standard output is no verdict', {
  skip: existsSync('/dev/full') ? false : 'no /dev/full',
}, (context) => {
  const folder = scratch(context);
  const env = { ...process.env, PRATIQUE_CACHE: join(folder, 'cache') };
  const full = openSync('/dev/full', 'w');
  context.after(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [main, 'inspect', honest], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', full, 'pipe'],
  });
  assert.equal(status, 3);
  assert.match(stderr, /^pratique: DISK_FULL: .+\n$/);
});

test('a report goes through a link, which stays one', (context) => {
  const folder = scratch(context);
  symlinkSync('real.json', join(folder, 'link.json'));
  writeFileSync(join(folder, 'real.json'), '');
  assert.equal(cli(folder, 'inspect', '-f', `json=${join(folder, 'link.json')}`, honest).status, 0);
  assert.ok(lstatSync(join(folder, 'link.json')).isSymbolicLink());
  assert.equal(JSON.parse(readFileSync(join(folder, 'real.json'), 'utf8')).decision.outcome, 'allow');
});

test('a cache that cannot be made is said, and changes nothing', (context) => {
  const { status, stdout } = cli(scratch(context), 'inspect', '--cache-dir', '/proc/no/such/folder', honest);
  assert.equal(status, 0);
  assert.match(stdout, /CACHE_UNUSABLE/);
});

test('other limits are another reading: the cache answers no question it was not asked', async (context) => {
  const cacheDir = scratch(context);
  await inspect(honest, { cacheDir });
  const cut = await inspect(honest, { cacheDir, maxFiles: 3 });
  assert.equal(cut.decision.outcome, 'undetermined');
  assert.ok(cut.problems.some(({ code }) => code === 'LIMIT_FILES'));
});

test('diff says what the trojaned update changed', (context) => {
  const { status, stdout } = cli(scratch(context), 'diff', '--format', 'json', honest, trojaned);
  const diff = JSON.parse(stdout);
  assert.equal(status, 1);
  assert.deepEqual(
    diff.files.added.map(({ path }: { path: string }) => path),
    ['etc/cron.d/cache', 'etc/ld.so.preload'],
  );
  const dash = diff.files.changed.find(({ path }: { path: string }) => path === 'usr/bin/dash');
  assert.deepEqual(dash, { ...dash, owner: 'dash', what: ['content'], suspicious: true });
  assert.ok(diff.findings.added.length >= 3);
});
