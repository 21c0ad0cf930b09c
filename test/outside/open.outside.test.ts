import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LayerRecorder } from '../../src/read/testing/layer-recorder.ts';
import { openOne } from '../../src/read/testing/scratch.ts';

/*
 * Real archives, layouts and root file systems. What they hold is known from elsewhere: published digests, and the
 * counts that `tar t` gives.
 */

const DATA = join(import.meta.dirname, '../../../shared/data');
const skip = existsSync(DATA) ? false : `the reference data is not there: ${DATA}`;

interface Expected {
  readonly kind: string;
  readonly config?: string;
  readonly diffIds: readonly string[];
  readonly entries: number;
  readonly path: string;
}

const rows: [name: string, location: string, expected: Expected][] = [
  [
    'docker save of alpine:3.11 in gzip',
    `${DATA}/docker-archives/alpine-311.tar.gz`,
    {
      kind: 'docker-archive',
      config: 'sha256:a187dde48cd289ac374ad8539930628314bc581a481cdb41409c9289419ddb72',
      diffIds: ['sha256:beee9f30bc1f711043e78d4a2be0668955d4b761d587d6f60c2c8dc081efb203'],
      entries: 488,
      path: 'etc/alpine-release',
    },
  ],
  [
    'OCI layout of busybox on glibc',
    `${DATA}/oci-layouts/busybox-glibc-amd64`,
    {
      kind: 'oci-layout',
      config: 'sha256:c6348fa86ba0fb2108c9334f5fe913ddc6d853313e655891f133a0127c30099f',
      diffIds: [],
      entries: 448,
      path: 'etc/passwd',
    },
  ],
  [
    'OCI layout of busybox on musl, by tag',
    `oci:${DATA}/oci-layouts/busybox-musl-amd64:busybox:1.38.0-musl`,
    {
      kind: 'oci-layout',
      config: 'sha256:654fc8fd836e35f4a64586bddf8f59b9029b48cf80f520834c6c98ca8ab5def9',
      diffIds: [],
      entries: 430,
      path: 'etc/passwd',
    },
  ],
  [
    'root file system of Alpine in gzip',
    `${DATA}/rootfs/alpine-minirootfs-3.20.3-x86_64.tar.gz`,
    { kind: 'rootfs-tar', diffIds: [], entries: 518, path: 'etc/alpine-release' },
  ],
  [
    'root file system of AlmaLinux in xz',
    `${DATA}/rootfs/almalinux-9-docker-aarch64-micro-20231125.tar.xz`,
    { kind: 'rootfs-tar', diffIds: [], entries: 2729, path: 'etc/almalinux-release' },
  ],
];

for (const [name, location, expected] of rows) {
  test(name, { skip }, async (t) => {
    const image = await openOne(t, location);
    assert.equal(image.identity.kind, expected.kind);
    assert.equal(image.identity.configDigest, expected.config);
    const recorder = new LayerRecorder({ digestOnly: true });
    const diffIds: (string | undefined)[] = [];
    for (const layer of image.layers) {
      const summary = await layer.read(recorder, t.signal);
      assert.deepEqual(summary.problems, []);
      assert.equal(summary.diffId, layer.ref.diffId);
      diffIds.push(summary.diffId);
    }
    assert.deepEqual(image.problems, []);
    if (expected.diffIds.length > 0) assert.deepEqual(diffIds, expected.diffIds);
    assert.equal(recorder.files.length, expected.entries);
    const content = recorder.contents.get(expected.path);
    assert.match(content ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(content, createHash('sha256').digest('hex'));
  });
}
