import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextQuery } from './next-page.ts';

const asked = new URL('https://registry.example/v2/team/app/referrers/sha256:aa');
const path = '/v2/team/app/referrers/sha256:aa';
const query = (text: string) => ({ kind: 'query', query: text });
const ELSEWHERE = { kind: 'elsewhere' };

const rows: readonly [name: string, header: string | string[] | undefined, expected: unknown][] = [
  ['no header', undefined, undefined],
  ['a path', `<${path}?n=2>; rel="next"`, query('?n=2')],
  ['a query alone', '<?last=x>; rel="next"', query('?last=x')],
  ['a whole URL', `<https://registry.example${path}?n=2>; rel=next`, query('?n=2')],
  [
    'the scheme that a registry behind a proxy sees',
    `<http://registry.example${path}?n=2>;rel="next"`,
    query('?n=2'),
  ],
  ['one of several relations', `<${path}?n=2>; rel="last next"`, query('?n=2')],
  ['other links before it', `<${path}?p=0>; rel="prev", <${path}?n=2>; rel="next"`, query('?n=2')],
  ['several headers', [`<${path}?p=0>; rel="prev"`, `<${path}?n=2>; rel="next"`], query('?n=2')],
  ['another relation', `<${path}?n=2>; rel="prev"`, undefined],
  ['a word that begins alike', `<${path}?n=2>; rel=nextcloud`, undefined],
  [
    'bypass 27: another host',
    '<https://evil.example/v2/team/app/referrers/sha256:aa?n=2>; rel="next"',
    ELSEWHERE,
  ],
  ['bypass 27: another port', `<https://registry.example:444${path}>; rel="next"`, ELSEWHERE],
  [
    'bypass 27: the host as a user name',
    `<https://registry.example@evil.example${path}>; rel="next"`,
    ELSEWHERE,
  ],
  ['another repository', '</v2/other/app/referrers/sha256:aa?n=2>; rel="next"', ELSEWHERE],
  ['another digest', '</v2/team/app/referrers/sha256:bb?n=2>; rel="next"', ELSEWHERE],
  ['a path that climbs', `<${path}/../../../../x>; rel="next"`, ELSEWHERE],
  ['no URL', '<https://:0>; rel="next"', ELSEWHERE],
  ['no link at all', 'rel="next"', undefined],
];

for (const [name, header, expected] of rows) {
  test(`next page: ${name}`, () => assert.deepEqual(nextQuery(header, asked), expected));
}

test('next page: a hostile header of 16 KiB takes no time', () => {
  const start = performance.now();
  for (const piece of ['<', '<>;rel="', '<x>; rel="a ', '<x>;rel=next-,', ';    rel    =']) {
    nextQuery(piece.repeat(16_384 / piece.length), asked);
  }
  assert.ok(performance.now() - start < 1000);
});
