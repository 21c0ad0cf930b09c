import { createHash } from 'node:crypto';
import { throwIfCancelled } from '../../archive/local-file.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';

const PIECE = 4 * 2 ** 20;
const LINE = /^(SHA1|SHA256|SHA384|SHA512)\s*\(([^()]{1,4096})\)\s*=\s*([0-9a-f]{40,128})\s*$/i;

/** What a manifest says of one file. */
export interface StatedDigest {
  readonly file: string;
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly hex: string;
}

/**
 * The lines of an OVF manifest (DMTF DSP0243, 5.1): `SHA256(disk.vmdk)= …`.
 * @throws Unreadable MALFORMED_DISK for a line that is none, and a file that has two digests
 */
export function parseDigests(text: string, what: string): StatedDigest[] {
  const stated = new Map<string, StatedDigest>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, algorithm = '', file = '', hex = ''] = LINE.exec(line) ?? [];
    if (file === '')
      throw new Unreadable('MALFORMED_DISK', `${what} has a line that is no digest: line ${index + 1}`);
    const before = stated.get(file);
    const digest = { file, algorithm: algorithm.toLowerCase(), hex: hex.toLowerCase() };
    if (before !== undefined && before.hex !== digest.hex)
      throw new Unreadable(
        'MALFORMED_DISK',
        `${what} has two digests of ${JSON.stringify(file.slice(0, 100))}`,
      );
    stated.set(file, digest);
  }
  return [...stated.values()];
}

/**
 * Whether the content has the digest. Reads all of it.
 * @throws Unreadable, Failure of the source; Failure CANCELLED
 */
export async function hasDigest(
  source: BlockSource,
  { algorithm, hex }: StatedDigest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const hash = createHash(algorithm);
  const readAt = (at: number): Promise<Buffer> => {
    const piece = source.read(at, Math.min(PIECE, Math.max(0, source.size - at)));
    // Who gives up meanwhile never awaits it: that must not count as unhandled.
    piece.catch(() => {});
    return piece;
  };
  let next = readAt(0);
  for (let at = 0; at < source.size; at += PIECE) {
    if (signal !== undefined) throwIfCancelled(signal);
    const piece = await next;
    next = at + PIECE < source.size ? readAt(at + PIECE) : next;
    hash.update(piece);
  }
  return hash.digest('hex') === hex;
}
