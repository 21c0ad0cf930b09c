import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandsOf, statementsOf } from './statements.ts';

const texts = (raw: string) => [...statementsOf(raw)].map(({ text }) => text.trim());

const cases = [
  { name: 'separators', raw: 'a; b && c || d\ne', expected: ['a', 'b', 'c', 'd', 'e'] },
  { name: 'a pipe is one statement', raw: 'a | b', expected: ['a | b'] },
  { name: 'a continued line', raw: 'a \\\n b', expected: ['a    b'] },
  { name: 'a pipe at the end of a line', raw: 'a |\n b', expected: ['a |  b'] },
  { name: 'white space that hides', raw: `a${' '.repeat(5000)}| sh`, expected: ['a | sh'] },
];

for (const { name, raw, expected } of cases) {
  test(`statements: ${name}`, () => assert.deepEqual(texts(raw), expected));
}

test('statements: a payload is shortened, and places after it stay right', () => {
  const raw = `echo ${'QUJD'.repeat(2000)} | sh; next`;
  const [first, second] = [...statementsOf(raw)];
  assert.ok((first?.text.length ?? 0) < 100);
  assert.equal(raw.slice(second?.offset), ' next');
  assert.deepEqual([...commandsOf(first ?? { text: '' })].at(-1), ' sh');
});

test('statements: every statement begins where it says', () => {
  const word = fc.constantFrom('a', ' ', ';', '|', '&&', '\n', '\\\n', 'QUJD'.repeat(100), ' '.repeat(100));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const raw = words.join('');
      let last = -1;
      for (const { offset, text } of statementsOf(raw)) {
        assert.ok(offset > last && offset < raw.length);
        assert.equal(raw.charAt(offset).replace(/[\\\n]/, ' '), text.charAt(0));
        last = offset;
      }
    }),
    { numRuns: 500 },
  );
});
