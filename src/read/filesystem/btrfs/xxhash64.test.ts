import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xxhash64 } from './xxhash64.ts';

/** Known answers for seed 0. */
const rows = [
  { name: 'nothing', text: '', hash: 'ef46db3751d8e999' },
  { name: 'one byte', text: 'a', hash: 'd24ec4f1a98c6e5b' },
  { name: 'three bytes', text: 'abc', hash: '44bc2cf5ad770999' },
  {
    name: 'stripes, words and a rest',
    text: 'Nobody inspects the spammish repetition',
    hash: 'fbcea83c8a378bf1',
  },
];

for (const { name, text, hash } of rows) {
  test(name, () => assert.equal(xxhash64(Buffer.from(text)).reverse().toString('hex'), hash));
}
