import assert from 'node:assert/strict';
import { Unreadable } from '../../../disk/unreadable.ts';
import { contentOf } from '../../content.ts';
import type { Node } from '../../contract.ts';
import { walk } from '../../walk.ts';
import { btrfsDriver } from '../index.ts';
import type { SmallImage } from './small-image.ts';

const SIGNAL = new AbortController().signal;

/** By path. */
export interface Walked {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly contents: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** All that is seen of an image, and all that is said. */
export async function walkAll(image: SmallImage): Promise<Walked> {
  const fileSystem = await btrfsDriver.open(image);
  const nodes = new Map<string, Node>();
  const contents = new Map<string, string>();
  const problems = fileSystem.flaws.map(({ code, message }) => `${code} ${message}`);
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (step.kind === 'problem') {
      problems.push(`${step.problem.code} ${step.problem.path}: ${step.problem.message}`);
      continue;
    }
    const { path } = step.record;
    nodes.set(path, step.node);
    if (step.node.kind !== 'file') continue;
    try {
      const pieces: Buffer[] = [];
      // A size that lies is the walker's caller's to bound.
      if (step.node.size > 2 ** 22) continue;
      for await (const piece of contentOf(step.node, SIGNAL)) pieces.push(piece);
      contents.set(path, Buffer.concat(pieces).toString('latin1'));
    } catch (error) {
      assert.ok(error instanceof Unreadable, String(error));
      problems.push(`${error.code} ${path}: ${error.message}`);
    }
  }
  return { nodes, contents, problems };
}
