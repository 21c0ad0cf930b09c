import type { ByteFeed } from './byte-feed.ts';
import { isZero, type StrayBytes, StrayBytesGatherer } from './stray-bytes.ts';
import { BLOCK_BYTES, parseHeader } from './tar-header.ts';

export interface Trailing {
  readonly stray: StrayBytes;
  /** Name of its first entry, where what follows is an archive again. */
  readonly archive: string | undefined;
}

/** Reads on after the end of an archive. Zeros up to any blocking factor are honest; all else no reader extracts. */
export async function readTrailing(feed: ByteFeed): Promise<Trailing | undefined> {
  let block = await feed.peek(BLOCK_BYTES);
  while (block.length === BLOCK_BYTES && isZero(block)) {
    feed.skip(BLOCK_BYTES);
    block = feed.available >= BLOCK_BYTES ? feed.view(BLOCK_BYTES) : await feed.peek(BLOCK_BYTES);
  }
  const header = block.length === BLOCK_BYTES ? parseHeader(block) : undefined;
  const gatherer = new StrayBytesGatherer();
  for (
    let { offset } = feed, part = await feed.takeSome();
    part !== undefined;
    part = await feed.takeSome()
  ) {
    gatherer.add(part, offset);
    offset += part.length;
  }
  const stray = gatherer.result();
  if (stray === undefined) return undefined;
  return { stray, archive: typeof header === 'object' ? header.name : undefined };
}
