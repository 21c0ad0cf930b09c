import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from '../src/index.ts';
import { buildImage, dockerMembers } from '../src/read/testing/image-builder.ts';
import { scratch } from '../src/read/testing/scratch.ts';
import { tar } from '../src/read/testing/tar-builder.ts';
import { assertValid, compileOwnSchema } from '../src/report/testing/validator.ts';

/* `pratique name`, as a person or a script has it. */

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

function name(
  args: readonly string[],
  input = '',
): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [MAIN, 'name', ...args], { encoding: 'utf8', input, env });
}

const rows: readonly (readonly [what: string, names: readonly string[], status: number])[] = [
  ['an official name', ['nginx'], 0],
  ['a note only', ['someone/redis'], 0],
  ['a look-alike', ['nginx', 'ngnix'], 2],
  ['an empty name', [''], 64],
  ['a spoofed host', ['ngnix', 'docker.io.evil.example/library/nginx'], 1],
];
for (const [what, names, status] of rows) {
  test(`name: ${what} ends with ${status}`, () => assert.equal(name(names).status, status));
}

test('name: the terminal shows whose it is, the trick, and what the score is made of', () => {
  const { stdout } = name(['bitnarni/redis', 'grafana/grafana']);
  assert.match(
    stdout,
    /^bitnarni\/redis: publisher not known\n {2}● block {2}homoglyph, like docker\.io\/bitnami\n/,
  );
  assert.match(stdout, /bitnami publishes redis \(0\.35\)/);
  assert.match(stdout, /^grafana\/grafana: known publisher \(.+\)$/m);
});

test('name: JSON is by its schema', () => {
  const { stdout, status } = name(['--format', 'json', 'nginx', 'vibersastra/ubuntu']);
  assert.equal(status, 1);
  assertValid(compileOwnSchema('names-1.0.json', 'report-1.0.json'), stdout);
  assert.equal(JSON.parse(stdout).names.length, 2);
});

test('name: names come from standard input, one a line', () => {
  const { stdout, status } = name(['-'], '# images of today\nnginx\n\n  ngnix  \n');
  assert.equal(status, 2);
  assert.match(stdout, /^nginx: official/m);
  assert.match(stdout, /^ngnix: /m);
  assert.equal(stdout.includes('#'), false);
});

test('name: a line without end is cut, and said to be', () => {
  const { stdout, status } = name(['--format', 'json', '-'], `nginx${'x'.repeat(5_000_000)}\nnginx`);
  assert.equal(status, 2);
  const [long, nginx] = JSON.parse(stdout).names;
  assert.equal(long.name.length, 1024);
  assert.ok(long.suspicions.some(({ trick }: { trick: string }) => trick === 'too-long'));
  assert.equal(nginx.standing, 'official');
});

test('name: an empty list is an error, not an answer', () => {
  for (const input of ['', '\n\n', '# nothing\n']) {
    const { stdout, stderr, status } = name(['-'], input);
    assert.equal(status, 64);
    assert.equal(stdout, '');
    assert.match(stderr, /^pratique: USAGE: standard input names nothing/);
  }
  assert.equal(name(['-', '-'], 'nginx\n').status, 64);
});

test('name: own names count, and a file that cannot be used is said', (t) => {
  const file = join(scratch(t), 'names.yaml');
  writeFileSync(file, 'version: 1\ninternal: [registry.acme.example/x]\n');
  assert.equal(name(['--names', file, 'docker.io/acme-internal/x']).status, 1);
  assert.match(name(['--names', file, 'registry.acme.example/x']).stdout, /a name of your own/);
  writeFileSync(file, 'version: 1\nallowed: []\n');
  const { status, stderr } = name(['--names', file, 'nginx']);
  assert.equal(status, 3);
  assert.match(stderr, /^pratique: MALFORMED: .*names\.yaml:2.*allowed/);
});

test('name: nothing that a name holds steers the terminal', () => {
  const { stdout } = name(['-'], 'a\x1b]0;owned\x07/b\u202e\n');
  assert.equal(/[\x00-\x09\x0b-\x1f\u202e]/.test(stdout), false);
});

const archived = (t: TestContext, ...tags: string[]): string => {
  const file = join(scratch(t), 'image.tar');
  writeFileSync(file, tar(dockerMembers(buildImage(), tags)));
  return file;
};

test('inspect: the names in an archive are judged, and are among the findings', async (t) => {
  const { names, findings, decision } = await inspect(archived(t, 'nginx:1.27', 'bitnarni/redis:7'), {
    cache: false,
  });
  assert.deepEqual(
    names.map(({ name: one, standing }) => `${one} ${standing}`),
    ['nginx:1.27 official', 'bitnarni/redis:7 unknown'],
  );
  assert.ok(findings.some(({ rule, tier }) => rule === 'names/spoofed' && tier === 'block'));
  assert.equal(decision.outcome, 'deny');
});

test('inspect: a name behind too many others leaves the image undecided', async (t) => {
  const many = Array.from({ length: 150 }, (_, at) => `acme/app:${at}`);
  const { decision, problems } = await inspect(archived(t, ...many, 'bitnarni/redis:7'), { cache: false });
  assert.equal(decision.outcome, 'undetermined');
  assert.match(problems[0]?.message ?? '', /151 names.*first 100/);
});

test('inspect: own names count', async (t) => {
  const names = join(scratch(t), 'names.yaml');
  writeFileSync(names, 'version: 1\nallow: [bitnarni/redis]\n');
  const { findings } = await inspect(archived(t, 'bitnarni/redis:7'), { cache: false, names });
  assert.deepEqual(
    findings.filter(({ rule }) => rule.startsWith('names/')),
    [],
  );
});

test('inspect: where only packages are read, names are not judged', async (t) => {
  const file = archived(t, 'bitnarni/redis:7');
  const { names, findings } = await inspect(file, { cache: false, packagesOnly: true });
  assert.deepEqual([names, findings], [[], []]);
});
