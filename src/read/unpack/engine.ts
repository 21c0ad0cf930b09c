import type { Transform } from 'node:stream';
import type { Zlib } from 'node:zlib';
import { messageOf } from '../../core/failure.ts';
import type { Fault } from './fault.ts';

/** Output chunk size: with 64 KiB chunks, inflate loses a third of its speed to hand-overs between threads. */
export const OUTPUT_CHUNK = 2 ** 20;
/** Output that may wait for the consumer while the engine works on in its own thread. */
const AHEAD = 4 * OUTPUT_CHUNK;

export type Engine = Transform & Zlib;

/** How a run of an engine ended. */
export interface EngineEnd {
  /** Input bytes handed over that the engine did not use. All of them are of the last piece. */
  readonly unused: number;
  readonly fault: Pick<Fault, 'code' | 'message'> | undefined;
}

/**
 * Runs a node:zlib engine over the pieces that `next` gives, in zlib's own thread, until its stream ends. Unlike
 * piping, nothing that came out before an error is lost, and the input that was not used is known to the byte.
 * What `next` throws is thrown; what the engine says is returned.
 */
export async function* runEngine(
  engine: Engine,
  next: () => Promise<Uint8Array | undefined>,
): AsyncGenerator<Buffer, EngineEnd> {
  const output: Buffer[] = [];
  let waiting = 0;
  let written = 0;
  let state: 'running' | 'ended' | 'stopped' = 'running';
  let engineError: unknown;
  let inputError: unknown;
  let wake = (): void => undefined;
  let unblock = (): void => undefined;
  const settle = (to: 'ended' | 'stopped'): void => {
    if (state === 'running') state = to;
    wake();
    unblock();
  };
  engine.on('data', (chunk: Buffer) => {
    output.push(chunk);
    waiting += chunk.length;
    if (waiting >= AHEAD) engine.pause();
    wake();
  });
  engine.on('end', () => settle('ended'));
  engine.on('close', () => settle('stopped'));
  engine.on('error', (error) => {
    engineError ??= error;
    settle('stopped');
  });
  const write = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      unblock = resolve;
      written += piece.length;
      engine.write(piece, () => resolve());
    });
  const feed = async (): Promise<void> => {
    try {
      while (state === 'running') {
        const piece = await next();
        if (state !== 'running') {
          if (piece !== undefined) written += piece.length;
          return;
        }
        if (piece === undefined) {
          engine.end();
          return;
        }
        await write(piece);
        // Its stream ended inside this piece: `end` is on its way, and the rest is not the engine's.
        if (engine.bytesWritten < written) return;
      }
    } catch (error) {
      inputError = error;
      settle('stopped');
    }
  };
  const feeding = feed();
  try {
    for (;;) {
      const chunk = output.shift();
      if (chunk !== undefined) {
        waiting -= chunk.length;
        if (waiting < AHEAD && engine.isPaused()) engine.resume();
        yield chunk;
      } else if (state === 'running') {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else break;
    }
    if (inputError !== undefined) throw inputError;
    await feeding;
    const fault = engineError === undefined ? undefined : toFault(engineError);
    return { unused: written - engine.bytesWritten, fault };
  } finally {
    settle('stopped');
    engine.destroy();
    await feeding;
  }
}

function toFault(error: unknown): Pick<Fault, 'code' | 'message'> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return { code: 'TRUNCATED', message: 'the compressed stream ends early' };
  return { code: 'DECOMPRESSION_FAILED', message: `the compressed stream is damaged: ${messageOf(error)}` };
}
