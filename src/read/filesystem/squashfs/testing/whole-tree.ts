import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { FileRecord } from '../../../../core/file.ts';
import { Unreadable } from '../../../disk/unreadable.ts';
import { memoryDisk } from '../../../testing/memory-disk.ts';
import type { FileSystem, FileSystemDriver, Node } from '../../contract.ts';
import { walk } from '../../walk.ts';

/* Small images in memory, read whole: for the tests of file systems. */

export interface WholeTree {
  readonly fileSystem: FileSystem;
  readonly entries: ReadonlyMap<string, FileRecord & { readonly text?: string }>;
  /** `CODE path: message` */
  readonly problems: readonly string[];
}

/** An image as it is kept in a test. */
export function unpackImage(base64: string): Buffer {
  return gunzipSync(Buffer.from(base64, 'base64'));
}

const PIECE = 2 ** 20;
/** Of hostile images, which may claim terabytes. */
const MAX_STEPS = 3000;
const MAX_CONTENT = 4 * PIECE;

/** @throws Unreadable */
export async function readWhole(driver: FileSystemDriver, image: Buffer): Promise<WholeTree> {
  const fileSystem = await driver.open(memoryDisk(image));
  const entries = new Map<string, FileRecord & { readonly text?: string }>();
  const problems = fileSystem.flaws.map(({ code, message }) => `${code}: ${message}`);
  let steps = 0;
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (++steps > MAX_STEPS) break;
    if (step.kind === 'problem') {
      problems.push(`${step.problem.code} ${step.problem.path ?? ''}: ${step.problem.message}`);
      continue;
    }
    const { record, node } = step;
    if (record.kind !== 'file') entries.set(record.path, record);
    else {
      const text = await readText(node, problems);
      entries.set(record.path, { ...record, ...(text !== undefined && { text }) });
    }
  }
  return { fileSystem, entries, problems };
}

async function readText(node: Node, problems: string[]): Promise<string | undefined> {
  let text = '';
  try {
    for (let at = 0; at < Math.min(node.size, MAX_CONTENT); at += PIECE) {
      const length = Math.min(PIECE, node.size - at);
      const piece = await node.read(at, length);
      assert.equal(piece.length, length, 'as many bytes as were asked for');
      text += piece.toString('latin1');
    }
    return text;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    problems.push(`${error.code}: ${error.message}`);
    return undefined;
  }
}

/** Reads damaged copies of an image: nothing may come of it but what can be read, and refusals. */
export async function readDamaged(driver: FileSystemDriver, image: Buffer, rounds: number): Promise<void> {
  const random = randomFrom(11);
  const spots = placesOf(image);
  for (let round = 0; round < rounds; round++) {
    let damaged = Buffer.from(image);
    if (round % 10 === 9) damaged = damaged.subarray(0, random(image.length));
    for (let count = random(6); count >= 0 && damaged.length > 0; count--) {
      const at = spots[random(spots.length)] ?? 0;
      const kind = random(3);
      if (at >= damaged.length) continue;
      damaged[at] = kind === 0 ? 0xff : kind === 1 ? random(256) : (damaged[at] ?? 0) ^ (1 << random(8));
    }
    driver.probe(damaged);
    try {
      await readWhole(driver, damaged);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw new Error(`round ${round}`, { cause: error });
    }
  }
}

/** Where something is, and close to it. */
function placesOf(image: Buffer): number[] {
  const places: number[] = [];
  for (let at = 0; at < image.length; at++) {
    if (image.subarray(Math.max(0, at - 2), at + 2).some((byte) => byte !== 0)) places.push(at);
  }
  return places;
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
