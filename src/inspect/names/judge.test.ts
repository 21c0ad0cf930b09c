import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toNameBook } from './book.ts';
import { CATALOGUE } from './catalogue/index.ts';
import { judgeName } from './judge.ts';
import { parseOwnNames } from './own-names.ts';
import { HONEST_NAMES } from './testing/honest-names.ts';

const book = toNameBook(CATALOGUE);
const HUB = 'docker.io/library';

/** The gravest suspicion, in one line. */
function verdict(name: string, names = book): string {
  const [first] = judgeName(name, names).suspicions;
  return first === undefined
    ? 'quiet'
    : `${first.tier} ${first.trick}${first.of === undefined ? '' : ` of ${first.of}`}`;
}

const tricks: readonly (readonly [name: string, expected: string])[] = [
  // A slip of a finger.
  ['ngnix', `review swapped-letters of ${HUB}/nginx`],
  ['postgress', `review doubled-letter of ${HUB}/postgres`],
  ['ubunt', `review dropped-letter of ${HUB}/ubuntu`],
  ['rabbbitmq', `review doubled-letter of ${HUB}/rabbitmq`],
  ['pythom', `review neighbouring-key of ${HUB}/python`],
  ['someone/ngnix', `review swapped-letters of ${HUB}/nginx`],
  ['grafanna/grafana', 'review doubled-letter of docker.io/grafana'],
  ['bitnmai/redis', 'review swapped-letters of docker.io/bitnami'],
  // Separators moved, words added.
  ['node-js', `review affix of ${HUB}/node`],
  ['hello_world', `review separator of ${HUB}/hello-world`],
  ['alpine2', `review added-letter of ${HUB}/alpine`],
  ['python33', `review affix of ${HUB}/python`],
  ['nginx-official', `review affix of ${HUB}/nginx`],
  ['official-nginx', `review affix of ${HUB}/nginx`],
  ['ubuntu-latest', `review affix of ${HUB}/ubuntu`],
  ['nginx-official/nginx', `review affix of ${HUB}/nginx`],
  ['docker-library/ubuntu', `review affix of ${HUB}/ubuntu`],
  ['someone/nginx-official', `note affix of ${HUB}/nginx`],
  ['bitnami-official/redis', 'review affix of docker.io/bitnami'],
  // Letters that look alike.
  ['bitnarni/redis', 'block homoglyph of docker.io/bitnami'],
  ['mysq1', `review homoglyph of ${HUB}/mysql`],
  ['pr0m/prometheus', 'block homoglyph of docker.io/prom'],
  ['1ibrary/nginx', 'review homoglyph of docker.io/library'],
  ['nginx\u200b', `block homoglyph of ${HUB}/nginx`],
  ['nginх', `block mixed-scripts of ${HUB}/nginx`],
  ['аlpine:latest', `block mixed-scripts of ${HUB}/alpine`],
  ['ghcr.iо/acme/app', 'block mixed-scripts of ghcr.io'],
  ['ｎginx', `block homoglyph of ${HUB}/nginx`],
  ['xn--dcker-jye.io/acme/app', 'block punycode of docker.io'],
  ['xn--99999999999.example/a', 'review punycode'],
  // Hosts.
  ['docker.io.evil.example/library/nginx', 'block spoofed-host of docker.io'],
  ['ghcr.io-cdn.example/acme/app', 'block spoofed-host of ghcr.io'],
  ['cdn.quay.io.evil.example/a/b', 'block spoofed-host of quay.io'],
  ['docker-io.example/library/nginx', 'block spoofed-host of docker.io'],
  ['docker.io@evil.example/library/nginx', 'block userinfo of docker.io'],
  ['d0cker.io/library/nginx', 'block homoglyph of docker.io'],
  ['evilquay.io/acme/app', 'review spoofed-host of quay.io'],
  ['quay.com/acme/app', 'review other-domain of quay.io'],
  ['docker.io:5000/library/nginx', 'review strange-port of docker.io'],
  ['gchr.io/acme/app', 'review swapped-letters of ghcr.io'],
  ['qua.io/prometheus/node-exporter', 'review dropped-letter of quay.io'],
  // Strangers.
  ['someone/redis', `note stranger-namespace of ${HUB}/redis`],
  ['docker72590/nginx', `review stranger-namespace of ${HUB}/nginx`],
  ['qwrtzpsdfg/redis', `review stranger-namespace of ${HUB}/redis`],
  ['700888880b1/golang', `review stranger-namespace of ${HUB}/golang`],
  ['qzxvk9/ubuntu', `review stranger-namespace of ${HUB}/ubuntu`],
  ['someone/ubuntu', `note stranger-namespace of ${HUB}/ubuntu`],
  ['qwrtzpsdfg/tool', 'note random-namespace'],
  ['vibersastra/ubuntu', 'block known-bad'],
  ['docker.io/vibersastra/ubuntu:latest', 'block known-bad'],
  ['ghcr.io/vibersastra/ubuntu', 'review known-bad-copy of docker.io/vibersastra/ubuntu'],
  ['no-such-thing-here', 'note no-such-official'],
  // Tags.
  ['nginx:latest-xmrig', `review unknown-tag of ${HUB}/nginx`],
  ['python:99', `note unknown-tag of ${HUB}/python`],
  ['nginx:1.99', `note unknown-tag of ${HUB}/nginx`],
  ['redis:7-gobbledygook', `note unknown-tag of ${HUB}/redis`],
  // Machine images.
  ['aws:123456789012/ubuntu/images/hvm-ssd/ubuntu-noble', 'review stranger-owner of aws:099720109477'],
  ['aws:099720109476/anything', 'review neighbouring-key of aws:099720109477'],
  ['gcp:debian-cloud-official/x', 'review affix of debian-cloud'],
  ['azure:canonical-official:ubuntu:server:latest', 'review affix of Canonical'],
  ['gcp:debian-cl0ud/debian-12', 'review homoglyph of debian-cloud'],
  ['gcp:projects/debiancloud/global/images/x', 'review separator of debian-cloud'],
  ['azure:Cannonical:ubuntu:server:latest', 'review doubled-letter of Canonical'],
];
for (const [name, expected] of tricks) {
  test(`look-alike: ${name}`, () => assert.equal(verdict(name), expected));
}

