import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob, parseGlob } from './glob.ts';

const matches = (pattern: string, text: string): boolean => matchesGlob(parseGlob(pattern) ?? [], text);

const ROWS: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['a', 'a', true],
  ['a', 'ab', false],
  ['a', 'ba', false],
  ['a.c', 'abc', false],
  ['*', '', true],
  ['*', 'abc', true],
  ['*', 'a/b', false],
  ['**', 'a/b', true],
  ['a*c', 'ac', true],
  ['a*c', 'a/c', false],
  ['a**c', 'a/b/c', true],
  ['**a*b', 'a/ab', true],
  ['**a*b', 'ab/a', false],
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a//c', true],
  ['a/*/c', 'a/b/b/c', false],
  ['', '', true],
  ['', 'a', false],
  ['a*', 'a\n', true],
];

for (const [pattern, text, expected] of ROWS) {
  test(`glob ${pattern} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () =>
    assert.equal(matches(pattern, text), expected));
}

test('glob: three stars are no pattern', () => assert.equal(parseGlob('a***b'), undefined));

/** The meaning of a pattern, said as simply as possible. */
function matchesNaively(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const star = pattern.startsWith('**') ? '**' : pattern.startsWith('*') ? '*' : '';
  if (star === '') return text[0] === pattern[0] && matchesNaively(pattern.slice(1), text.slice(1));
  for (let taken = 0; taken <= text.length; taken++) {
    if (star === '*' && text.slice(0, taken).includes('/')) break;
    if (matchesNaively(pattern.slice(star.length), text.slice(taken))) return true;
  }
  return false;
}

test('glob: agrees with the naive matcher', () => {
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '/', '*', '**'), { maxLength: 8 })
    .map((pieces) => pieces.join(''))
    .filter((text) => !text.includes('***'));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
  fc.assert(
    fc.property(pattern, text, (one, other) => assert.equal(matches(one, other), matchesNaively(one, other))),
    { numRuns: 20_000 },
  );
});

test('glob: a text made to be slow is not', () => {
  const started = performance.now();
  assert.equal(matches(`${'*a'.repeat(200)}b`, 'a'.repeat(4096)), false);
  assert.ok(performance.now() - started < 1500);
  assert.equal(matches('**', 'a'.repeat(4097)), false);
});
