import { Failure } from '../../core/failure.ts';

/**
 * Passes a stream through until `signal` aborts, even when the source itself does not notice: then it throws at once
 * and does not wait for the source to let go.
 * @throws Failure CANCELLED
 */
export async function* interruptible(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt = (_: Failure): void => undefined;
  const onAbort = (): void => interrupt(cancelled());
  signal.addEventListener('abort', onAbort);
  let done = false;
  try {
    for (;;) {
      if (signal.aborted) throw cancelled();
      const result = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, reject);
      });
      if (result.done === true) {
        done = true;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    done = !signal.aborted;
    throw signal.aborted ? cancelled() : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!done) {
      const released = Promise.resolve(iterator.return?.()).catch(() => undefined);
      if (!signal.aborted) await released;
    }
  }
}

export function cancelled(): Failure {
  return new Failure('CANCELLED', 'cancelled while reading a layer');
}
