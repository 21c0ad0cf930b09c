/** What is fetched in blocks of one size. */
export interface Blocks {
  /** Bytes; the last block may have fewer. */
  readonly size: number;
  /** A block that is at hand: at once, as a file system asks a hundred thousand times. */
  peek(index: number): Buffer | undefined;
  /** @throws what fetching it throws */
  get(index: number): Promise<Buffer>;
}

/** Bytes from `offset`, whose blocks are asked for at once. @throws what fetching throws */
export async function readBlocks(blocks: Blocks, offset: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const { size } = blocks;
  const first = Math.floor(offset / size);
  const last = Math.floor((offset + length - 1) / size);
  const start = offset - first * size;
  const kept = first === last ? blocks.peek(first) : undefined;
  if (kept !== undefined) return kept.subarray(start, start + length);
  const read = await Promise.all(indexesOf(blocks, offset, length).map((index) => blocks.get(index)));
  const [only] = read;
  const bytes = read.length === 1 && only !== undefined ? only : Buffer.concat(read);
  return bytes.subarray(start, start + length);
}

/** Which blocks hold the bytes from `offset`: at least one. */
export function indexesOf({ size }: Pick<Blocks, 'size'>, offset: number, length: number): number[] {
  const first = Math.floor(offset / size);
  const last = Math.floor((offset + Math.max(1, length) - 1) / size);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
