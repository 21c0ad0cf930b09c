import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from './failure.ts';
import { formatReference, parseReference, toFamiliarReference, toPlainRepository } from './reference.ts';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;

const good: [text: string, canonical: string, familiar: string][] = [
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
  ['library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['index.docker.io/team/app', 'docker.io/team/app:latest', 'team/app:latest'],
  ['registry-1.docker.io/team/app', 'docker.io/team/app:latest', 'team/app:latest'],
  ['Docker.IO/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['docker.io', 'docker.io/library/docker.io:latest', 'docker.io:latest'],
  ['localhost', 'docker.io/library/localhost:latest', 'localhost:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000', 'localhost:5000'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest', 'localhost:5000/app:latest'],
  ['docker.io/localhost/app', 'docker.io/localhost/app:latest', 'docker.io/localhost/app:latest'],
  ['library/foo.bar/app', 'docker.io/library/foo.bar/app:latest', 'library/foo.bar/app:latest'],
  ['host/app', 'docker.io/host/app:latest', 'host/app:latest'],
  ['host:80/app:1', 'host:80/app:1', 'host:80/app:1'],
  ['GHCR.io/a/b/c-d__e.f:T_1', 'ghcr.io/a/b/c-d__e.f:T_1', 'ghcr.io/a/b/c-d__e.f:T_1'],
  ['LocalHost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app:latest'],
  ['[fd00::2]/app', '[fd00::2]/app:latest', '[fd00::2]/app:latest'],
  ['10.0.0.1:5000/a---b', '10.0.0.1:5000/a---b:latest', '10.0.0.1:5000/a---b:latest'],
  [`app@${DIGEST}`, `docker.io/library/app@${DIGEST}`, `app@${DIGEST}`],
  [`q.io/a/b:t@${DIGEST}`, `q.io/a/b:t@${DIGEST}`, `q.io/a/b:t@${DIGEST}`],
  [`app:${HEX}`, `docker.io/library/app:${HEX}`, `app:${HEX}`],
  [`app:${'t'.repeat(128)}`, `docker.io/library/app:${'t'.repeat(128)}`, `app:${'t'.repeat(128)}`],
];

for (const [text, canonical, familiar] of good) {
  test(`reference: ${text.slice(0, 60)}`, () => {
    const reference = parseReference(text);
    assert.equal(formatReference(reference), canonical);
    assert.equal(toFamiliarReference(reference), familiar);
    assert.deepEqual(parseReference(familiar), reference);
  });
}

const bad: [name: string, text: string][] = [
  ['nothing', ''],
  ['a scheme', 'https://docker.io/library/alpine'],
  ['a bare image id', HEX],
  ['upper case in the path', 'ghcr.io/Team/app'],
  ['upper case alone', 'Alpine'],
  ['upper case that is no host', 'HOST/app'],
  ['an IPv6 address that is none', '[:::]/app'],
  ['an IPv4 address that is none', '999.1.1.1/app'],
  ['a space', 'a b'],
  ['a control character', 'a\nb'],
  ['three underscores', 'a___b'],
  ['mixed separators', 'a._b'],
  ['a leading separator', 'x.io/-a'],
  ['a trailing separator', 'x.io/a-'],
  ['an empty component', 'x.io/a//b'],
  ['a trailing slash', 'x.io/a/'],
  ['no path', 'x.io/'],
  ['a parent folder', 'x.io/../a'],
  ['an empty tag', 'a:'],
  ['a tag with a leading dot', 'a:.b'],
  ['a tag that is too long', `a:${'t'.repeat(129)}`],
  ['two tags', 'a:b:c'],
  ['a short digest', 'a@sha256:abc'],
  ['a digest in upper case', `a@sha256:${'A'.repeat(64)}`],
  ['an unknown algorithm', `a@md5:${'a'.repeat(32)}`],
  ['two digests', `a@${DIGEST}@${DIGEST}`],
  ['an empty digest', 'a@'],
  ['a user name', 'user@x.io/a'],
  ['a host with a dash first', '-x.io/a'],
  ['a host with an underscore', 'x_y.io/a'],
  ['a host with an empty label', 'x..io/a'],
  ['a port that is too large', 'x.io:65536/a'],
  ['port 0', 'x.io:0/a'],
  ['a port without digits', 'x.io:/a'],
  ['an open bracket', '[::1/a'],
  ['a query', 'x.io/a?b'],
  ['a percent sign', 'x.io/a%2fb'],
  ['a repository that is too long', `x.io/${'a'.repeat(256)}`],
  ['far too much', 'a'.repeat(100_000)],
];

for (const [name, text] of bad) {
  test(`reference refuses ${name}`, () => {
    assert.throws(
      () => parseReference(text),
      (error) => isFailure(error, 'USAGE') && error.message.length < 300 && !/[\n\r]/.test(error.message),
    );
  });
}

test('reference: anything either fails as documented or survives being written and read again', () => {
  const alphabet = fc.constantFrom(...'aZ0./:@-_[]%\n \u202e', 'sha256:', HEX, 'docker.io', 'localhost');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(alphabet).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          const reference = parseReference(text);
          assert.deepEqual(parseReference(formatReference(reference)), reference);
          assert.deepEqual(parseReference(toFamiliarReference(reference)), reference);
          assert.ok(URL.canParse(`https://${reference.registry}/v2/${reference.repository}`));
        } catch (error) {
          if (!isFailure(error, 'USAGE')) throw error;
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const plain: readonly (readonly [name: string, expected: string])[] = [
  ['registry.example/app', 'registry.example/app'],
  ['registry.example:443/app', 'registry.example/app'],
  ['registry.example:0443/app', 'registry.example/app'],
  ['registry.example:05000/app', 'registry.example:5000/app'],
  ['[::1]:443/app', '[::1]/app'],
  ['registry:443/app', 'registry:443/app'],
  ['docker.io:443/library/app', 'docker.io/library/app'],
  ['app', 'app'],
];
for (const [name, expected] of plain) {
  test(`one spelling for rules: ${name}`, () => assert.equal(toPlainRepository(name), expected));
}
