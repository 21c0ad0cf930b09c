import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPrefilter } from './prefilter.ts';
import { outlineOf } from './rule-outline.ts';

const PATTERNS = 'strings: $a1 = "one" $a2 = "two" $b = "three"';

const conditions = [
  { condition: '$b', sound: true, needs: ['$b'] },
  { condition: 'any of them', sound: true, needs: ['$a1'] },
  { condition: 'all of ($a*)', sound: true, needs: ['$a1', '$a2'] },
  { condition: '2 of ($a*, $b)', sound: true, needs: ['$a2', '$b'] },
  { condition: '$a1 and not $b', sound: true, needs: ['$a1'] },
  { condition: 'filesize < 100 and ($a1 or $b) and uint32(0) == 0x464c457f', sound: true, needs: ['$b'] },
  { condition: '#a1 > 3 or $b at 0 or $a2 in (0..100)', sound: true, needs: ['$a2'] },
  { condition: '#a1 >= 1', sound: true, needs: ['$a1'] },
  { condition: '#a1 >= 0', sound: false },
  { condition: 'not $b', sound: false },
  { condition: 'none of them', sound: false },
  { condition: '0 of them', sound: false },
  { condition: '$a1 or filesize < 100', sound: false },
  { condition: '#a1 == #b', sound: false },
  { condition: 'for any i in (1..#a1) : ( @a1[i] > 3 and $b )', sound: false },
  { condition: 'true', sound: false },
];

for (const { condition, sound, needs = [] } of conditions) {
  test(`many files at once: ${condition} is ${sound ? 'sound' : 'not sound'}`, () => {
    const filter = toPrefilter(outlineOf(`rule r { ${PATTERNS} condition: ${condition} }`).rules);
    assert.equal(filter !== undefined, sound);
    if (filter === undefined) return;
    assert.equal(filter.mayHold(new Map()), false);
    assert.equal(filter.mayHold(new Map([['r', needs]])), true);
    for (const one of needs)
      assert.equal(filter.mayHold(new Map([['r', needs.filter((id) => id !== one)]])), false);
  });
}

const patterns = [
  { pattern: '/ab[^c]{0,20}d/', sound: true },
  { pattern: '/^ab/', sound: false },
  { pattern: '/ab$/', sound: false },
  { pattern: '/a\\$b\\^[^x]/', sound: true },
  { pattern: '/ab.*cd/', sound: false },
  { pattern: '/ab.{0,2000}cd/', sound: false },
  { pattern: '{ 61 62 [2-8] 63 }', sound: true },
  { pattern: '{ 61 62 [-] 63 }', sound: false },
  { pattern: '{ 61 62 [4000] 63 }', sound: false },
];

for (const { pattern, sound } of patterns) {
  test(`many files at once: ${pattern} is ${sound ? 'sound' : 'not sound'}`, () => {
    const filter = toPrefilter(outlineOf(`rule r { strings: $a = ${pattern} condition: $a }`).rules);
    assert.equal(filter !== undefined, sound);
  });
}

test('a rule may demand another rule', () => {
  const { rules } = outlineOf(
    `rule a { ${PATTERNS} condition: any of them } rule b { condition: a and filesize > 3 }`,
  );
  assert.notEqual(toPrefilter(rules), undefined);
  assert.equal(toPrefilter(rules.slice(1)), undefined);
});

test('outlines see through comments, quotes, classes and hex', () => {
  const { rules, includes, words } = outlineOf(String.raw`
    import "math" // rule no {
    include "x.yar"
    /* rule no { condition: true } */
    private global rule yes : tag { meta: condition = "}" strings: $a = "\"} rule no {" $ = /\/}[\/"]{2}/ $h = { 61 } // }
      condition: $a and filename matches /}x/ and 6 / 2 == 3 }
    rule second { condition: yes }`);
  assert.deepEqual(
    rules.map(({ name, global, patternIds }) => [name, global, patternIds]),
    [
      ['yes', true, ['$a', '$', '$h']],
      ['second', false, []],
    ],
  );
  assert.deepEqual([includes.map(({ target }) => target), words.has('filename')], [['x.yar'], true]);
});
