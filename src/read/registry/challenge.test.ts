import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseChallenges } from './challenge.ts';

const cases: {
  name: string;
  header: string | string[] | undefined;
  expected: [string, Record<string, string>][];
}[] = [
  { name: 'no header', header: undefined, expected: [] },
  { name: 'empty', header: '', expected: [] },
  {
    name: 'Docker Hub',
    header:
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"',
    expected: [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull',
        },
      ],
    ],
  },
  { name: 'basic', header: 'Basic realm="x"', expected: [['basic', { realm: 'x' }]] },
  { name: 'a bare scheme', header: 'Negotiate', expected: [['negotiate', {}]] },
  {
    name: 'two in one line (RFC 9110)',
    header: 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    expected: [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  },
  {
    name: 'two lines',
    header: ['Negotiate', 'Bearer realm="r"'],
    expected: [
      ['negotiate', {}],
      ['bearer', { realm: 'r' }],
    ],
  },
  {
    name: 'token68 between',
    header: 'Negotiate a87421000492aa874209af8bc028==, Basic realm=x',
    expected: [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  },
  {
    name: 'a comma inside quotes does not part',
    header: 'Bearer scope="a, Basic realm=evil",realm="r"',
    expected: [['bearer', { scope: 'a, Basic realm=evil', realm: 'r' }]],
  },
  { name: 'the first value wins', header: 'Bearer realm=a,REALM=b', expected: [['bearer', { realm: 'a' }]] },
  { name: 'space around =', header: 'Bearer realm = "a"', expected: [['bearer', { realm: 'a' }]] },
  {
    name: 'empty list members',
    header: ', ,Bearer realm=a,, service=b',
    expected: [['bearer', { realm: 'a', service: 'b' }]],
  },
  { name: 'an open quote', header: 'Bearer realm="a', expected: [['bearer', { realm: '' }]] },
  { name: 'nonsense', header: '"""', expected: [] },
];

for (const { name, header, expected } of cases) {
  test(`challenge: ${name}`, () => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    assert.deepEqual(found, expected);
  });
}

test('challenge: any header is read in bounded time and size, and never throws', () => {
  const part = fc.constantFrom(
    'Bearer ',
    'Basic',
    'realm',
    '=',
    '"',
    '\\',
    ',',
    ' ',
    'x',
    '==',
    '\t',
    '\n',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part, { maxLength: 200 }).map((parts) => parts.join('')),
      ),
      (header) => {
        const found = parseChallenges(header);
        assert.ok(found.length <= 16);
        for (const { scheme, parameters } of found) assert.ok(scheme !== '' && parameters.size <= 32);
      },
    ),
    { numRuns: 2000 },
  );
  for (const unit of ['a=', 'a,', '"\\', 'Basic ', 'a=b,', '=']) {
    assert.ok(parseChallenges(`Bearer ${unit.repeat(100_000)}`).length <= 16);
  }
});
