import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isDigest } from '../../src/core/digest.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import { LayerRecorder } from '../../src/read/testing/layer-recorder.ts';
import { type LayerExpectation, readLayer } from '../../src/read/unpack/read-layer.ts';

/* Real root file systems and layers: what we read is what GNU tar lists. */

const data = join(import.meta.dirname, '../../../shared/data');
const missing = existsSync(data) ? false : '../shared/data is missing: real images to compare with';

async function compare(path: string, expected: LayerExpectation = {}): Promise<void> {
  const layer = new LayerRecorder({ digestOnly: true });
  const { signal } = new AbortController();
  const summary = await readLayer(createReadStream(path), expected, layer, DEFAULT_LIMITS, signal);
  assert.deepEqual(summary.problems, []);
  assert.deepEqual(layer.oddities, []);
  const ours = layer.files.map(({ path, kind, mode, uid, gid, size, mtime, link }) => {
    const arrow = kind === 'symlink' ? ` -> ${link}` : kind === 'hardlink' ? ` link to ${link}` : '';
    return `${LETTERS[kind]}${permissions(mode)} ${uid}/${gid} ${size} ${when(mtime)} ${path}${arrow}`;
  });
  const listing = execFileSync(
    'tar',
    ['--numeric-owner', '--full-time', '--quoting-style=literal', '-tvf', path],
    { maxBuffer: 2 ** 30, encoding: 'utf8', env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' } },
  );
  assert.deepEqual(ours, listing.trimEnd().split('\n').map(normalised));
}

const LETTERS = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  character: 'c',
  block: 'b',
  fifo: 'p',
} as const;

/** GNU tar pads its columns, and shows names as they are written. */
function normalised(line: string): string {
  const match = /^(\S{10}) (\d+\/\d+) +(\d+|\d+,\d+) (\S+ \S+) +(.*)$/.exec(line);
  if (match === null) return line;
  const [, mode, owner, size = '', time = '', rest = ''] = match;
  const name = rest.replace(/^\.\//, '').replace(/\/$/, '').replace(' link to ./', ' link to ');
  return `${mode} ${owner} ${size.includes(',') ? 0 : size} ${time.slice(0, 19)} ${name}`;
}

function permissions(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (0o400 >> index)) === 0 ? '-' : letter));
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  }
  return letters.join('');
}

function when(mtime: number): string {
  return new Date(mtime * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

describe('real archives', { skip: missing }, () => {
  const rootfs = join(data, 'rootfs');
  for (const name of existsSync(rootfs) ? readdirSync(rootfs) : []) {
    test(name, () => compare(join(rootfs, name)));
  }

  const layouts = join(data, 'oci-layouts');
  for (const layout of existsSync(layouts) ? readdirSync(layouts) : []) {
    const blobs = join(layouts, layout, 'blobs/sha256');
    for (const hex of existsSync(blobs) ? readdirSync(blobs) : []) {
      const path = join(blobs, hex);
      if (readFileSync(path).readUInt16BE(0) !== 0x1f8b) continue;
      test(`${layout}: ${hex.slice(0, 12)}`, () => {
        const blobDigest = `sha256:${hex}`;
        return compare(path, isDigest(blobDigest) ? { blobDigest, compression: 'gzip' } : {});
      });
    }
  }
});
