import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes } from './bytes.ts';

const cases: readonly (readonly [bytes: number, text: string])[] = [
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1.5 * 2 ** 20, '1.5 MiB'],
  [2 ** 30, '1.0 GiB'],
  [2 ** 50, '1024.0 TiB'],
];
for (const [bytes, text] of cases) test(`${bytes} bytes`, () => assert.equal(formatBytes(bytes), text));
