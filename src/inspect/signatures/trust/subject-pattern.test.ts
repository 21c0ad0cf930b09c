import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../core/failure.ts';
import { matchesSubject, parseExact, parseSubjectPattern } from './subject-pattern.ts';

const WORKFLOW = 'https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*';

const ROWS: readonly (readonly [pattern: string, subject: string, matches: boolean])[] = [
  [WORKFLOW, 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1', true],
  [WORKFLOW, 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main', false],
  [WORKFLOW, 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1/x', false],
  [WORKFLOW, 'https://github.com/acme-evil/app/.github/workflows/release.yml@refs/tags/v1', false],
  [WORKFLOW, 'xhttps://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1', false],
  [
    WORKFLOW,
    'https://evil.example/?https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1',
    false,
  ],
  [WORKFLOW, 'https://githubxcom/acme/app/.github/workflows/release.yml@refs/tags/v1', false],
  [WORKFLOW, 'https://github.com/acme/../.github/workflows/release.yml@refs/tags/v1', false],
  [WORKFLOW, '', false],
  ['https://github.com/acme/**', 'https://github.com/acme/a/b/c', true],
  ['https://github.com/acme/**', 'https://github.com/acme/../stranger/c', false],
  ['https://github.com/acme/**', 'https://github.com/acme/%2E%2e/stranger/c', false],
  ['https://github.com/acme/**', 'https://github.com/acme/..%2Fstranger/c', false],
  ['https://github.com/acme/**', 'https://github.com/acme/x\\..\\..\\stranger', false],
  ['https://github.com/acme/*', 'https://github.com/acme/..#main', false],
  ['https://github.com/acme/*', 'https://github.com/acme/..?x', false],
  ['https://github.com/acme/*', 'https://github.com/acme/..@main', false],
  ['https://github.com/acme/**', 'https://github.com/acme/.github/..x/a..b/c...', true],
  ['*@acme.example', 'release@acme.example', true],
  ['*@acme.example', 'release@acme.example.evil.example', false],
  ['*@acme.example', 'release@notacme.example', false],
];

for (const [pattern, subject, expected] of ROWS) {
  test(`bypass 3: ${pattern} ${expected ? 'is' : 'is not'} ${subject}`, () =>
    assert.equal(matchesSubject(parseSubjectPattern(pattern, 'subjectPattern'), subject), expected));
}

test('bypass 3: an exact subject is compared whole', () => {
  const match = { kind: 'exact', text: 'ci@acme.example' } as const;
  assert.equal(matchesSubject(match, 'ci@acme.example'), true);
  for (const other of [
    '',
    'ci@acme.exampl',
    'ci@acme.example.evil.example',
    'xci@acme.example',
    'CI@acme.example',
  ]) {
    assert.equal(matchesSubject(match, other), false, other);
  }
});

const REFUSED: readonly (readonly [pattern: string, advice: RegExp])[] = [
  ['', /empty/],
  ['*', /everybody/],
  ['**', /everybody/],
  ['**/*', /everybody/],
  ['*@*', /everybody/],
  ['https://**', /host must be written out/],
  ['https://*/acme/app', /host must be written out/],
  ['https://github.com*', /host must be written out/],
  ['*://github.com/acme/app', /scheme/],
  ['https://github.com/**', /everybody can have an account/],
  ['https://github.com/*/app', /everybody can have an account/],
  ['https://github.com/acme*', /everybody can have an account/],
  ['https://GitHub.com/acme**', /everybody can have an account/],
  ['git+https://github.com/*/app', /everybody can have an account/],
  ['ci@acme*', /literal domain/],
  ['**/.github/workflows/release.yml@refs/heads/main', /scheme and host/],
  ['**@acme.example', /scheme and host/],
  ['https:*/*/*/acme/release.yml', /scheme and host/],
  ['^https://github.com/acme/', /regular expressions/],
  ['https://github.com/acme/.*', /regular expressions/],
  ['https://github.com/acme/app$', /regular expressions/],
  ['https://github\\.com/acme/app', /regular expressions/],
  ['https://github.com/acme/***', /\*\*\* means nothing/],
  ['https://github.com/acme/\napp', /control characters/],
  ['a'.repeat(1025), /longer/],
];

for (const [pattern, advice] of REFUSED) {
  test(`bypass 3: the pattern "${pattern.slice(0, 40).replaceAll('\n', ' ')}" is refused`, () =>
    assert.throws(
      () => parseSubjectPattern(pattern, 'subjectPattern'),
      (error) => error instanceof Failure && error.code === 'USAGE' && advice.test(error.message),
    ));
}

test('bypass 3: a pattern written as an exact subject is refused, with advice', () => {
  assert.equal(parseExact('ci@acme.example', 'subject'), 'ci@acme.example');
  for (const [text, advice] of [
    ['', /empty/],
    ['*@acme.example', /write subjectPattern/],
    ['^ci@acme.example$', /regular expressions/],
    ['ci@acme\\.example', /regular expressions/],
  ] as const) {
    assert.throws(
      () => parseExact(text, 'subject', 'subjectPattern'),
      (error) => error instanceof Failure && error.code === 'USAGE' && advice.test(error.message),
    );
  }
});
