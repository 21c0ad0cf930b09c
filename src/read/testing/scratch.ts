import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Image } from '../../core/image.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { type OpenOptions, open } from '../open.ts';
import { LayerRecorder } from './layer-recorder.ts';
import type { TarMember } from './tar-builder.ts';

/** A folder of its own for one test, gone afterwards. */
export function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, settled: its times lie in the past, so that it has a fingerprint. */
export function write(folder: string, name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  return path;
}

/** Writes the members of an archive as files. */
export function writeMembers(folder: string, members: readonly TarMember[]): string {
  for (const { name = '', data = '' } of members) write(folder, name, data);
  return folder;
}

export function options(more: Partial<OpenOptions> = {}): OpenOptions {
  return {
    limits: DEFAULT_LIMITS,
    registry: { documentBytes: DEFAULT_LIMITS.documentBytes },
    cloud: { endpoints: {} },
    signal: new AbortController().signal,
    env: {},
    platform: 'linux/amd64',
    ...more,
  };
}

/** Opens a location that names one image, and closes it when the test ends. */
export async function openOne(
  t: TestContext,
  location: string,
  more: Partial<OpenOptions> = {},
): Promise<Image> {
  const [image, ...rest] = await open(location, options(more));
  if (image === undefined || rest.length > 0) throw new Error(`${location}: not one image`);
  t.after(() => image.close());
  return image;
}

/** Reads all layers; the problems are those of the image and its layers. */
export async function readAll(image: Image): Promise<{ recorder: LayerRecorder; problems: string[] }> {
  const recorder = new LayerRecorder();
  const problems = [...image.problems];
  for (const layer of image.layers) {
    const summary = await layer.read(recorder, new AbortController().signal);
    problems.push(...summary.problems);
  }
  return { recorder, problems: problems.map(({ code, effect }) => `${code} ${effect}`) };
}
