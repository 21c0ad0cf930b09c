import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNamePattern, toPatternSet } from './name-pattern.ts';
import { repositoryOf, splitName } from './split-name.ts';

const patterns: readonly (readonly [text: string, repository: string, isBelow: boolean])[] = [
  ['nginx', 'docker.io/library/nginx', false],
  ['acme/app', 'docker.io/acme/app', false],
  ['index.docker.io/acme/app', 'docker.io/acme/app', false],
  ['registry.acme.example:443/app', 'registry.acme.example/app', false],
  ['acme/*', 'docker.io/acme', true],
  ['acme/**', 'docker.io/acme', true],
  ['docker.io/*', 'docker.io', true],
  ['index.docker.io/acme/*', 'docker.io/acme', true],
  ['registry.acme.example/**', 'registry.acme.example', true],
  ['localhost/*', 'localhost', true],
  ['localhost:5000/team/*', 'localhost:5000/team', true],
];
for (const [text, repository, isBelow] of patterns) {
  test(`pattern: ${text}`, () => {
    const pattern = toNamePattern(text);
    assert.deepEqual([repositoryOf(pattern), pattern.isBelow, pattern.text], [repository, isBelow, text]);
  });
}

const names: readonly (readonly [name: string, pattern: string | undefined])[] = [
  ['acme/app', 'acme/*'],
  ['docker.io/acme/app:1', 'acme/*'],
  ['acme/app/deeper', 'acme/*'],
  ['acme/tools/x', 'acme/tools/**'],
  ['acme/special', 'acme/special'],
  ['acme', undefined],
  ['acmes/app', undefined],
  ['ghcr.io/acme/app', undefined],
];
for (const [name, pattern] of names) {
  test(`pattern set: ${name} meets ${pattern ?? 'none'}`, () => {
    const set = toPatternSet(['acme/*', 'acme/tools/**', 'acme/special'].map(toNamePattern));
    assert.equal(set.find(splitName(name))?.text, pattern);
  });
}
