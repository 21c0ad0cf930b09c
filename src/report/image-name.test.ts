import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '../core/digest.ts';
import type { ImageIdentity } from '../core/image.ts';
import { nameOf, toOciPurl, toUuid } from './image-name.ts';

const digest = `sha256:${'a'.repeat(64)}` as Digest;
const image = (location: string, more: Partial<ImageIdentity> = {}): ImageIdentity => ({
  location,
  kind: 'registry',
  tags: [],
  digest,
  ...more,
});

const purls: readonly (readonly [name: string, identity: ImageIdentity, expected: string | undefined])[] = [
  ['short name', image('alpine'), `pkg:oci/alpine@${digest}`],
  [
    'host, port and tag',
    image('host:5000/a/Shop:1.4'),
    `pkg:oci/shop@${digest}?repository_url=host%3A5000%2Fa%2Fshop&tag=1.4`,
  ],
  ['by digest', image(`ghcr.io/a/b@${digest}`), `pkg:oci/b@${digest}?repository_url=ghcr.io%2Fa%2Fb`],
  ['with a prefix', image('docker://alpine:3'), `pkg:oci/alpine@${digest}?tag=3`],
  [
    'an archive is known by its tag',
    image('a.tar', { kind: 'oci-archive', tags: ['b:1'] }),
    `pkg:oci/b@${digest}?tag=1`,
  ],
  ['an archive without a tag', image('a.tar', { kind: 'oci-archive' }), undefined],
  ['a hostile tag', image('a.tar', { kind: 'oci-archive', tags: ['\x1b[2J\ud800/?#:'] }), undefined],
];

for (const [name, identity, expected] of purls) {
  test(`purl: ${name}`, () => assert.equal(toOciPurl(identity), expected));
}

test('purl: none without the digest of a manifest', () => {
  const { digest: _, ...rootfs } = image('folder', { kind: 'rootfs-directory' });
  assert.equal(toOciPurl(rootfs), undefined);
});

test('name: the tag of an archive, else the location', () => {
  const kind = 'docker-archive';
  assert.equal(nameOf(image('a.tar', { kind, tags: ['shop:1.4', 'shop:latest'] })), 'shop:1.4');
  assert.equal(nameOf(image('a.tar', { kind })), 'a.tar');
  assert.equal(nameOf(image('host:5000/shop:1.4', { tags: ['1.4'] })), 'host:5000/shop:1.4');
});

test('uuid: depends on the kind of document and on the image, not on where it was found', () => {
  assert.equal(toUuid('spdx', [image('a')]), toUuid('spdx', [image('b')]));
  assert.notEqual(toUuid('spdx', [image('a')]), toUuid('cyclonedx', [image('a')]));
});
