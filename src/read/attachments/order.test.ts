import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, toDigest } from '../../core/digest.ts';
import type { Referrer } from '../blob-source.ts';
import { toNewestFirst } from './order.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const digestOf = (letter: string): Digest => toDigest('sha256', letter.repeat(64));

/** `a`: no date; `a@2026-01-01`: with one. */
function entry(text: string): Referrer {
  const [letter = '', date] = text.split('@');
  const annotations: Record<string, string> =
    date === undefined
      ? {}
      : { 'org.opencontainers.image.created': date.length === 10 ? `${date}T00:00:00Z` : date };
  const descriptor = { mediaType: 'a/b', digest: digestOf(letter), size: 1, urls: [], annotations };
  return { via: 'referrers', descriptor };
}

const rows: readonly [name: string, listed: string, ordered: string][] = [
  ['nothing', '', ''],
  ['the last listed is the newest', 'a b c', 'c b a'],
  ['dates go before places', 'a@2026-03-01 b@2026-01-01 c@2026-02-01', 'a c b'],
  ['what has no date is as old as the newest before it', 'a b@2026-03-01 c d@2026-01-01', 'c b d a'],
  ['a date in the future is none', 'a@2026-05-01 b@2036-01-01 c@2026-05-02', 'c b a'],
  ['a date that is none is none', 'a@2026-05-01 b@yesterday c@2026-13-45', 'c b a'],
  ['each digest once, where it stands newest', 'a@2026-01-01 b@2026-02-01 a@2026-03-01', 'a b'],
];

for (const [name, listed, ordered] of rows) {
  test(`order: ${name}`, () => {
    const referrers = listed
      .split(' ')
      .filter((text) => text !== '')
      .map(entry);
    const got = toNewestFirst(referrers, NOW).map(({ descriptor }) => descriptor.digest.at(-1));
    assert.equal(got.join(' '), ordered);
  });
}
