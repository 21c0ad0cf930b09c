import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseReference } from '../../../core/reference.ts';
import { HONEST_NAMES } from '../testing/honest-names.ts';
import { CATALOGUE } from './index.ts';

const { official, publishers, registries, knownBad, clouds } = CATALOGUE;

function toTwice(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** Names that a reference parser would read as another name than they are: upper case, a missing host. */
function toChanged(names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const { registry, repository } = parseReference(name);
    return `${registry}/${repository}` !== name;
  });
}

function isHttps(source: string): boolean {
  return URL.canParse(source) && new URL(source).protocol === 'https:';
}

const sortedLists: readonly { readonly name: string; readonly list: readonly string[] }[] = [
  { name: 'official images', list: official.map(({ name }) => name) },
  { name: 'registries', list: registries },
  { name: 'known-bad repositories', list: knownBad.map(({ repository }) => repository) },
  { name: 'AWS owners', list: clouds.aws.map(({ owner }) => owner) },
  { name: 'GCP projects', list: clouds.gcp },
  { name: 'Azure publishers', list: clouds.azure },
  ...[...new Set(publishers.map(({ registry }) => registry))].map((registry) => ({
    name: `namespaces of ${registry}`,
    list: publishers.filter((publisher) => publisher.registry === registry).map(({ namespace }) => namespace),
  })),
];

describe('lists are sorted and say nothing twice', () => {
  for (const { name, list } of sortedLists) {
    test(name, () => {
      assert.deepEqual(toTwice(list), []);
      assert.deepEqual(list, list.toSorted());
    });
  }
});

const counts: readonly { readonly name: string; readonly count: number; readonly least: number }[] = [
  { name: 'official images', count: official.length, least: 180 },
  { name: 'official images with tags', count: official.filter(({ retired }) => !retired).length, least: 130 },
  ...[
    ['docker.io', 150],
    ['ghcr.io', 40],
    ['quay.io', 40],
    ['gcr.io', 20],
    ['public.ecr.aws', 15],
  ].map(([host, least]) => ({
    name: `namespaces of ${host}`,
    count: publishers.filter(({ registry }) => registry === host).length,
    least: Number(least),
  })),
  { name: 'known-bad repositories', count: knownBad.length, least: 20 },
  { name: 'AWS owners', count: clouds.aws.length, least: 14 },
  { name: 'GCP projects', count: clouds.gcp.length, least: 17 },
  { name: 'Azure publishers', count: clouds.azure.length, least: 12 },
];

describe('the catalogue does not shrink unseen', () => {
  for (const { name, count, least } of counts) {
    test(`at least ${least} ${name}`, () => assert.ok(count >= least, `${count}`));
  }
});

describe('official images', () => {
  test('have tags and architectures if and only if they are still built', () => {
    const odd = official.filter(
      ({ tags, architectures, retired }) =>
        (tags.length === 0) !== retired || (architectures.length === 0) !== retired,
    );
    assert.deepEqual(odd, []);
  });
  test('have tags that a registry accepts, each once', () => {
    for (const { name, tags } of official) {
      assert.deepEqual(toTwice(tags), [], name);
      for (const tag of tags) assert.equal(parseReference(`${name}:${tag}`).tag, tag);
    }
  });
  test('are names of docker.io/library', () => {
    assert.deepEqual(toChanged(official.map(({ name }) => `docker.io/library/${name}`)), []);
  });
  for (const { name, tag, architecture } of [
    { name: 'alpine', tag: 'latest', architecture: 'arm64v8' },
    { name: 'debian', tag: 'bookworm-slim', architecture: 'amd64' },
    { name: 'nginx', tag: 'stable-alpine', architecture: 's390x' },
  ]) {
    test(`${name}:${tag} for ${architecture} is one`, () => {
      const image = official.find((candidate) => candidate.name === name);
      assert.ok(image?.tags.includes(tag) && image.architectures.includes(architecture));
    });
  }
  for (const name of ['centos', 'jenkins', 'vault', 'notary']) {
    test(`${name} is retired`, () => {
      assert.equal(official.find((candidate) => candidate.name === name)?.retired, true);
    });
  }
});

describe('publishers', () => {
  test('have names that a reference can hold', () => {
    const names = publishers.flatMap(({ registry, namespace, repositories }) =>
      (repositories.length === 0 ? ['x'] : repositories).map((repository) =>
        [registry, namespace, repository].filter((part) => part !== '').join('/'),
      ),
    );
    assert.deepEqual(toTwice(names), []);
    assert.deepEqual(toChanged(names), []);
  });
  test('have a name for a person and an https source', () => {
    assert.deepEqual(
      publishers.filter(({ name, source }) => name.trim() === '' || !isHttps(source)),
      [],
    );
  });
  test('are at registries of the list', () => {
    assert.deepEqual(
      publishers.filter(({ registry }) => !registries.includes(registry)),
      [],
    );
  });
  test('own no official image’s namespace', () => {
    assert.deepEqual(
      publishers.filter(({ registry, namespace }) => registry === 'docker.io' && namespace === 'library'),
      [],
    );
  });
});

describe('known-bad repositories', () => {
  test('are repositories, or whole namespaces', () => {
    const repositories = knownBad.map(({ repository }) => repository.replace(/\/\*$/, '/x'));
    assert.deepEqual(toChanged(repositories), []);
  });
  test('say what is wrong and where it is reported', () => {
    assert.deepEqual(
      knownBad.filter(({ what, source }) => what === '' || !isHttps(source)),
      [],
    );
  });
  test('are nobody’s whom the catalogue calls known', () => {
    const bad = new Set(knownBad.map(({ repository }) => repository.split('/', 2).join('/')));
    const known = publishers.map(({ registry, namespace }) => `${registry}/${namespace}`);
    assert.deepEqual(
      known.filter((name) => bad.has(name)),
      [],
    );
  });
});

test('AWS owners are account numbers', () => {
  for (const { owner, patterns } of clouds.aws) {
    assert.match(owner, /^\d{12}$/);
    assert.ok(patterns.length > 0, owner);
  }
});

describe('honest names', () => {
  test('are more than 520, none twice, none official', () => {
    assert.ok(HONEST_NAMES.length >= 520, `${HONEST_NAMES.length}`);
    assert.deepEqual(toTwice(HONEST_NAMES), []);
    const library = HONEST_NAMES.filter((name) => parseReference(name).repository.startsWith('library/'));
    assert.deepEqual(library, []);
  });
  test('are in large part of people whom the catalogue does not know', () => {
    const known = publishers.map(({ registry, namespace }) => `${registry}/${namespace}`);
    const strangers = HONEST_NAMES.filter((name) => {
      const { registry, repository } = parseReference(name);
      return !known.some((prefix) =>
        `${registry}/${repository}/`.startsWith(`${prefix.replace(/\/$/, '')}/`),
      );
    });
    assert.ok(strangers.length >= 200, `${strangers.length}`);
  });
});
