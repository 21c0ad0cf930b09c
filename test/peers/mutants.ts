import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FAILURE_CODES, isFailure } from '../../src/core/failure.ts';
import { inspect, type Report } from '../../src/index.ts';
import { blob, buildImage, layoutMembers, OCI, sha256 } from '../../src/read/testing/image-builder.ts';
import { tar } from '../../src/read/testing/tar-builder.ts';

/*
 * Whole images with bytes changed at random places. Digests hold an image together, so whatever the change: either the
 * program says that it cannot read the image, or it judges what the digests promise.
 */

export interface Mutant {
  /** What was done, to say so in a failing test. */
  readonly name: string;
  readonly bytes: Buffer;
}

const CHANGES = ['flip', 'cut', 'insert', 'remove', 'zero', 'repeat'] as const;

/** The same mutants for the same seed. */
export function* mutantsOf(original: Buffer, count: number, seed: number): Generator<Mutant> {
  const random = randomFrom(seed);
  for (let at = 0; at < count; at++) {
    const change = CHANGES[Math.floor(random() * CHANGES.length)] ?? 'flip';
    const place = Math.floor(random() * original.length);
    const length = 1 + Math.floor(random() ** 4 * 4096);
    const bytes = changed(original, change, place, length, Math.floor(random() * 255) + 1);
    yield { name: `${change} at ${place}, ${length} bytes (seed ${seed}, mutant ${at})`, bytes };
  }
}

function changed(
  original: Buffer,
  change: (typeof CHANGES)[number],
  place: number,
  length: number,
  value: number,
): Buffer {
  const [before, after] = [original.subarray(0, place), original.subarray(place)];
  const rest = after.subarray(length);
  switch (change) {
    case 'flip': {
      const bytes = Buffer.from(original);
      bytes[place] = (bytes[place] ?? 0) ^ value;
      return bytes;
    }
    case 'cut':
      return before;
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, value), after]);
    case 'remove':
      return Buffer.concat([before, rest]);
    case 'zero':
      return Buffer.concat([before, Buffer.alloc(after.length - rest.length), rest]);
    default:
      return Buffer.concat([before, after.subarray(0, length), after]);
  }
}

/** Mulberry32: small, and the same everywhere. Numbers from 0 up to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An OCI archive of an honest image with two layers in gzip. */
export function honestArchive(): Buffer {
  const layers = [
    tar([{ name: 'etc/' }, { name: 'etc/motd', data: 'hello\n'.repeat(500) }]),
    tar([{ name: 'app/' }, { name: 'app/run', data: '#!/bin/sh\nexec true\n', mode: 0o755 }]),
  ];
  const image = buildImage({
    layers: layers.map((layer) => gzipSync(layer)),
    layerType: `${OCI.layer}+gzip`,
    config: { rootfs: { type: 'layers', diff_ids: layers.map(sha256) } },
  });
  return tar(layoutMembers([blob(OCI.manifest, image.manifest.bytes).descriptor], image.all));
}

export function trojanedArchive(): Buffer {
  return readFileSync(new URL('../../examples/trojaned-app.tar', import.meta.url));
}

/** Inspects one mutant: a report, or undefined where the program gave up with a documented code. */
async function look(folder: string, { name, bytes }: Mutant): Promise<Report | undefined> {
  const file = join(folder, 'mutant.tar');
  writeFileSync(file, bytes);
  try {
    return await inspect(file, { cache: false, jobs: 1 });
  } catch (error) {
    assert.ok(isFailure(error), `${name}: ${String(error)}`);
    assert.ok(FAILURE_CODES.includes(error.code) && error.code !== 'INTERNAL', `${name}: ${error.message}`);
    return undefined;
  }
}

/** What an image is, by its digests. */
function identityOf({ image }: Report): unknown {
  const layers = image.layers.map(({ digest, diffId, files }) => [digest, diffId, files]);
  return [image.configDigest, layers, image.files];
}

/** Mutants of the trojaned example are never allowed; those of an honest image only where nothing of it changed. */
export async function assertMutantsStandOut(folder: string, count: number, seed: number): Promise<void> {
  for (const mutant of mutantsOf(trojanedArchive(), count, seed)) {
    const report = await look(folder, mutant);
    assert.notEqual(report?.decision.outcome, 'allow', mutant.name);
  }
  const honest = await look(folder, { name: 'the honest archive', bytes: honestArchive() });
  assert.ok(honest);
  assert.equal(honest.decision.outcome, 'allow');
  for (const mutant of mutantsOf(honestArchive(), count, seed)) {
    const report = await look(folder, mutant);
    if (report?.decision.outcome !== 'allow') continue;
    assert.deepEqual(identityOf(report), identityOf(honest), mutant.name);
  }
}
