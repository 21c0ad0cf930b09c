import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikePath, parseLocation, splitPath } from './location.ts';

const there = new Set(['layout', './layout', 'a:b', 'save.tar', 'oci:trap']);
const exists = (path: string) => there.has(path);
const digest = `sha256:${'0'.repeat(64)}`;

const rows: [location: string, parsed: unknown][] = [
  ['alpine', { kind: 'undecided', text: 'alpine' }],
  ['registry:alpine', { kind: 'registry', reference: 'alpine' }],
  ['docker://alpine', { kind: 'registry', reference: 'alpine' }],
  ['docker:alpine:3', { kind: 'docker', name: 'alpine:3' }],
  ['podman:localhost/x', { kind: 'podman', name: 'localhost/x' }],
  ['oci:layout', { kind: 'oci', path: 'layout' }],
  ['oci:layout:1.0', { kind: 'oci', path: 'layout', reference: '1.0' }],
  ['oci:layout:a/b:1.0', { kind: 'oci', path: 'layout', reference: 'a/b:1.0' }],
  ['oci:a:b', { kind: 'oci', path: 'a:b' }],
  ['oci:a:b:c', { kind: 'oci', path: 'a:b', reference: 'c' }],
  [`oci:layout@${digest}`, { kind: 'oci', path: 'layout', reference: digest }],
  ['oci:gone:1.0', { kind: 'oci', path: 'gone:1.0' }],
  ['docker-archive:save.tar:alpine:3', { kind: 'docker-archive', path: 'save.tar', reference: 'alpine:3' }],
  ['dir:layout', { kind: 'rootfs', path: 'layout' }],
  ['rootfs:save.tar', { kind: 'rootfs', path: 'save.tar' }],
  ['aws:ami-1', { kind: 'aws', id: 'ami-1' }],
  ['gcp:projects/p/global/images/i', { kind: 'gcp', id: 'projects/p/global/images/i' }],
  ['azure:A:b:c:1.0', { kind: 'azure', id: 'A:b:c:1.0' }],
  ['gs://bucket/a b', { kind: 'object', url: 'gs://bucket/a b' }],
  ['https://host.invalid/d.vhd?sig=x', { kind: 'url', url: 'https://host.invalid/d.vhd?sig=x' }],
  ['oci:trap', { kind: 'undecided', text: 'oci:trap' }],
  ['registry:5000/app', { kind: 'undecided', text: 'registry:5000/app' }],
  ['docker:5000/app', { kind: 'undecided', text: 'docker:5000/app' }],
  ['localhost:5000/a', { kind: 'undecided', text: 'localhost:5000/a' }],
];

for (const [location, parsed] of rows) {
  test(`parseLocation: ${location}`, () => assert.deepEqual(parseLocation(location, exists), parsed));
}

for (const location of ['', 'oci:', 'docker:', 'a\0b']) {
  test(`parseLocation refuses ${JSON.stringify(location)}`, () =>
    assert.throws(() => parseLocation(location, exists), { code: 'USAGE' }));
}

for (const text of ['./a', '/a', '../a', '.', '..', '~/a', 'a.tar', 'a.tar.gz', 'a.TGZ', 'dir/a.tar.zst'])
  test(`looksLikePath: ${text}`, () => assert.ok(looksLikePath(text)));

for (const text of ['alpine', 'alpine:3', 'ghcr.io/a/b', 'localhost:5000/a', `a@${digest}`, 'a/target', '.a'])
  test(`looksLikePath: not ${text}`, () => assert.ok(!looksLikePath(text)));

test('splitPath gives the whole text when nothing of it is there', () =>
  assert.deepEqual(splitPath('x:y', exists), { path: 'x:y' }));
