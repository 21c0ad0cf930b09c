import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../core/failure.ts';
import { NO_OWN_NAMES } from './own-names.ts';
import { parseOwnNames, readOwnNames } from './own-names-file.ts';

test('own names: everything that can be said', () => {
  const names = parseOwnNames(
    `version: 1
publishers: [{ registry: quay.io, namespace: acme, name: Acme }, { registry: registry.acme.example, name: Acme }]
images: [docker.io/acme/app]
internal: ['registry.acme.example/**', 'localhost:5000/x']
knownBad: [{ repository: 'docker.io/evil/*', what: seen }]
allow: [someone/ngnix]
`,
    'names.yaml',
  );
  assert.equal(names.publishers[1]?.namespace, '');
  assert.deepEqual(names.internal, ['registry.acme.example/**', 'localhost:5000/x']);
});

test('own names: nothing but a version is nothing', () => {
  assert.deepEqual(parseOwnNames('version: 1', 'names.yaml'), NO_OWN_NAMES);
});

const wrong: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ['no version', 'images: []', /names\.yaml:1.*version/],
  ['another version', 'version: 2', /names\.yaml:1.*version/],
  ['an unknown field', 'version: 1\nallowed: []', /names\.yaml.*allowed/],
  ['a field twice', 'version: 1\nallow: []\nallow: []', /names\.yaml:3/],
  [
    'an internal name without a registry',
    'version: 1\ninternal: [payments/api]',
    /names\.yaml:2.*begin with the registry/,
  ],
  ['a wildcard in the middle', 'version: 1\ninternal: ["registry.acme.example/*/api"]', /names\.yaml:2/],
  ['upper case', 'version: 1\nallow: [Someone/App]', /names\.yaml:2.*lower-case/],
  [
    'a namespace with a star',
    'version: 1\npublishers: [{ registry: quay.io, namespace: acme/*, name: A }]',
    /names\.yaml:2.*namespace/,
  ],
  [
    'a publisher whose registry is none',
    'version: 1\npublishers: [{ registry: acme, name: A }]',
    /names\.yaml:2.*no registry/,
  ],
  [
    'a cloud without an account',
    'version: 1\npublishers: [{ registry: aws, name: A }]',
    /names\.yaml:2.*account/,
  ],
  [
    'a tag',
    'version: 1\nknownBad: [{ repository: "evil/app:1", what: seen }]',
    /names\.yaml:2.*without a tag/,
  ],
  ['a slash at the end', 'version: 1\nallow: [someone/]', /names\.yaml:2.*no repository/],
  ['a list that is none', 'version: 1\nallow: someone', /names\.yaml:2.*allow/],
];
for (const [name, text, message] of wrong) {
  test(`own names: ${name} is refused`, () => {
    assert.throws(
      () => parseOwnNames(text, 'names.yaml'),
      (error) => isFailure(error, 'MALFORMED') && message.test(error.message),
    );
  });
}

test('own names: a file that is not there, and a folder', () => {
  assert.throws(
    () => readOwnNames('/nonexistent/names.yaml'),
    (error) => isFailure(error, 'NOT_FOUND'),
  );
  assert.throws(
    () => readOwnNames('/'),
    (error) => isFailure(error, 'USAGE'),
  );
});
