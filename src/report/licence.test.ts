import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSpdxExpression } from './licence.ts';

const cases: readonly (readonly [text: string, expected: boolean])[] = [
  ['MIT', true],
  ['GPL-2.0-or-later WITH Classpath-exception-2.0', true],
  ['(MIT OR Apache-2.0) AND BSD-3-Clause', true],
  ['((MIT))', true],
  ['Apache-1.1+', true],
  ['', false],
  ['GPL-2+', false],
  ['GPLv2+ and LGPLv2+', false],
  ['MIT AND', false],
  ['AND MIT', false],
  ['(MIT', false],
  ['MIT)', false],
  ['MIT MIT', false],
  ['MIT WITH nothing', false],
  ['('.repeat(50_000), false],
  [`MIT${' OR MIT'.repeat(5000)}`, false],
];

for (const [text, expected] of cases) {
  test(`${JSON.stringify(text.slice(0, 60))} is ${expected ? 'an' : 'no'} expression`, () => {
    assert.equal(isSpdxExpression(text), expected);
  });
}

test('any text has an answer', () => {
  const token = fc.constantFrom('MIT', 'AND', 'OR', 'WITH', '(', ')', ' ', '+');
  fc.assert(
    fc.property(
      fc.array(token).map((tokens) => tokens.join(' ')),
      (text) => {
        assert.equal(typeof isSpdxExpression(text), 'boolean');
      },
    ),
  );
});
