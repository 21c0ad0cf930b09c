import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FailureCode } from '../core/failure.ts';
import { scratch } from '../read/testing/scratch.ts';
import { readGivenFile } from './given-file.ts';

test('a file is read up to its last byte', async (t) => {
  const file = join(scratch(t), 'key');
  writeFileSync(file, 'abc');
  assert.equal((await readGivenFile(file, 'the key', 3)).toString(), 'abc');
});

const WRONG: readonly (readonly [name: string, path: string, code: FailureCode])[] = [
  ['one that is not there', 'none', 'NOT_FOUND'],
  ['one below a file', 'file/none', 'NOT_FOUND'],
  ['a folder', 'folder', 'USAGE'],
  ['one byte too many', 'file', 'TOO_LARGE'],
];

for (const [name, path, code] of WRONG) {
  test(`wrong: ${name}`, async (t) => {
    const folder = scratch(t);
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'file'), 'abcd');
    await assert.rejects(readGivenFile(join(folder, path), 'the key', 3), { code, message: /^the key / });
  });
}

test('what has no size and no end is read to its bound, and no further', async () => {
  await assert.rejects(readGivenFile('/dev/zero', 'the key', 1000), { code: 'TOO_LARGE' });
});
