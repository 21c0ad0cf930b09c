import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { credentialFiles } from './index.ts';
import { parseCredentials } from './parse.ts';

const PASSWORD = 'k7Zq2VbN9xTf4Lm';
const auth = Buffer.from(`user:${PASSWORD}`).toString('base64');

const cases = [
  {
    path: 'root/.docker/config.json',
    text: JSON.stringify({ auths: { 'r.invalid': { auth } } }),
    expected: ['r.invalid'],
  },
  {
    path: 'root/.docker/config.json',
    text: JSON.stringify({ credsStore: 'pass', auths: { 'r.invalid': {} } }),
    expected: [],
  },
  { path: 'root/.docker/config.json', text: '{"auths":', expected: [] },
  {
    path: 'root/.netrc',
    text: `machine a.invalid\n login me password ${PASSWORD}\n`,
    expected: ['a.invalid'],
  },
  {
    path: 'home/me/.git-credentials',
    text: `https://me:${PASSWORD}@git.invalid\n`,
    expected: ['git.invalid'],
  },
  { path: 'root/.pgpass', text: `# c\ndb.invalid:5432:*:me:${PASSWORD}\n`, expected: ['db.invalid'] },
  {
    path: 'root/.aws/credentials',
    text: `[default]\naws_secret_access_key = ${PASSWORD}${PASSWORD}${PASSWORD.slice(0, 10)}\n`,
    expected: ['aws_secret_access_key'],
  },
  { path: 'root/.npmrc', text: `//npm.invalid/:_authToken=${PASSWORD}\n`, expected: ['//npm.invalid/'] },
  { path: 'root/.npmrc', text: '//npm.invalid/:_authToken=${NPM_TOKEN}\n', expected: [] },
  {
    path: 'root/.pypirc',
    text: `[pypi]\nusername = __token__\npassword = ${PASSWORD}\n`,
    expected: ['password'],
  },
  { path: 'root/.kube/config', text: `users:\n- user:\n    token: ${PASSWORD}\n`, expected: ['token'] },
  { path: 'srv/config.json', text: JSON.stringify({ auths: { 'r.invalid': { auth } } }), expected: [] },
];

for (const { path, text, expected } of cases) {
  test(`credential-files: ${path}: ${text.slice(0, 40)}`, () => {
    const found = [...parseCredentials(path, text)];
    assert.deepEqual(
      found.map(({ service }) => service),
      expected,
    );
    for (const { masked } of found) assert.ok(!masked.includes(PASSWORD));
  });
}

test('credential-files: a file a later layer deletes is found', () => {
  const layers = [{ 'root/.netrc': `machine a.invalid password ${PASSWORD}` }, { 'root/.netrc': null }];
  const { findings } = inspectFixture({ layers }, [credentialFiles]);
  assert.deepEqual(summary(findings), ['review secrets/credential-file root/.netrc']);
});

test('credential-files: whatever the text, nothing throws', () => {
  const paths = fc.constantFrom(...cases.map(({ path }) => path));
  fc.assert(
    fc.property(paths, fc.oneof(fc.string(), fc.json()), (path, text) => {
      parseCredentials(path, text);
    }),
  );
});
