import type { FileRecord } from '../../core/file.ts';
import { PIECE } from '../filesystem/content.ts';
import type { Step } from '../filesystem/walk.ts';

/** Steps looked ahead, and the bytes of content that may be under way for them. */
const MOST_STEPS = 256;
const MOST_BYTES = 32 * 2 ** 20;

/** A step, with a small file's content where it is being fetched already. */
export interface Ahead {
  readonly step: Step;
  readonly content?: Promise<Buffer>;
}

/**
 * Walks ahead of the reader and has small contents fetched meanwhile, so that a file does not wait for the one before. From a local disk
 * nothing waits, and nothing is fetched ahead.
 */
export async function* ahead(
  steps: AsyncGenerator<Step>,
  distant: boolean,
  wants: (record: FileRecord) => boolean,
): AsyncGenerator<Ahead> {
  if (!distant) {
    for await (const step of steps) yield { step };
    return;
  }
  const queue: (Ahead & { readonly bytes: number })[] = [];
  let bytes = 0;
  for await (const step of steps) {
    const next = toAhead(step, wants);
    queue.push(next);
    bytes += next.bytes;
    while (queue.length > MOST_STEPS || bytes > MOST_BYTES) {
      const first = queue.shift();
      if (first === undefined) break;
      yield first;
      bytes -= first.bytes;
    }
  }
  yield* queue;
}

function toAhead(step: Step, wants: (record: FileRecord) => boolean): Ahead & { readonly bytes: number } {
  if (step.kind === 'problem' || step.record.kind !== 'file' || step.record.size === 0)
    return { step, bytes: 0 };
  const { record, node } = step;
  if (record.size > PIECE || !wants(record)) return { step, bytes: 0 };
  const content = node.read(0, record.size);
  // Read later, or never where a limit stops the walk: until then a failure is nobody's.
  content.catch(() => {});
  return { step, content, bytes: record.size };
}
