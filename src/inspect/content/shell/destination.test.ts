import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDestinations, isLoopback, isPaste, isPrivate, isRawAddress, isVariable } from './destination.ts';
import { isWellKnownInstaller } from './installers.ts';

const KINDS = { loopback: isLoopback, raw: isRawAddress, private: isPrivate, variable: isVariable };

const hosts: readonly (readonly [string, readonly (keyof typeof KINDS)[]])[] = [
  ['localhost', ['loopback', 'private']],
  ['127.0.0.1', ['loopback', 'private']],
  ['[::1]', ['loopback', 'private']],
  ['127.0.0.1.evil.invalid', []],
  ['localhost.evil.invalid', []],
  ['203.0.113.7', ['raw']],
  ['0xcb007107', ['raw']],
  ['3405803783', ['raw']],
  ['[2001:db8::1]', ['raw']],
  ['10.1.2.3', ['raw', 'private']],
  ['db', ['private']],
  ['api.svc', ['private']],
  ['$HOST', ['variable']],
  ['a.example', []],
];

for (const [host, expected] of hosts) {
  test(`destination: ${host}`, () => {
    const kinds = Object.entries(KINDS).flatMap(([kind, is]) => (is(host) ? kind : []));
    assert.deepEqual(kinds, expected);
  });
}

test('destination: a URL is read, its credentials masked', () => {
  const [found] = findDestinations('curl "https://user:pass@Host.example:8443/a?b" -o x');
  assert.deepEqual(found, {
    scheme: 'https',
    host: 'host.example',
    path: '/a?b',
    url: 'https://***@Host.example:8443/a?b',
  });
});

const installers: readonly (readonly [string, boolean])[] = [
  ['https://sh.rustup.rs', true],
  ['https://raw.githubusercontent.com/nvm-sh/nvm/v0.40.0/install.sh', true],
  ['https://raw.githubusercontent.com/someone/else/install.sh', false],
  ['http://sh.rustup.rs', false],
  ['https://sh.rustup.rs.evil.invalid', false],
  ['https://sh.rustup.rs@evil.invalid/', false],
];

for (const [url, expected] of installers) {
  test(`installer: ${url}`, () => {
    assert.deepEqual([...findDestinations(url)].map(isWellKnownInstaller), [expected]);
  });
}

test('destination: a paste site by its whole name', () => {
  const hosts = ['pastebin.com', 'www.pastebin.com', 'notpastebin.com', 'gist.githubusercontent.com'];
  assert.deepEqual(
    hosts.map((host) => isPaste({ host })),
    [true, true, false, true],
  );
});
