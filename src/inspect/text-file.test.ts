import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FailureCode, isFailure } from '../core/failure.ts';
import { readTextFile } from './text-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pratique-text-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
}

test('text file: whole, up to the last byte that is allowed', () => {
  assert.equal(readTextFile(file('größer'), 8), 'größer');
  assert.equal(readTextFile(file(''), 8), '');
});

const refused: readonly (readonly [name: string, path: () => string, code: FailureCode])[] = [
  ['one byte too many', () => file('123456789'), 'TOO_LARGE'],
  ['a device without an end', () => '/dev/zero', 'TOO_LARGE'],
  ['a folder', () => folder, 'USAGE'],
  ['nothing there', () => join(folder, 'absent'), 'NOT_FOUND'],
  ['no UTF-8', () => file(Uint8Array.of(0xff, 0xfe)), 'MALFORMED'],
];
for (const [name, path, code] of refused) {
  test(`text file: ${name} is ${code}`, () => {
    assert.throws(
      () => readTextFile(path(), 8),
      (error) => isFailure(error, code),
    );
  });
}
