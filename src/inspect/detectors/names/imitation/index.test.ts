import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageIdentity } from '../../../../core/image.ts';
import type { ImageView } from '../../../contract.ts';
import { namesOf } from './image-names.ts';
import { imitation } from './index.ts';

const identity = (kind: ImageIdentity['kind'], location: string, ...tags: string[]): ImageIdentity => ({
  kind,
  location,
  tags,
});

const rows: readonly (readonly [name: string, image: ImageIdentity, expected: readonly string[]])[] = [
  ['an official name', identity('registry', 'nginx:latest'), []],
  ['known bad', identity('registry', 'vibersastra/ubuntu'), ['names/known-bad block', 'names/stranger note']],
  ['a spoofed host', identity('registry', 'ghcr.io-cdn.example/acme/app'), ['names/spoofed block']],
  ['a slip', identity('registry', 'ngnix'), ['names/look-alike review']],
  ['a stranger', identity('registry', 'someone/redis'), ['names/stranger note']],
  ['a tag to lure with', identity('registry', 'nginx:1.27-xmrig'), ['names/unknown-tag review']],
  ['an engine', identity('docker', 'docker:bitnarni/redis'), ['names/spoofed block', 'names/stranger note']],
  ['an image id', identity('docker', 'docker:0123456789ab'), []],
  ['an archive', identity('docker-archive', 'x.tar', 'ngnix:latest'), ['names/look-alike review']],
  [
    'an archive with Cyrillic letters',
    identity('docker-archive', 'x.tar', 'nginх:latest'),
    ['names/spoofed block'],
  ],
  ['a name no official image has', identity('registry', 'no-such-thing-here'), ['names/stranger note']],
  ['a build of an engine', identity('docker', 'docker:my-build'), []],
  ['a build of podman', identity('podman', 'podman:my-build:latest'), []],
  ['a build in an archive', identity('docker-archive', 'x.tar', 'my-build:latest'), []],
  [
    'a build named for its base',
    identity('docker-archive', 'x.tar', 'node-app:latest'),
    ['names/look-alike note'],
  ],
  ['a malformed tag', identity('docker-archive', 'x.tar', '../../etc/passwd'), ['names/malformed review']],
  ['upper case', identity('docker-archive', 'x.tar', 'NGINX:latest'), ['names/malformed note']],
  ['a file name', identity('rootfs-tar', 'ngnix.tar'), []],
];
for (const [name, image, expected] of rows) {
  test(`names/imitation: ${name}`, () => {
    const drafts = [...imitation.judge({ identity: image } as ImageView, [])];
    assert.deepEqual(
      drafts.map(({ rule, tier }) => `${rule} ${tier}`),
      expected,
    );
    for (const { evidence } of drafts) assert.match(evidence, /\d/);
  });
}

const named: readonly (readonly [what: string, image: ImageIdentity, names: readonly string[]])[] = [
  ['a registry', identity('registry', 'nginx:1.27'), ['nginx:1.27']],
  ['a registry as other tools write it', identity('registry', 'docker://nginx'), ['nginx']],
  ['an engine', identity('podman', 'podman:localhost/app:1'), ['localhost/app:1']],
  ['an image id', identity('docker', `docker:sha256:${'a'.repeat(64)}`, 'app:1'), []],
  ['an archive', identity('docker-archive', 'x.tar', 'a:1', 'a:1', '', 'No Name'), ['a:1']],
  [
    'an OCI archive with names',
    identity('oci-archive', 'x.tar', 'docker.io/library/a:1'),
    ['docker.io/library/a:1'],
  ],
  ['an OCI layout with a tag', identity('oci-layout', 'oci:x', 'latest'), []],
  ['a root file system', identity('rootfs-directory', './nginx'), []],
];
for (const [what, image, names] of named) {
  test(`names of an image: ${what}`, () => assert.deepEqual(namesOf(image), { names, problems: [] }));
}

test('names of an image: tags that are none hide no name, and what is cut off is said', () => {
  const junk = Array.from({ length: 5000 }, (_, at) => `No Name ${at}`);
  const full = namesOf(identity('docker-archive', 'x.tar', ...junk, 'ngnix:1'));
  assert.deepEqual(full, { names: ['ngnix:1'], problems: [] });
  const many = Array.from({ length: 5000 }, (_, at) => `someone/app:${at}`);
  const { names, problems } = namesOf(identity('docker-archive', 'x.tar', ...many, 'ngnix:1'));
  assert.equal(names.length, 100);
  assert.deepEqual(
    problems.map(({ code, effect }) => `${code} ${effect}`),
    ['LIMIT_DETECTOR incomplete'],
  );
});