const honest: readonly (readonly [name: string, standing: string])[] = [
  ['nginx', 'official'],
  ['library/nginx:1.19', 'official'],
  ['python:3.6-slim-buster', 'official'],
  ['ubuntu:16.04', 'official'],
  ['ubuntu:noble-20240605', 'official'],
  ['index.docker.io/library/alpine:3.20', 'official'],
  ['docker.io/bitnami/redis:7.4', 'known-publisher'],
  ['registry.k8s.io/pause:3.10', 'known-publisher'],
  ['mcr.microsoft.com/dotnet/runtime:8.0', 'known-publisher'],
  ['eu.gcr.io/some-project/app', 'unknown'],
  ['registry.acme.example/app', 'unknown'],
  ['localhost:5000/app', 'unknown'],
  ['aws:099720109477/ubuntu/images/hvm-ssd/ubuntu-noble', 'known-publisher'],
  ['gcp:debian-cloud/debian-12', 'known-publisher'],
  ['azure:canonical:ubuntu:server:latest', 'known-publisher'],
];
for (const [name, standing] of honest) {
  test(`honest: ${name}`, () =>
    assert.deepEqual([verdict(name), judgeName(name, book).standing], ['quiet', standing]));
}

test('none of the popular third-party names is called a look-alike', () => {
  assert.ok(HONEST_NAMES.length >= 500);
  assert.deepEqual(HONEST_NAMES.filter(isLookAlike), []);
});

