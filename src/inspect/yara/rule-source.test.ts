import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isFailure } from '../../core/failure.ts';
import { readRules } from './rule-source.ts';
import { openYara } from './yara-examiner.ts';

const folder = mkdtempSync(join(tmpdir(), 'pratique-rules-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const rule = (name: string, condition = 'true') => `rule ${name} { condition: ${condition} }\n`;

/** Rules that hold in an empty-handed file, by name, for both engines. */
async function holding(path: string): Promise<string[]> {
  const { user } = readRules([path]);
  const answers: string[][] = [];
  for (const choice of ['auto', 'wasm'] as const) {
    const yara = await openYara({ own: [], user, digest: '' }, choice);
    const record = {
      path: 'x' as never,
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 5,
      mtime: 0,
      content: 'text',
    } as const;
    const [result] = yara.examineBatch([
      { record, bytes: Buffer.from('caf\xe9!', 'latin1'), base: 0, whole: true },
    ]);
    answers.push(
      (result?.observations ?? []).map((one) => `${one.rule} ${one.source.slice(folder.length + 1)}`).sort(),
    );
  }
  assert.deepEqual(answers[0], answers[1]);
  return answers[0] ?? [];
}

async function failure(path: string, choice: 'auto' | 'wasm' = 'auto'): Promise<string> {
  try {
    await openYara({ own: [], user: readRules([path]).user, digest: '' }, choice);
  } catch (error) {
    if (isFailure(error)) return `${error.code} ${error.message.replaceAll(folder, '')}`;
    throw error;
  }
  return 'none';
}

test('a tree of rules is read by name; other files and loops of links are left alone', () => {
  write('tree/b.yara', rule('b'));
  write('tree/a/a.yar', rule('a'));
  write('tree/readme.md', 'no rule');
  symlinkSync('.', join(folder, 'tree/loop'));
  const { user, own, digest } = readRules([join(folder, 'tree')]);
  assert.deepEqual(
    user.map(({ path }) => path.slice(folder.length)),
    ['/tree/a/a.yar', '/tree/b.yara'],
  );
  assert.ok(
    own.length > 0 && own.every(({ path }) => /^rules\/(?:program|script)\/[a-z-]+\.yar$/.test(path)),
  );
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.notEqual(digest, readRules([]).digest);
});

test('includes go first, once, and in circles too', async () => {
  write('include/main.yar', `include "./part.yar"\n${rule('main', 'part')}`);
  write('include/part.yar', `include "main.yar"\n${rule('part')}`);
  assert.deepEqual(await holding(join(folder, 'include/main.yar')), [
    'main include/main.yar',
    'part include/part.yar',
  ]);
});

test('names may repeat over files, and a global rule binds its own file only', async () => {
  write('repeat/a.yar', rule('same') + rule('uses', 'same'));
  write('repeat/b.yar', rule('same', 'filesize == 5'));
  write('repeat/c.yar', `global ${rule('never', 'false')}${rule('silenced')}`);
  write('repeat/d.yar', rule('last'));
  assert.deepEqual(await holding(join(folder, 'repeat')), [
    'last repeat/d.yar',
    'same repeat/a.yar',
    'same repeat/b.yar',
    'uses repeat/a.yar',
  ]);
});

test('a file that is not UTF-8 keeps its bytes', async () => {
  write(
    'latin.yar',
    Buffer.from('// caf\xe9\nrule latin { strings: $a = "caf\xe9" condition: $a }', 'latin1'),
  );
  assert.deepEqual(await holding(join(folder, 'latin.yar')), ['latin latin.yar']);
});

test('a rule about the name of the file compiles', async () => {
  write('name.yar', rule('named', 'filename == "x" and filepath == "/" and extension == "" and owner == ""'));
  assert.deepEqual(await holding(join(folder, 'name.yar')), ['named name.yar']);
});

const broken = [
  {
    name: 'an unknown word',
    files: { 'a.yar': rule('a'), 'b.yar': `\n${rule('b', 'nonsense')}` },
    expected: /\/b\.yar:2:21: unknown identifier `nonsense`/,
  },
  {
    name: 'a brace left open',
    files: { 'a.yar': 'rule a {\n  condition: true\n', 'b.yar': rule('b') },
    expected: /\/a\.yar:[123]:\d+: syntax error/,
  },
  {
    name: 'several files',
    files: { 'a.yar': rule('a', 'x1'), 'b.yar': rule('b'), 'c.yar': rule('c', '$x2') },
    expected: /\/a\.yar:1:21: .*; .*\/c\.yar:1:21: /,
  },
];

for (const [index, { name, files, expected }] of broken.entries()) {
  test(`rules that do not compile are named with their line: ${name}`, async () => {
    for (const [file, text] of Object.entries(files)) write(`broken-${index}/${file}`, text);
    for (const choice of ['auto', 'wasm'] as const) {
      const said = await failure(join(folder, `broken-${index}`), choice);
      assert.match(said, /^RULES_INVALID rules do not compile: /);
      assert.match(said, expected);
      assert.ok(!said.includes('\n'));
    }
  });
}

test('a path that is missing or holds no rules is said to', async () => {
  mkdirSync(join(folder, 'nothing'));
  assert.match(await failure(join(folder, 'absent')), /^NOT_FOUND .*absent/);
  assert.match(await failure(join(folder, 'nothing')), /^RULES_INVALID no rules in/);
});
