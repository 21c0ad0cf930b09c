import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import type { BlockSource } from '../../src/read/disk/block-source.ts';
import { openFormat } from '../../src/read/disk/formats.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { Unreadable } from '../../src/read/disk/unreadable.ts';
import { openMachine } from '../../src/read/machine/open-machine.ts';
import { LayerRecorder } from '../../src/read/testing/layer-recorder.ts';
import { MACHINES, makeMachine, missingFor } from '../peers/machines.ts';
import { run } from '../peers/run.ts';

/*
 * Machines by the thousand, each cut off somewhere or with bits turned over where something is written: opened and walked to the end, nothing
 * breaks, nothing hangs, and memory stays.
 */

const MUTANTS = 400;
const PAGE = 4096;
const SECONDS_FOR_ONE = 30;

const folder = mkdtempSync(join(tmpdir(), 'pratique-damaged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** xorshift32: the same mutants each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function damaged(source: BlockSource, size: number, flips: ReadonlyMap<number, number>): BlockSource {
  return {
    ...source,
    name: source.name,
    size,
    async read(offset, length) {
      if (offset + length > size) throw new Unreadable('TRUNCATED', 'cut', offset);
      const bytes = Buffer.from(await source.read(offset, length));
      for (const [at, mask] of flips)
        if (at >= offset && at < offset + length) bytes[at - offset] = (bytes[at - offset] ?? 0) ^ mask;
      return bytes;
    },
    async close() {},
  };
}

async function pagesIn(source: BlockSource): Promise<number[]> {
  const pages: number[] = [];
  const zeros = Buffer.alloc(PAGE);
  for (let at = 0; at + PAGE <= source.size; at += 256 * PAGE) {
    const bytes = await source.read(at, Math.min(256 * PAGE, source.size - at));
    for (let page = 0; page + PAGE <= bytes.length; page += PAGE)
      if (!bytes.subarray(page, page + PAGE).equals(zeros)) pages.push(at + page);
  }
  return pages;
}

async function readThrough(source: BlockSource): Promise<number> {
  const signal = new AbortController().signal;
  const neighbour = async (): Promise<never> => {
    throw new Unreadable('UNSUPPORTED', 'no neighbours');
  };
  const disk = await openFormat(source, { neighbour, depth: 0, flaw: () => undefined });
  const identity = { location: 'x', kind: 'disk' as const, tags: [] };
  const machine = {
    identity,
    disks: [disk],
    flaws: [],
    problems: [],
    distant: false,
    close: async () => undefined,
  };
  const image = await openMachine(machine, {
    location: 'x',
    platform: undefined,
    allPlatforms: false,
    limits: { ...DEFAULT_LIMITS, bytes: 2 ** 28 },
    signal,
  });
  let problems = image.problems.length;
  for (const layer of image.layers)
    problems += (await layer.read(new LayerRecorder({ digestOnly: true }), signal)).problems.length;
  return problems;
}

for (const machine of MACHINES) {
  for (const format of ['raw', 'qcow2', 'vmdk', 'vhdx', 'vpc']) {
    const skip = missingFor(machine) ?? false;
    test(`${machine} as ${format}: ${MUTANTS / 5} damaged ones`, { skip }, async () => {
      const raw = makeMachine(folder, machine, false);
      const path = join(folder, `disk.${format}`);
      run('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, path]);
      rmSync(raw);
      const source = LocalDisk.open(path, { follow: true });
      const pages = await pagesIn(source);
      const roll = dice(MACHINES.indexOf(machine) * 7919 + format.length * 104_729 + 1);
      let noticed = 0;
      for (let mutant = 0; mutant < MUTANTS / 5; mutant++) {
        const flips = new Map<number, number>();
        for (let count = 1 + roll(8); count > 0; count--)
          flips.set((pages[roll(pages.length)] ?? 0) + roll(PAGE), 1 << roll(8));
        const size = mutant % 8 === 0 ? roll(source.size) : source.size;
        const start = performance.now();
        try {
          if ((await readThrough(damaged(source, size, flips))) > 0) noticed++;
        } catch (error) {
          assert.ok(
            error instanceof Unreadable || isFailure(error),
            error instanceof Error ? error.stack : '',
          );
          noticed++;
        }
        assert.ok(performance.now() - start < SECONDS_FOR_ONE * 1000, `mutant ${mutant} takes too long`);
      }
      await source.close();
      rmSync(path);
      assert.ok(noticed > 0, 'damage is noticed');
      assert.ok(process.memoryUsage().rss < 2 ** 30, 'memory stays');
    });
  }
}
