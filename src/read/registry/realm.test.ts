import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureCode } from '../../core/failure.ts';
import { judgeRealm, type RealmTrust } from './realm.ts';

const HUB = 'https://registry-1.docker.io';

const rows: [
  name: string,
  registry: string,
  realm: string,
  expected: RealmTrust | FailureCode,
  host?: string,
][] = [
  ['the same host', 'https://ghcr.io', 'https://ghcr.io/token', 'own'],
  ['the same host and port', 'https://r.example:8443', 'https://r.example:8443/t', 'own'],
  ['the same host at the https port', 'https://r.example:5000', 'https://r.example/t', 'own'],
  ['the same host at another port', 'https://r.example', 'https://r.example:9999/t', 'foreign'],
  ['a host above', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth', 'own'],
  ['a host below', 'https://r.example.org', 'https://auth.r.example.org/t', 'own'],
  ['a sibling', 'https://mine.azurecr.io', 'https://evil.azurecr.io/t', 'foreign'],
  ['a top-level domain', 'https://r.example', 'https://example/t', 'foreign'],
  ['a host below a single label', 'https://registry', 'https://auth.registry/t', 'foreign'],
  ['a name that ends the same', 'https://gitlab.com', 'https://evilgitlab.com/t', 'foreign'],
  ['a name that starts the same', 'https://ghcr.io', 'https://ghcr.io.evil.example/t', 'foreign'],
  [
    'user info that looks like the host',
    'https://ghcr.io',
    'https://ghcr.io@evil.example/t',
    'REGISTRY_ERROR',
  ],
  ['an address is not below another', 'https://2.3.4.5', 'https://1.2.3.4.5/t', 'REGISTRY_ERROR'],
  ['another address', 'https://10.0.0.1', 'https://10.0.0.2/t', 'foreign'],
  ['Docker Hub and its realm', HUB, 'https://auth.docker.io/token', 'named', 'docker.io'],
  ['its realm at another port', HUB, 'https://auth.docker.io:444/token', 'foreign', 'docker.io'],
  [
    'a mirror that names the realm of Docker Hub',
    'https://m.example',
    'https://auth.docker.io/token',
    'foreign',
  ],
  ['a host that the user named', 'https://r.example', 'https://sso.example:9000/t', 'named'],
  ['the same for another registry', 'https://q.example', 'https://sso.example:9000/t', 'foreign'],
  ['https asked, http realm', 'https://r.example', 'http://r.example/t', 'UNAUTHORIZED'],
  ['https asked, named http realm', 'https://r.example', 'http://sso.example:9000/t', 'UNAUTHORIZED'],
  ['http asked, http realm', 'http://r.example:5000', 'http://r.example:5000/t', 'own'],
  ['http asked, http realm at another port', 'http://r.example:5000', 'http://r.example:5001/t', 'foreign'],
  ['http asked, https realm', 'http://r.example:5000', 'https://r.example/t', 'own'],
  ['no URL', 'https://r.example', '/token', 'REGISTRY_ERROR'],
  ['another scheme', 'https://r.example', 'file:///etc/passwd', 'REGISTRY_ERROR'],
  ['nothing', 'https://r.example', '', 'REGISTRY_ERROR'],
];

for (const [name, registry, realm, expected, called] of rows) {
  test(`realm: ${name}`, () => {
    const url = new URL(registry);
    const judge = (): string =>
      judgeRealm(realm, url, called ?? url.host, { 'r.example': ['SSO.example:9000'] }).trust;
    if (['own', 'named', 'foreign'].includes(expected)) assert.equal(judge(), expected);
    else assert.throws(judge, { code: expected });
  });
}
