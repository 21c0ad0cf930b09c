import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { settingsSchema } from '../src/app/settings.ts';
import { FAILURE_CODES } from '../src/core/failure.ts';
import { PROBLEM_CODES } from '../src/core/problem.ts';
import { REJECTION_CODES } from '../src/core/vouching.ts';

/* What the documents say is held against the code. */

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, cell = '']) => cell);

test('every failure code is documented, and no other', () => {
  assert.deepEqual(firstCells(read('docs/errors.md')), [...FAILURE_CODES]);
});

test('every problem code is documented, and no other', () => {
  assert.deepEqual(firstCells(read('docs/problems.md')).sort(), [...PROBLEM_CODES].sort());
});

test('every reason for which a signature does not count is documented, and no other', () => {
  assert.deepEqual(firstCells(read('docs/signatures.md')), [...REJECTION_CODES]);
});

test('every failure and problem code is used', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(?:\.test\.ts|core\/(?:failure|problem)\.ts)$/.test(file))
    .map((file) => read(`src/${file}`))
    .join('\n');
  const unused = [...FAILURE_CODES, ...PROBLEM_CODES].filter((code) => !sources.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('the README names every option', () => {
  const readme = read('README.md');
  const flags = Object.keys(settingsSchema.shape).map((name) =>
    name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
  );
  assert.deepEqual(
    flags.filter((flag) => !readme.includes(`--${flag}`) && !readme.includes(`--no-${flag}`)),
    [],
  );
});

test('links between documents lead somewhere', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
    readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  );
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .filter(([, target = '']) => !existsSync(join(root, dirname(file), target)))
      .map(([, target = '']) => `${file}: ${target}`),
  );
  assert.deepEqual(broken, []);
});
