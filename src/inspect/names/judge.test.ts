import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toNameBook } from './book.ts';
import { CATALOGUE } from './catalogue/index.ts';
import { judgeName } from './judge.ts';
import { NO_OWN_NAMES } from './own-names.ts';
import { parseOwnNames } from './own-names-file.ts';
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
  ['dockerlibrary/ubuntu', `review affix of ${HUB}/ubuntu`],
  ['nginxofficial/nginx', `review affix of ${HUB}/nginx`],
  ['alpine2/alpine', `review added-letter of ${HUB}/alpine`],
  ['alpine22/alpine', `review affix of ${HUB}/alpine`],
  ['library2/nginx', 'review added-letter of docker.io/library'],
  ['node-app-official', `review affix of ${HUB}/node`],
  // Other names of official images.
  ['postgresql', `review other-name of ${HUB}/postgres`],
  ['mongodb:7', `review other-name of ${HUB}/mongo`],
  ['nodejs', `review other-name of ${HUB}/node`],
  // Products of known publishers, and their namespaces in other registries.
  ['someone/promethues', 'review swapped-letters of docker.io/prom/prometheus'],
  ['ghcr.io/someone/promethues', 'review swapped-letters of docker.io/prom/prometheus'],
  ['promethues', 'review swapped-letters of docker.io/prom/prometheus'],
  ['promethues/prometheus', 'review swapped-letters of quay.io/prometheus'],
  ['quay.io/promethues/other', 'note swapped-letters of quay.io/prometheus'],
  ['ngnix/nginx', `review swapped-letters of ${HUB}/nginx`],
  ['postgress/postgres', `review doubled-letter of ${HUB}/postgres`],
  ['someone/garfana', 'review swapped-letters of docker.io/grafana/grafana'],
  ['ghcr.io/bitnarni/redis', 'block homoglyph of docker.io/bitnami'],
  ['ghcr.io/jetstak/cert-manager-controller', 'review dropped-letter of quay.io/jetstack'],
  ['ghcr.io/jetstak/anything', 'note dropped-letter of quay.io/jetstack'],
  ['quay.io/someone/ngnix', `review swapped-letters of ${HUB}/nginx`],
  // Upper case: the name is judged as if it had none.
  ['NGINX', `note upper-case of ${HUB}/nginx`],
  ['Ubuntu:latest', `note upper-case of ${HUB}/ubuntu`],
  ['BITNAMI/redis', 'review upper-case of docker.io/bitnami/redis'],
  ['ghcr.io/Acme/app', 'note upper-case of ghcr.io/acme/app'],
  ['NGNIX', `review swapped-letters of ${HUB}/nginx`],
  // What no registry takes.
  ['../../etc/passwd', 'review malformed'],
  ['docker.io%2eevil.example/x', 'review malformed'],
  ['nginx/', 'review malformed'],
  ['@', 'review malformed'],
  [':', 'review malformed'],
  ['nginx latest', 'review malformed'],
  ['nginx:', 'review malformed'],
  ['nginx@sha256:0', 'review malformed'],
  ['evil@docker.io/library/nginx', 'block userinfo of evil'],
  // Letters that look alike.
  ['bitnarni/redis', 'block homoglyph of docker.io/bitnami'],
  ['mysq1', `review homoglyph of ${HUB}/mysql`],
  ['pr0m/prometheus', 'block homoglyph of docker.io/prom'],
  ['1ibrary/nginx', 'review homoglyph of docker.io/library'],
  ['nginx\u200b', `block homoglyph of ${HUB}/nginx`],
  ['nginх', `block mixed-scripts of ${HUB}/nginx`],
  ['аlpine:latest', `block mixed-scripts of ${HUB}/alpine`],
  ['ghcr.iо/acme/app', 'block mixed-scripts of ghcr.io'],
  ['doc\u212aer.io/library/nginx', `block homoglyph of ${HUB}/nginx`],
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
  ['gcp:debian-cl\u043eud/debian-12', 'block mixed-scripts of debian-cloud'],
  ['azure:Can\u043enical:ubuntu:server:latest', 'block mixed-scripts of Canonical'],
  ['aws:123456789012/ubuntu/im\u0430ges/x', 'block mixed-scripts of aws:099720109477'],
  ['aws:123456789012/ubunut/images/hvm-ssd/x', 'review swapped-letters of aws:099720109477'],
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
  ['docker.io:443/library/nginx', 'official'],
  ['registry.k8s.io:443/pause', 'known-publisher'],
  ['aws:099720109477/ubuntu/images/hvm-ssd/ubuntu-noble', 'known-publisher'],
  ['gcp:debian-cloud/debian-12', 'known-publisher'],
  ['azure:canonical:ubuntu:server:latest', 'known-publisher'],
];
const quiet: readonly string[] = [
  // Mirrors: whoever has the registry decides what is in it.
  '123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx',
  'harbor.corp.example/docker-hub/bitnami/redis',
  'registry.example.com/docker.io/library/nginx',
  'us-central2-docker.pkg.dev/project/repository/app',
  'registry.cn-shanghai.aliyuncs.com/acme/app',
  'aws:123456789012/centos7-golden',
];
for (const name of quiet) test(`quiet: ${name}`, () => assert.equal(verdict(name), 'quiet'));

/** Names of one's own builds. */
const builds = ['node-app', 'python-app', 'redis-server', 'python-server', 'redis-prod', 'node-web-base'];
for (const name of builds) {
  test(`a build: ${name} is a note at most`, () => assert.equal(isLookAlike(name), false));
}

