import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLayerPath } from '../../../core/layer-path.ts';
import type { Seen } from '../../contract.ts';
import { toExamination } from '../../examine.ts';
import { inspectFixture } from '../../testing/fixture.ts';
import { parseApkDigest } from './digest.ts';
import { apkCataloger } from './index.ts';

const SHA1 = 'Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=';
const SHA1_HEX = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

const MUSL = `C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64
S:407278
T:the musl c library
U:https://musl.libc.org/
L:MIT
o:musl
m:A <a@example.invalid>
F:
M:0:0:755
R:hello
F:etc
R:musl.conf
a:0:0:600
Z:${SHA1}
F:lib
R:ld-musl-x86_64.so.1
a:0:0:4755:Q1attr
Z:${SHA1}

`;

test('apk: a package and its files', () => {
  const { packages } = inspectFixture(
    { layers: [{ 'lib/apk/db/installed': MUSL, 'etc/alpine-release': '3.20.3\n' }] },
    [],
  );
  const digest = { algorithm: 'sha1', hex: SHA1_HEX };
  assert.deepEqual(packages, [
    {
      purl: 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3',
      name: 'musl',
      version: '1.2.5-r0',
      type: 'apk',
      architecture: 'x86_64',
      source: { name: 'musl', version: '1.2.5-r0' },
      licence: 'MIT',
      maintainer: 'A <a@example.invalid>',
      database: 'lib/apk/db/installed',
      files: [
        { path: 'hello' },
        { path: 'etc' },
        { path: 'etc/musl.conf', digest, config: true, mode: 0o600 },
        { path: 'lib' },
        { path: 'lib/ld-musl-x86_64.so.1', digest, mode: 0o4755 },
      ],
    },
  ]);
});

test('apk: the newer place of the database', () => {
  const { packages } = inspectFixture(
    { layers: [{ 'usr/lib/apk/db/installed': `P:a\nV:1\n\nP:b\nV:2` }] },
    [],
  );
  assert.deepEqual(
    packages.map((one) => `${one.name} ${one.version}`),
    ['a 1', 'b 2'],
  );
});

const digests = [
  { name: 'base64 of SHA-1', raw: SHA1, expected: `sha1 ${SHA1_HEX}` },
  {
    name: 'base64 of SHA-256',
    raw: 'Q247DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    expected: 'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  },
  { name: 'hex of SHA-1', raw: `X1${SHA1_HEX}`, expected: `sha1 ${SHA1_HEX}` },
  { name: 'old hex of MD5', raw: 'A'.repeat(32), expected: `md5 ${'a'.repeat(32)}` },
  { name: 'SHA-256 cut to 160 bits', raw: SHA1.replace('Q1', 'Q2'), expected: undefined },
  { name: 'an unknown kind', raw: SHA1.replace('Q1', 'Q7'), expected: undefined },
  { name: 'hex of an odd length', raw: 'a'.repeat(33), expected: undefined },
  { name: 'words', raw: 'none', expected: undefined },
];

for (const { name, raw, expected } of digests) {
  test(`apk digest: ${name}`, () => {
    const digest = parseApkDigest(raw);
    assert.equal(digest && `${digest.algorithm} ${digest.hex}`, expected);
  });
}

function problemsIn(text: string, whole = true): string[] {
  const bytes = Buffer.from(text);
  const path = toLayerPath('lib/apk/db/installed');
  const record = { kind: 'file', path, mode: 0o644, uid: 0, gid: 0, mtime: 0, content: 'text' } as const;
  const { observations } = toExamination([apkCataloger])({
    record: { ...record, size: bytes.length },
    bytes,
    base: 0,
    whole,
  });
  const seen = observations.map(({ observation }) => ({ layer: 0, path, observation }));
  return [...(apkCataloger.problems?.(seen as Seen<never>[]) ?? [])].map((problem) => problem.message);
}

const damages = [
  { name: 'nothing', text: MUSL, expected: [] },
  { name: 'a package without a name', text: 'V:1\n\nP:x\n', expected: ['the package at line 1 has no name'] },
  { name: 'a line that is no record', text: 'P:x\nhello\n', expected: ['line 2 is no record'] },
  { name: 'a file outside any folder', text: 'P:x\nR:file\n', expected: ['line 2 is no record'] },
  { name: 'a second name', text: 'P:x\nP:y\n', expected: ['line 2 is no record'] },
  { name: 'a mode that is none', text: 'P:x\nF:a\nM:0:0:rwx\n', expected: ['line 3 is no record'] },
  {
    name: 'a path longer than Linux allows',
    text: `P:x\nF:${'a'.repeat(5000)}\n`,
    expected: ['a path of 5001 characters, or with a line break, is left out'],
  },
];

for (const { name, text, expected } of damages) {
  test(`apk: reports ${name}`, () => {
    assert.deepEqual(
      problemsIn(text),
      expected.map((message) => `the apk database lib/apk/db/installed: ${message}`),
    );
  });
}

test('apk: a folder with a long name and many files has a bounded cost', () => {
  const text = `P:x\nF:${'a'.repeat(4000)}\n${'R:b\n'.repeat(60_000)}`;
  const [message = ''] = problemsIn(text);
  assert.match(message, /only its first \d{5} paths are read/);
});

test('apk: reports a database larger than is read', () => {
  assert.match(problemsIn('P:x\n', false)[0] ?? '', /more than is read/);
});

test('apk: any text is read without throwing', () => {
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom(...'PVAoLmFRMaZCrq:x'), fc.string({ maxLength: 20 }))
      .map(([a, b]) => `${a}:${b}`),
    fc.string({ maxLength: 5 }),
    fc.constant(''),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const layer = { 'lib/apk/db/installed': Buffer.from(lines.join('\n')) };
      const failed = inspectFixture({ layers: [layer] }, []).problems;
      assert.deepEqual(
        failed.filter(({ code }) => code === 'DETECTOR_FAILED'),
        [],
      );
    }),
    { numRuns: 500 },
  );
});
