import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CATALOGUE } from '../../src/inspect/names/catalogue/index.ts';

/* The catalogue's names held against the lists that they were taken from. */

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;
const IMAGES = 'names/docker-official-images.json';
const REMOVED = 'names/docker-official-removed.txt';
const OWNERS = 'cloud/cloud-image-owners.json';

interface ListedImage {
  readonly entries: readonly { readonly tags: readonly string[]; readonly archs: readonly string[] }[];
}

interface ListedOwners {
  readonly aws: readonly { readonly owner: string; readonly patterns: readonly string[] }[];
  readonly gcp_projects: readonly string[];
  readonly azure_publishers: readonly string[];
}

function skipUnless(file: string): string | false {
  return existsSync(join(DATA, file)) ? false : `needs ../shared/data/${file}`;
}

function readData(file: string): string {
  return readFileSync(join(DATA, file), 'utf8');
}

function toSet(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

describe('official images', { skip: skipUnless(IMAGES) }, () => {
  const listed = (): readonly [string, ListedImage][] => Object.entries(JSON.parse(readData(IMAGES)));

  test('each listed image is there, with all its tags and architectures', () => {
    assert.ok(listed().length >= 144);
    for (const [name, { entries }] of listed()) {
      const image = CATALOGUE.official.find((candidate) => candidate.name === name);
      assert.ok(image !== undefined, name);
      assert.deepEqual(toSet(image.tags), toSet(entries.flatMap(({ tags }) => tags)), name);
      assert.deepEqual(toSet(image.architectures), toSet(entries.flatMap(({ archs }) => archs)), name);
      assert.equal(image.retired, entries.length === 0, name);
    }
  });

  test('no other image is said to be built', () => {
    const names = new Set(listed().map(([name]) => name));
    const unlisted = CATALOGUE.official.filter(({ name, retired }) => !retired && !names.has(name));
    assert.deepEqual(unlisted, []);
  });
});

test('removed images are retired ones', { skip: skipUnless(REMOVED) }, () => {
  const retired = new Set(CATALOGUE.official.filter((image) => image.retired).map(({ name }) => name));
  const removed = readData(REMOVED)
    .split('\n')
    .filter((line) => line !== '' && line !== 'MAINTAINERS');
  assert.ok(removed.length >= 42);
  assert.deepEqual(
    removed.filter((name) => !retired.has(name)),
    [],
  );
});

test('owners of cloud images are at least the compiled ones', { skip: skipUnless(OWNERS) }, () => {
  const listed: ListedOwners = JSON.parse(readData(OWNERS));
  const { aws, gcp, azure } = CATALOGUE.clouds;
  for (const { owner, patterns } of listed.aws) {
    const known = aws.find((candidate) => candidate.owner === owner);
    assert.deepEqual(toSet(known?.patterns ?? []), toSet(patterns), owner);
  }
  assert.deepEqual(gcp, listed.gcp_projects.toSorted());
  assert.deepEqual(azure, listed.azure_publishers.toSorted());
});
