import { Failure } from '../../core/failure.ts';

/** Slower than this, measured over `WINDOW_MS` spent waiting, a body is as good as silent. */
const FLOOR_BYTES = 16 * 1024;
const WINDOW_MS = 60_000;

/** A response body: Node's Readable, or what a test stands in for it. */
export interface Body extends AsyncIterable<Uint8Array> {
  destroy(): unknown;
}

/** Reads at most `max` bytes and lets go of the rest: `complete` says whether there was none. */
export async function readAtMost(body: Body, max: number): Promise<{ bytes: Buffer; complete: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > max) break;
    }
  } finally {
    body.destroy();
  }
  return { bytes: Buffer.concat(chunks).subarray(0, max), complete: length <= max };
}

/**
 * A body's pieces, which ends in a failure when they only drip: an idle timeout alone lets a hostile registry hold a
 * scan for ever with one byte a minute. Only time spent waiting for the other side counts.
 * @throws Failure UNREACHABLE, and what the body throws
 */
export async function* readSteadily(
  body: Body,
  host: string,
  now = performance.now.bind(performance),
): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  let waited = 0;
  let arrived = 0;
  try {
    for (;;) {
      const start = now();
      const { done, value } = await pieces.next();
      if (done === true) return;
      waited += now() - start;
      arrived += value.length;
      yield value;
      if (waited < WINDOW_MS) continue;
      if (arrived < FLOOR_BYTES) {
        throw new Failure('UNREACHABLE', `${host} sends ${arrived} bytes in ${WINDOW_MS / 1000} s: too slow`);
      }
      waited = 0;
      arrived = 0;
    }
  } finally {
    body.destroy();
  }
}
