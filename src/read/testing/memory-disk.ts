import { Failure } from '../../core/failure.ts';
import type { BlockSource } from '../disk/block-source.ts';
import { requireInside } from '../disk/bounded.ts';
import type { ContainerOptions } from '../disk/container.ts';
import { openFormat } from '../disk/formats.ts';
import { Unreadable } from '../disk/unreadable.ts';

/** A disk that is in memory. */
export function memoryDisk(bytes: Buffer, name = 'disk'): BlockSource {
  const disk: BlockSource = {
    name,
    size: bytes.length,
    async read(offset, length) {
      requireInside(disk, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    async close() {},
  };
  return disk;
}

/** What a container is opened with: the files beside it, and what is told of it. */
export function beside(files: Readonly<Record<string, Buffer>> = {}): {
  options: ContainerOptions;
  flaws: Unreadable[];
} {
  const flaws: Unreadable[] = [];
  const options = {
    async neighbour(name: string): Promise<BlockSource> {
      const bytes = files[name];
      if (bytes === undefined) throw new Failure('NOT_FOUND', `${name} does not exist`);
      return memoryDisk(bytes, name);
    },
    depth: 0,
    flaw(one: Unreadable): void {
      flaws.push(one);
    },
  };
  return {
    options: {
      ...options,
      openAny: (below, depth, format) => openFormat(below, { ...options, depth }, format),
    },
    flaws,
  };
}

/** Damaged copies: bits and bytes changed, cut off, parts overwritten; the same ones for the same seed. */
export function* damaged(bytes: Buffer, count: number, seed = 1): Generator<Buffer> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let turn = 0; turn < count; turn++) {
    const copy = Buffer.from(bytes);
    for (let change = random(8); change >= 0; change--) {
      const at = random(copy.length);
      if (turn % 3 === 0) copy[at] = (copy[at] ?? 0) ^ (1 << random(8));
      else copy.fill([0, 0xff, random(256)][random(3)] ?? 0, at, Math.min(copy.length, at + 1 + random(8)));
    }
    yield turn % 10 === 9 ? copy.subarray(0, random(copy.length)) : copy;
  }
}

/** What came of the work: `undefined`, or why the disk is unreadable. Anything else that is thrown is. */
export async function unreadable(work: () => Promise<unknown>): Promise<Unreadable | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}
