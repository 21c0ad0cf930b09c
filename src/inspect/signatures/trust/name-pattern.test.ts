import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../../core/failure.ts';
import { parseReference } from '../../../core/reference.ts';
import { parseNamePattern } from './name-pattern.ts';

const ROWS: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ['registry.acme.example/app', 'registry.acme.example/app', true],
  ['registry.acme.example/app', 'registry.acme.example/app/x', false],
  ['registry.acme.example/app', 'registry.acme.example/apple', false],
  ['registry.acme.example/app', 'evil.example/registry.acme.example/app', false],
  ['registry.acme.example/**', 'registry.acme.example/a', true],
  ['registry.acme.example/**', 'registry.acme.example/a/b/c', true],
  ['registry.acme.example/**', 'registry.acme.example.evil.example/a', false],
  ['registry.acme.example/**', 'registry.acme.example:5000/a', false],
  ['registry.acme.example/a/**', 'registry.acme.example/a', false],
  ['registry.acme.example/a/**', 'registry.acme.example/ab/c', false],
  ['registry.acme.example/a/*', 'registry.acme.example/a/b', true],
  ['registry.acme.example/a/*', 'registry.acme.example/a/b/c', false],
  ['registry.acme.example/team-*/app', 'registry.acme.example/team-red/app', true],
  ['registry.acme.example/team-*/app', 'registry.acme.example/team-/x/app', false],
  ['REGISTRY.acme.example/app', 'registry.acme.example/app', true],
  ['docker.io/nginx', 'docker.io/library/nginx', true],
  ['index.docker.io/acme/*', 'docker.io/acme/app', true],
  ['docker.io/**', 'docker.io/acme/app', true],
  ['127.0.0.1:5000/acme/**', '127.0.0.1:5000/acme/app', true],
  ['[::1]:5000/app', '[::1]:5000/app', true],
  ['localhost/app', 'localhost/app', true],
  ['registry.acme.example/app', 'registry.acme.example:443/app', true],
  ['registry.acme.example/app', 'registry.acme.example:0443/app', true],
  ['registry.acme.example:443/app', 'registry.acme.example/app', true],
  ['registry.acme.example:5000/app', 'registry.acme.example:05000/app', true],
  ['registry.acme.example/app', 'registry.acme.example:4430/app', false],
  ['docker.io/nginx', 'index.docker.io:443/nginx', true],
  ['registry:443/app', 'registry:443/app', true],
  ['docker.io/registry/app', 'registry:443/app', false],
  ['[::1]/app', '[::1]:443/app', true],
  ['[::443]/app', '[::443]/app', true],
  ['**', 'docker.io/library/nginx', true],
  ['**', '', true],
  ['registry.acme.example/**', '', false],
];

for (const [pattern, name, expected] of ROWS) {
  test(`images: ${pattern} ${expected ? 'covers' : 'does not cover'} "${name}"`, () =>
    assert.equal(parseNamePattern(pattern).matches(name), expected));
}

const REFUSED: readonly (readonly [pattern: string, advice: RegExp])[] = [
  ['', /empty/],
  ['nginx', /registry too/],
  ['acme/**', /registry too/],
  ['*', /registry/],
  ['*/app', /registry must be written out/],
  ['*.acme.example/app', /registry must be written out/],
  ['registry.acme.example', /registry too/],
  ['registry.acme.example/', /path/],
  ['registry.acme.example/App', /lower-case/],
  ['registry.acme.example/app:1', /tag/],
  ['registry.acme.example/app@sha256:00', /tag/],
  ['registry.acme.example/**/app', /last component/],
  ['registry.acme.example/a**', /stands alone/],
  ['registry.acme.example/***', /path|nothing/],
  ['https://registry.acme.example/app', /scheme/],
  ['^registry.acme.example/.+$', /regular expressions/],
  ['registry\\.acme\\.example/app', /regular expressions/],
  ['docker.io/*', /two parts/],
  ['docker.io/ngin*', /two parts/],
  ['registry.acme.example:99999/app', /host/],
  [`registry.acme.example/${'a'.repeat(600)}`, /longer/],
];

for (const [pattern, advice] of REFUSED) {
  test(`images: "${pattern.slice(0, 40)}" is refused`, () =>
    assert.throws(
      () => parseNamePattern(pattern),
      (error) => error instanceof Failure && error.code === 'USAGE' && advice.test(error.message),
    ));
}

test('images: a repository as pattern covers itself, and no other', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 });
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const host = fc.constantFrom('docker.io', 'x.example', 'localhost:5000');
  const name = fc.tuple(host, path).map(([one, other]) => {
    const { registry, repository } = parseReference(`${one}/${other}`);
    return `${registry}/${repository}`;
  });
  fc.assert(fc.property(name, name, (a, b) => assert.equal(parseNamePattern(a).matches(b), a === b)));
});

test('images: whatever is written, a pattern or USAGE', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '*', '/', '.', ':', '[', ']', '@', '-', '\n', '^') }),
      (text) => {
        try {
          parseNamePattern(text).matches('a.a/a/a');
        } catch (error) {
          assert.ok(error instanceof Failure && error.code === 'USAGE', String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});