test('no name of the catalogue is called a look-alike, with none of its tags', () => {
  const official = CATALOGUE.official.flatMap(({ name, tags }) => [
    name,
    ...tags.map((tag) => `${name}:${tag}`),
  ]);
  const published = CATALOGUE.publishers.flatMap(({ registry, namespace, repositories }) =>
    repositories.map((repository) =>
      [registry, namespace, repository].filter((part) => part !== '').join('/'),
    ),
  );
  assert.ok(official.length > 5000 && published.length > 2000);
  assert.deepEqual([...official, ...published].filter(isLookAlike), []);
  assert.deepEqual(
    published.filter((name) => judgeName(name, book).standing === 'unknown'),
    [],
  );
});

function isLookAlike(name: string): boolean {
  return judgeName(name, book).suspicions.some(({ tier }) => tier !== 'note');
}

const ours = toNameBook(
  CATALOGUE,
  parseOwnNames(
    `version: 1
publishers: [{ registry: docker.io, namespace: acmecorp, name: Acme }]
images: [registry.acme.example/shop/api]
internal: [registry.acme.example/x, registry.acme.example/payments/**]
knownBad: [{ repository: docker.io/evil/*, what: seen in our logs }]
allow: [someone/ngnix]
`,
    'names.yaml',
  ),
);
const own: readonly (readonly [name: string, expected: string])[] = [
  ['registry.acme.example/x:1', 'quiet'],
  ['registry.acme.example/payments/api', 'quiet'],
  ['docker.io/acme-internal/x', 'block dependency-confusion of registry.acme.example/x'],
  ['ghcr.io/payments/api', 'block dependency-confusion of registry.acme.example/payments/**'],
  ['docker.io/shop/api', 'block dependency-confusion of registry.acme.example/shop/api'],
  ['docker.io/acme-tools/other', 'review dependency-confusion of registry.acme.example/payments/**'],
  ['registry.acme.example.evil.example/x', 'block spoofed-host of registry.acme.example'],
  ['registry.acrne.example/other', 'block homoglyph of registry.acme.example'],
  ['x', 'block dependency-confusion of registry.acme.example/x'],
  ['docker.io/acmecorp/tool', 'quiet'],
  ['docker.io/evil/anything', 'block known-bad'],
  ['someone/ngnix', 'quiet'],
  ['someone-else/ngnix', `review swapped-letters of ${HUB}/nginx`],
];
for (const [name, expected] of own) {
  test(`own names: ${name}`, () => assert.equal(verdict(name, ours), expected));
}

test('an internal name is said to be one, and whose a listed namespace is', () => {
  assert.equal(judgeName('registry.acme.example/payments/api', ours).standing, 'internal');
  assert.equal(judgeName('acmecorp/tool', ours).publisher, 'Acme');
});

test('a score says what it is made of', () => {
  const [first] = judgeName('bitnarni/redis', book).suspicions;
  assert.equal(first?.score, 0.85);
  assert.match(
    first?.why ?? '',
    /^0\.85: bitnarni is bitnami .* \(0\.5\), bitnami publishes redis \(0\.35\)$/,
  );
});

test('a name that is too long is cut, and that is said', () => {
  const { name, suspicions } = judgeName(`someone/${'a'.repeat(5000)}`, book);
  assert.equal(name.length, 1024);
  assert.equal(suspicions[0]?.trick, 'too-long');
});

test('any text at all is judged', () => {
  const parts = fc.constantFrom(
    'docker.io',
    'nginx',
    '/',
    ':',
    '@',
    '.',
    '-',
    'xn--',
    'а',
    'aws:',
    'gcp:',
    'azure:',
    '*',
    '0',
    '\0',
    '\ud800',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(parts, { maxLength: 40 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const { score, why, tier } of judgeName(text, ours).suspicions) {
        assert.ok(score >= 0 && score <= 1 && why !== '' && tier !== undefined);
      }
    }),
    { numRuns: 2000 },
  );
});

test('long names cost no more than their length', () => {
  for (const text of [
    'a'.repeat(1e6),
    'rn'.repeat(5e5),
    '-a'.repeat(5e5),
    `${'a.'.repeat(5e5)}/b`,
    `x/${'ngnix-'.repeat(1e5)}`,
  ]) {
    const start = performance.now();
    judgeName(text, ours);
    assert.ok(performance.now() - start < 1000);
  }
});