const malformed = ['nginx/', 'nginx latest', 'docker.io/bitnami/redis/', 'evil@docker.io/library/nginx', '@'];
for (const name of malformed) {
  test(`malformed: ${name} is nobody's`, () => assert.equal(judgeName(name, book).standing, 'unknown'));
}

test('the id of an image is no malformed name', () => {
  for (const id of ['a'.repeat(64), `sha256:${'a'.repeat(64)}`]) assert.equal(isLookAlike(id), false);
});

test('a name in upper case has the standing of the name that is meant', () => {
  assert.equal(judgeName('NGINX', book).standing, 'official');
  assert.equal(judgeName('BITNAMI/redis', book).standing, 'known-publisher');
});

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
publishers:
  - { registry: docker.io, namespace: acmecorp, name: Acme }
  - { registry: index.docker.io, namespace: acmehub, name: Acme }
  - { registry: aws, namespace: '123456789012', name: Acme }
  - { registry: gcp, namespace: acme-images, name: Acme }
  - { registry: azure, namespace: AcmeImages, name: Acme }
images: [registry.acme.example/shop/api, promethues/*]
internal: [registry.acme.example/x, registry.acme.example/payments/**]
knownBad:
  - { repository: docker.io/evil/*, what: seen in our logs }
  - { repository: badguy/*, what: seen in our logs }
  - { repository: docker.io/badguy3/**, what: seen in our logs }
  - { repository: registry.acme.example/payments/old/*, what: broken into }
  - { repository: 'aws:999999999999', what: seen in our account }
allow: [someone/ngnix, vibersastra/ubuntu, gchr.io/acme/app, docker.io.evil.example/x, 'aws:111111111111/ubuntu/images', 'gcp:debian-clouds']
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
  ['docker.io/acme-tools/other', 'block dependency-confusion of registry.acme.example/payments/**'],
  ['registry.acme.example.evil.example/x', 'block spoofed-host of registry.acme.example'],
  ['registry.acrne.example/other', 'block homoglyph of registry.acme.example'],
  ['x', 'block dependency-confusion of registry.acme.example/x'],
  ['docker.io/acmecorp/tool', 'quiet'],
  ['docker.io/evil/anything', 'block known-bad'],
  ['someone/ngnix', 'quiet'],
  ['acme/other', 'block dependency-confusion of registry.acme.example/payments/**'],
  ['quay.io/my-acme/other', 'block dependency-confusion of registry.acme.example/payments/**'],
  ['acmex/redis', `note dependency-confusion of registry.acme.example/payments/**`],
  ['acmex/x', 'review dependency-confusion of registry.acme.example/x'],
  ['harbor.acme.example/acme/other', 'quiet'],
  ['registry.partner.example/acme/other', 'review dependency-confusion of registry.acme.example/payments/**'],
  ['registry.acme.example:443/x', 'quiet'],
  ['registry.acme.example:0443/x', 'quiet'],
  ['acmehub/tool', 'quiet'],
  ['promethues/app', 'quiet'],
  ['badguy/app', 'block known-bad'],
  ['docker.io/badguy/app', 'block known-bad'],
  ['badguy3/app', 'block known-bad'],
  ['badguy3/app/deeper', 'block known-bad'],
  ['badguy33/app', 'quiet'],
  // What is said of allowed and internal names all the same.
  ['vibersastra/ubuntu', 'block known-bad'],
  ['registry.acme.example/payments/old/app', 'block known-bad'],
  ['evil@docker.io/someone/ngnix', 'block userinfo of evil'],
  ['someone/ngni\u0445', 'block mixed-scripts'],
  ['gchr.io/acme/app', 'review swapped-letters of ghcr.io'],
  ['docker.io.evil.example/x', 'block spoofed-host of docker.io'],
  // Machine images.
  ['aws:123456789012/ubuntu/images/x', 'quiet'],
  ['aws:123456789013/x', 'review neighbouring-key of aws:123456789012'],
  ['gcp:acme-images/x', 'quiet'],
  ['gcp:acme-imagse/x', 'review swapped-letters of acme-images'],
  ['azure:acmeimages:a:b:c', 'quiet'],
  ['aws:111111111111/ubuntu/images/x', 'quiet'],
  ['aws:111111111111/ubuntu/images/deeper/x', 'quiet'],
  ['gcp:debian-clouds/x', 'quiet'],
  ['aws:999999999999/x', 'block known-bad'],
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

test('a hundred thousand patterns of the user cost a name nothing', () => {
  const patterns = Array.from({ length: 100_000 }, (_, at) => `registry.acme${at % 500}.example/team${at}/*`);
  const many = toNameBook(CATALOGUE, {
    ...NO_OWN_NAMES,
    internal: patterns,
    allow: patterns,
    images: patterns,
  });
  const start = performance.now();
  for (let at = 0; at < 2000; at++) judgeName(`someone${at}/acme-app`, many);
  assert.ok(performance.now() - start < 1000);
  assert.equal(judgeName('registry.acme7.example/team507/app', many).standing, 'internal');
});

test('ten thousand cloud names are judged in a second', () => {
  const start = performance.now();
  for (let at = 0; at < 10_000; at++) judgeName(`gcp:debian-clou${at % 100}/x`, book);
  assert.ok(performance.now() - start < 1000);
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
