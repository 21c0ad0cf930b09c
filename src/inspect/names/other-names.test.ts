import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATALOGUE } from './catalogue/index.ts';
import { OTHER_NAMES } from './other-names.ts';

test('other names: each means an official image that is built, and is none itself', () => {
  const official = new Map(CATALOGUE.official.map(({ name, retired }) => [name, retired]));
  for (const [name, meant] of OTHER_NAMES) {
    assert.equal(official.has(name), false, name);
    assert.equal(official.get(meant), false, meant);
  }
});
