import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FileRecord, Whiteout } from '../../src/core/file.ts';
import type { LayerSink } from '../../src/core/image.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import { type OpenOptions, open } from '../../src/read/open.ts';
import { type RunningEngine, startDocker, startPodman, storageFlags } from '../peers/engines.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * One image, made by real tools, read through every kind of location: each has to give the same layers with the same
 * files. The base layer has links, modes, an empty file and a large one; the second changes, adds and deletes.
 */

const TAG = 'example.invalid/sample:1.0';
const folder = mkdtempSync(join(tmpdir(), 'pratique-sources-'));
const file = (name: string): string => join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

function lacking(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return process.getuid?.() === 0 ? false : 'the tools need root';
}

function makeRoot(root: string): void {
  for (const name of ['etc', 'usr/bin', 'usr/share/doc', 'tmp'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'etc/hostname'), 'sample\n');
  writeFileSync(join(root, 'etc/empty'), '');
  writeFileSync(join(root, 'usr/bin/tool'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  writeFileSync(join(root, 'usr/share/doc/large'), Buffer.alloc(3_000_000, 'lorem ipsum '));
  linkSync(join(root, 'usr/bin/tool'), join(root, 'usr/bin/twin'));
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('../../../../etc/passwd', join(root, 'etc/out'));
  chmodSync(join(root, 'tmp'), 0o1777);
  chmodSync(join(root, 'usr/bin/tool'), 0o4755);
  utimesSync(join(root, 'etc/hostname'), 1_600_000_000, 1_600_000_000);
}

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

function options(more: Partial<OpenOptions> = {}): OpenOptions {
  const registry = { documentBytes: DEFAULT_LIMITS.documentBytes };
  const cloud = { endpoints: {} };
  return { limits: DEFAULT_LIMITS, registry, cloud, signal: new AbortController().signal, env: {}, ...more };
}

class Lines implements LayerSink {
  wants(): boolean {
    return true;
  }

  readonly lines: string[] = [];

  async file({ path, kind, mode, uid, size }: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash('sha256');
    for await (const chunk of content) hash.update(chunk);
    this.lines.push([path, kind, mode.toString(8), uid, size, hash.digest('hex')].join(' '));
  }

  entry({ path, kind, mode, uid, link }: FileRecord): void {
    this.lines.push([path, kind, kind === 'symlink' ? '' : mode.toString(8), uid, link ?? ''].join(' '));
  }

  whiteout({ path, opaque }: Whiteout): void {
    this.lines.push(`${path} ${opaque ? 'opaque' : 'deleted'}`);
  }

  oddity(): void {}
  progress(): void {}
}

interface Seen {
  readonly cmd: readonly string[];
  readonly diffIds: readonly string[];
  readonly layers: readonly (readonly string[])[];
}

async function look(location: string, more: Partial<OpenOptions> = {}): Promise<Seen> {
  const opened = options(more);
  const [image, ...rest] = await open(location, opened);
  assert.ok(image !== undefined && rest.length === 0);
  try {
    const layers: string[][] = [];
    for (const layer of image.layers) {
      const sink = new Lines();
      const summary = await layer.read(sink, opened.signal);
      assert.deepEqual(summary.problems, []);
      assert.equal(summary.diffId, layer.ref.diffId);
      layers.push(sink.lines.sort());
    }
    assert.deepEqual(image.problems, []);
    return { cmd: image.config.cmd, diffIds: image.layers.map(({ ref }) => ref.diffId), layers };
  } finally {
    await image.close();
  }
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

describe('a root file system', { skip: lacking('tar') }, () => {
  test('reads the same as a folder and as a tar', async () => {
    const root = file('root');
    mkdirSync(root);
    makeRoot(root);
    run('tar', ['-C', root, '--sort=name', '-cf', file('root.tar'), '.']);
    const fromTar = await look(`rootfs:${file('root.tar')}`);
    const sink = new Lines();
    const [image] = await open(`rootfs:${root}`, options());
    await image?.layers[0]?.read(sink, new AbortController().signal);
    // A tar has an entry for the root itself.
    const inTar = fromTar.layers[0]?.filter((line) => !line.startsWith(' directory'));
    assert.deepEqual(sink.lines.sort(), inTar);
  });
});

describe('a full disk', { skip: lacking('mount', 'gzip') }, () => {
  const small = file('small');
  let mounted = false;
  before(() => {
    mkdirSync(small);
    try {
      run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
      mounted = true;
    } catch {
      // Not allowed here: the test says so.
    }
  });
  after(() => {
    if (mounted) run('umount', [small]);
  });

  test('ends in one clear line, and leaves nothing behind', async (t) => {
    if (!mounted) return t.skip('no tmpfs may be mounted here');
    const root = file('disk-root');
    mkdirSync(root);
    makeRoot(root);
    run('tar', ['-C', root, '-czf', file('full.tar.gz'), '.']);
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = small;
    try {
      await assert.rejects(open(file('full.tar.gz'), options()), { code: 'DISK_FULL' });
    } finally {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
    }
    assert.deepEqual(readdirSync(small), []);
  });
});
