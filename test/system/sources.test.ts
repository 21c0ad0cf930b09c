import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { open } from '../../src/read/open.ts';
import { type RunningEngine, startDocker, startPodman, storageFlags } from '../peers/engines.ts';
import { run } from '../peers/run.ts';
import { file, folder, lacking, look, makeRoot, options, type Seen } from './sources-layers.ts';

/*
 * One image, made by real tools, read through every kind of location: each has to give the same layers with the same
 * files. The base layer has links, modes, an empty file and a large one; the second changes, adds and deletes.
 */

const TAG = 'example.invalid/sample:1.0';
/** An OCI layout of two layers, as umoci makes it. */
function makeLayout(): string {
  const layout = file('layout');
  run('umoci', ['init', '--layout', layout]);
  run('umoci', ['new', '--image', `${layout}:1.0`]);
  const bundle = file('bundle');
  run('umoci', ['unpack', '--image', `${layout}:1.0`, bundle]);
  makeRoot(join(bundle, 'rootfs'));
  run('umoci', [
    'repack',
    '--refresh-bundle',
    '--history.created_by',
    'ADD base',
    '--image',
    `${layout}:1.0`,
    bundle,
  ]);
  writeFileSync(join(bundle, 'rootfs/etc/hostname'), 'changed\n');
  writeFileSync(join(bundle, 'rootfs/etc/new'), 'new\n');
  rmSync(join(bundle, 'rootfs/etc/empty'));
  run('umoci', ['repack', '--history.created_by', 'RUN change', '--image', `${layout}:1.0`, bundle]);
  run('umoci', ['config', '--image', `${layout}:1.0`, '--config.cmd', '/usr/bin/tool']);
  run('umoci', ['gc', '--layout', layout]);
  return layout;
}

const skip = lacking('umoci', 'skopeo');

describe('one image through every location', { skip }, () => {
  let layout: string;
  let expected: Seen;

  before(async () => {
    layout = makeLayout();
    expected = await look(layout);
  });

  test('the layout itself: both layers, the change and the deletion', () => {
    assert.equal(expected.layers.length, 2);
    assert.ok(expected.layers[1]?.includes('etc/empty deleted'));
    assert.ok(expected.layers[0]?.some((line) => line.startsWith('usr/bin/tool file 4755 0 17 ')));
    assert.deepEqual(expected.cmd, ['/usr/bin/tool']);
  });

  const copies: [name: string, target: () => string, location: () => string, flags?: string[]][] = [
    ['skopeo oci-archive', () => `oci-archive:${file('a.oci')}:${TAG}`, () => file('a.oci')],
    ['skopeo docker-archive', () => `docker-archive:${file('a.docker')}:${TAG}`, () => file('a.docker')],
    [
      'skopeo layout, zstd',
      () => `oci:${file('zstd')}:1.0`,
      () => `oci:${file('zstd')}:1.0`,
      ['--dest-compress-format', 'zstd', '--dest-compress'],
    ],
    [
      'skopeo layout, its tag without a prefix',
      () => `oci:${file('again')}:1.0`,
      () => `${file('again')}:1.0`,
    ],
  ];

  for (const [name, target, location, flags = []] of copies) {
    test(name, async () => {
      run('skopeo', ['--insecure-policy', 'copy', ...flags, `oci:${layout}:1.0`, target()]);
      assert.deepEqual(await look(location()), expected);
    });
  }

  for (const [program, suffix] of [
    ['gzip', 'gz'],
    ['zstd', 'zst'],
    ['xz', 'xz'],
  ] as const) {
    test(`docker archive in ${program}`, { skip: lacking(program) }, async () => {
      run('skopeo', [
        '--insecure-policy',
        'copy',
        `oci:${layout}:1.0`,
        `docker-archive:${file(`x.${suffix}.tar`)}:${TAG}`,
      ]);
      run(program, ['-q', '-k', file(`x.${suffix}.tar`)]);
      assert.deepEqual(await look(file(`x.${suffix}.tar.${suffix}`)), expected);
    });
  }

  describe('podman', { skip: lacking('podman') }, () => {
    let engine: RunningEngine;
    const podman = (...args: string[]) => run('podman', [...storageFlags(folder), ...args]);

    before(async () => {
      run('skopeo', [
        '--insecure-policy',
        'copy',
        `oci:${layout}:1.0`,
        `docker-archive:${file('load.tar')}:${TAG}`,
      ]);
      podman('load', '-q', '-i', file('load.tar'));
      engine = await startPodman(folder);
    });
    after(() => engine.stop());

    for (const format of ['docker-archive', 'oci-archive']) {
      test(`podman save --format ${format}`, async () => {
        podman('save', '-q', '--format', format, '-o', file(`podman.${format}`), TAG);
        assert.deepEqual(await look(file(`podman.${format}`)), expected);
      });
    }

    test('podman: through the socket', async () => {
      assert.deepEqual(await look(`podman:${TAG}`, { podmanSocket: engine.socket }), expected);
    });

    test('podman: an image that is not there', async () => {
      await assert.rejects(open('podman:example.invalid/gone', options({ podmanSocket: engine.socket })), {
        code: 'NOT_FOUND',
      });
    });
  });

  describe('docker', { skip: lacking('docker', 'dockerd') }, () => {
    let engine: RunningEngine;
    const docker = (...args: string[]) => run('docker', ['-H', `unix://${engine.socket}`, ...args]);

    before(async () => {
      engine = await startDocker(folder);
      run('skopeo', [
        '--insecure-policy',
        'copy',
        `oci:${layout}:1.0`,
        `docker-archive:${file('dload.tar')}:${TAG}`,
      ]);
      docker('load', '-q', '-i', file('dload.tar'));
    });
    after(() => engine.stop());

    test('docker save', async () => {
      docker('save', '-o', file('docker.tar'), TAG);
      assert.deepEqual(await look(file('docker.tar')), expected);
    });

    test('docker: through the socket', async () => {
      assert.deepEqual(await look(`docker:${TAG}`, { dockerHost: `unix://${engine.socket}` }), expected);
    });

    test('docker: an image that is not there', async () => {
      await assert.rejects(open('docker:gone', options({ dockerHost: `unix://${engine.socket}` })), {
        code: 'NOT_FOUND',
      });
    });

    test('docker: several tags of one name give one image', async () => {
      docker('tag', TAG, 'example.invalid/sample:2.0');
      assert.deepEqual(
        await look('docker:example.invalid/sample:2.0', { dockerHost: `unix://${engine.socket}` }),
        expected,
      );
    });
  });

  test('buildah commits a layout that reads the same files', { skip: lacking('buildah') }, async () => {
    const buildah = (...args: string[]) => run('buildah', [...storageFlags(folder), ...args]).trim();
    mkdirSync(file('plain'));
    makeRoot(file('plain'));
    const container = buildah('from', 'scratch');
    buildah('copy', '-q', container, file('plain'), '/');
    buildah('commit', '-q', container, `oci:${file('built')}:1.0`);
    buildah('rm', container);
    const [layer = []] = (await look(file('built'))).layers;
    assert.ok(layer.some((line) => /^usr\/bin\/tool file 4755 0 17 [0-9a-f]{64}$/.test(line)));
    assert.ok(layer.includes('etc/out symlink  0 ../../../../etc/passwd'));
  });
});
