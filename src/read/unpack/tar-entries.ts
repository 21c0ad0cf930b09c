import type { Limits } from '../../core/limits.ts';
import { ByteFeed } from './byte-feed.ts';
import { toFailure } from './decompress.ts';
import { Expansion } from './expansion.ts';
import type { Fault } from './fault.ts';
import type { StrayBytes } from './stray-bytes.ts';
import type { TarEntry } from './tar-entry.ts';
import { TarReader } from './tar-reader.ts';

export interface TarEntriesOptions {
  readonly limits: Pick<Limits, 'bytes' | 'ratio'>;
  /** Told of what could not be read. Without it, what leaves the archive incomplete is thrown. */
  readonly onFault?: (fault: Fault, incomplete: boolean, path?: string) => void;
  /** Told of bytes that are not zero in padding (with the entry's name) or after the end. */
  readonly onStray?: (stray: StrayBytes, path?: string) => void;
}

/**
 * The entries of a decompressed tar stream, in order. Consume an entry's content before asking for the next one, or
 * leave it alone.
 * @throws Failure TRUNCATED, MALFORMED, TOO_LARGE unless `onFault` is given; what `source` throws
 */
export async function* readTarEntries(
  source: AsyncIterable<Uint8Array>,
  options: TarEntriesOptions,
): AsyncGenerator<TarEntry> {
  const expansion = new Expansion(options.limits);
  const feed = new ByteFeed(source);
  let broken: Fault | undefined;
  const reader = new TarReader(feed, {
    fault: (fault, incomplete, path) => {
      if (options.onFault !== undefined) options.onFault(fault, incomplete, path);
      else if (incomplete) broken ??= fault;
    },
    padding: (stray, path) => options.onStray?.(stray, path),
    trailing: (stray, archive) => options.onStray?.(stray, archive),
    hole: (bytes) => {
      expansion.read(feed.offset - expansion.stored);
      return expansion.expand(bytes);
    },
  });
  try {
    for (;;) {
      const entry = reader.tryNext() ?? (await reader.next());
      if (broken !== undefined) throw toFailure(broken);
      if (entry === undefined) return;
      yield entry;
      if (broken !== undefined) throw toFailure(broken);
    }
  } finally {
    await feed.close();
  }
}
