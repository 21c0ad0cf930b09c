import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageIdentity } from '../../../../core/image.ts';
import type { ImageView } from '../../../contract.ts';
import { imitation, namesOf } from './index.ts';

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

test('names/imitation: an archive may have thousands of tags', () => {
  const tags = Array.from({ length: 5000 }, (_, at) => `someone/app:${at}`);
  assert.equal(namesOf(identity('docker-archive', 'x.tar', ...tags)).length, 20);
});
