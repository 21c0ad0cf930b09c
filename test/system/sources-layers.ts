import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { FileRecord, Whiteout } from '../../src/core/file.ts';
import type { LayerSink } from '../../src/core/image.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import { type OpenOptions, open } from '../../src/read/open.ts';
import { isInstalled } from '../peers/run.ts';

/* What is in the layers of an image, wherever it is read from. */

export const folder = mkdtempSync(join(tmpdir(), 'pratique-sources-'));
export const file = (name: string): string => join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

export function lacking(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return process.getuid?.() === 0 ? false : 'the tools need root';
}

export function makeRoot(root: string): void {
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

export function options(more: Partial<OpenOptions> = {}): OpenOptions {
  const registry = { documentBytes: DEFAULT_LIMITS.documentBytes };
  const cloud = { endpoints: {} };
  return { limits: DEFAULT_LIMITS, registry, cloud, signal: new AbortController().signal, env: {}, ...more };
}

export class Lines implements LayerSink {
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

export interface Seen {
  readonly cmd: readonly string[];
  readonly diffIds: readonly string[];
  readonly layers: readonly (readonly string[])[];
}

export async function look(location: string, more: Partial<OpenOptions> = {}): Promise<Seen> {
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
