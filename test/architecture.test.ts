import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/*
 * The floors of the house: core <- {read, inspect, decide, guard, store, report, sign} <- app <- {server, cli, web}. A
 * folder imports only from floors below it, and the middle rooms do not know each other.
 */

const source = fileURLToPath(new URL('../src/', import.meta.url));
const MIDDLE = ['read', 'inspect', 'decide', 'guard', 'store', 'report', 'sign'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ...Object.fromEntries(MIDDLE.map((room) => [room, ['core']])),
  app: ['core', ...MIDDLE],
  server: ['core', 'app', 'report'],
  cli: ['core', 'app', 'report'],
  web: ['core', 'app'],
  'index.ts': ['core', 'app'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => ({
    from: file,
    to: relative(source, join(source, dirname(file), specifier)),
  }));
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const roomOf = (file: string): string => file.split('/')[0] ?? file;

test('every folder of src is on a floor', () => {
  assert.deepEqual(
    [...new Set(files.map(roomOf))].filter((room) => ALLOWED[room] === undefined),
    [],
  );
});

test('imports only go down', () => {
  const wrong = files
    .flatMap(importsOf)
    .filter(({ to }) => !to.startsWith('..'))
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) && !ALLOWED[roomOf(from)]?.includes(roomOf(to)))
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

test('a file has at most 400 lines', () => {
  const long = files.filter((file) => !file.includes('.test.') && lineCount(file) > 400);
  assert.deepEqual(long, []);
});

function lineCount(file: string): number {
  return readFileSync(join(source, file), 'utf8').split('\n').length;
}
