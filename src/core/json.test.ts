import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from './failure.ts';
import { parseJson } from './json.ts';

const refused: [name: string, text: string | Uint8Array, message: RegExp][] = [
  ['empty', '', /not JSON/],
  ['cut off', '{"a":', /not JSON/],
  ['a byte order mark', '\ufeff{}', /not JSON/],
  ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /not UTF-8/],
  ['a name twice', '{"layers":[],"layers":[1]}', /gives the name "layers" twice/],
  ['a name twice, once escaped', '{"a":1,"\\u0061":2}', /gives the name "a" twice/],
  ['a name twice, deep inside', '[[{"x":{"b":1, "c":2, "b" : 3}}]]', /gives the name "b" twice/],
  ['nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), /nested deeper/],
  ['objects nested too deep', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, /nested deeper/],
];

for (const [name, text, message] of refused) {
  test(`parseJson refuses ${name}`, () => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    assert.throws(
      () => parseJson(bytes, 'it'),
      (error) => isFailure(error, 'MALFORMED') && message.test(error.message),
    );
  });
}

test('parseJson takes names that repeat in different objects, and values that look like names', () => {
  const text = '{"a":{"b":"b","c":["a","a",{"a":1}]},"b":"}\\"{"}';
  assert.deepEqual(parseJson(Buffer.from(text), 'it'), JSON.parse(text));
});

test('parseJson does not let __proto__ through to a prototype', () => {
  const value = parseJson(Buffer.from('{"__proto__":{"polluted":true}}'), 'it');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('parseJson reads any JSON as JSON.parse does, or refuses it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      let value: unknown;
      try {
        value = parseJson(Buffer.from(text), 'it');
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED'));
        return;
      }
      assert.deepEqual(value, JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});
