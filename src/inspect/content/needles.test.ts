import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_HITS, NeedleScanner } from './needles.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function naive(text: string, needle: string): number[] {
  const found: number[] = [];
  const folded = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + 1)) found.push(at);
  return found.slice(0, MAX_HITS);
}

test('finds exactly what a naive search finds', () => {
  const letters = fc.array(fc.constantFrom('a', 'A', 'b', 'B', '/', '+', '\0', 'é'), { maxLength: 300 });
  const needle = fc
    .array(fc.constantFrom('a', 'b', 'B', '/', '+'), { minLength: 5, maxLength: 9 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters, fc.array(needle, { minLength: 1, maxLength: 6 }), (parts, needles) => {
      const text = parts.join('');
      const hits = new NeedleScanner(needles).scan(bytesOf(text));
      for (const one of needles.map((name) => name.toLowerCase())) {
        assert.deepEqual(hits.get(one) ?? [], naive(text, one));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a needle at the first and at the last byte', () => {
  const hits = new NeedleScanner(['stratum+tcp', 'xmrig']).scan(bytesOf('XMRig and sTratum+TCP'));
  assert.deepEqual([hits.get('xmrig'), hits.get('stratum+tcp')], [[0], [10]]);
});

test('refuses a needle that is too short, too long or not ASCII', () => {
  for (const needle of ['four', 'x'.repeat(33), 'naïve']) {
    assert.throws(() => new NeedleScanner([needle]), RangeError);
  }
});
