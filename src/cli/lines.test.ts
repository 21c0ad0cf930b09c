import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLines } from './lines.ts';

async function* inPieces(...pieces: string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function linesOf(max: number, ...pieces: string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(inPieces(...pieces), max)) lines.push(line);
  return lines;
}

const rows: readonly (readonly [name: string, pieces: string[], lines: readonly string[]])[] = [
  ['nothing', [], []],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['a line in pieces', ['a', 'b', 'c\nd', '\n'], ['abc', 'd']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['a line that is too long', ['abcde', 'fgh\nij', 'klmnopq'], ['abcd', 'ijkl']],
];
for (const [name, pieces, lines] of rows) {
  test(`lines: ${name}`, async () => {
    assert.deepEqual(await linesOf(4, ...pieces), lines);
  });
}

test('lines: however a text comes in pieces, its lines are the same', async () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(pieces, async (some) => {
      const whole = await linesOf(5, some.join(''));
      assert.deepEqual(await linesOf(5, ...some), whole);
    }),
  );
});
