import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../core/failure.ts';
import { parseDockerConfig, toAuthKey } from './docker-config.ts';

const keys: [string, string][] = [
  ['https://index.docker.io/v1/', 'docker.io'],
  ['index.docker.io/v1', 'docker.io'],
  ['docker.io', 'docker.io'],
  ['registry-1.docker.io', 'docker.io'],
  ['r.example', 'r.example'],
  ['R.Example:5000', 'r.example:5000'],
  ['https://r.example', 'r.example'],
  ['http://r.example:5000/v2/', 'r.example:5000'],
  ['https://r.example/team/app', 'r.example'],
  ['r.example/v2/', 'r.example'],
  ['r.example/', 'r.example'],
  ['r.example/team', 'r.example/team'],
  ['r.example/team/app', 'r.example/team/app'],
  ['docker.io/library/alpine', 'docker.io/library/alpine'],
];

for (const [key, expected] of keys) {
  test(`auth key: ${key}`, () => assert.equal(toAuthKey(key), expected));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('docker config: every kind of entry', () => {
  const config = parseDockerConfig(
    JSON.stringify({
      auths: {
        'a.example': { auth: base64('me:p:w') },
        'b.example': { username: 'me', password: 'pw' },
        'c.example': { auth: base64('me:'), identitytoken: 'refresh' },
        'd.example': { registrytoken: 'bearer' },
        'e.example': {},
        'f.example': { auth: base64('me:pw\0\0') },
        __proto__: null,
      },
      credHelpers: { 'https://g.example': 'ecr-login', 'h.example': '' },
      credsStore: 'desktop',
      HttpHeaders: { x: 'y' },
    }),
    'f',
  );
  assert.deepEqual(Object.fromEntries(config.auths), {
    'a.example': { kind: 'password', username: 'me', password: 'p:w' },
    'b.example': { kind: 'password', username: 'me', password: 'pw' },
    'c.example': { kind: 'identity-token', token: 'refresh' },
    'd.example': { kind: 'registry-token', token: 'bearer' },
    'f.example': { kind: 'password', username: 'me', password: 'pw' },
  });
  assert.deepEqual(Object.fromEntries(config.credHelpers), { 'g.example': 'ecr-login' });
  assert.equal(config.credsStore, 'desktop');
});

const bad: [name: string, text: string][] = [
  ['no JSON', '{"auths": hunter2'],
  ['a list', '[]'],
  ['null', 'null'],
  ['auths that are a list', '{"auths": []}'],
  ['an entry that is text', '{"auths": {"a": "hunter2"}}'],
  ['auth that is a number', '{"auths": {"a": {"auth": 1}}}'],
  ['auth that is no base64', '{"auths": {"a": {"auth": "hunter2 !"}}}'],
  ['auth without a colon', `{"auths": {"a": {"auth": "${base64('hunter2')}"}}}`],
  ['auth without a user', `{"auths": {"a": {"auth": "${base64(':hunter2')}"}}}`],
  ['a helper that is no text', '{"credHelpers": {"a": {}}}'],
  ['a store that is no text', '{"credsStore": 7}'],
];

for (const [name, text] of bad) {
  test(`docker config refuses ${name} without repeating it`, () => {
    assert.throws(
      () => parseDockerConfig(text, '/home/me/config.json'),
      (error) =>
        isFailure(error, 'USAGE') &&
        error.message.startsWith('/home/me/config.json: ') &&
        !/hunter2/.test(error.message),
    );
  });
}

test('docker config: an attempt on the prototype is only a key', () => {
  const config = parseDockerConfig('{"auths": {"__proto__": {"registrytoken": "x"}}}', 'f');
  assert.deepEqual([...config.auths.keys()], ['__proto__']);
});

test('docker config: anything is read or fails as documented', () => {
  const entry = fc.record(
    { auth: fc.string(), username: fc.anything(), identitytoken: fc.oneof(fc.string(), fc.anything()) },
    { requiredKeys: [] },
  );
  const config = fc.record(
    { auths: fc.dictionary(fc.string(), entry), credHelpers: fc.anything(), credsStore: fc.anything() },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    config.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        parseDockerConfig(input, 'f');
      } catch (error) {
        if (!isFailure(error, 'USAGE')) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
