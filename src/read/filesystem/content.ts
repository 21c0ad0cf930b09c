import { throwIfCancelled } from '../archive/local-file.ts';
import type { Node } from './contract.ts';

/** What is asked for at once: whole compressed units of every file system, and large enough to be worth a request. */
export const PIECE = 2 ** 20;

/**
 * A file's content from its beginning, one piece ahead.
 * @throws Unreadable, Failure of the source, CANCELLED
 */
export async function* contentOf(node: Node, signal: AbortSignal): AsyncGenerator<Buffer> {
  let next = pieceAt(node, 0);
  for (let at = 0; at < node.size; at += PIECE) {
    throwIfCancelled(signal);
    const piece = await next;
    next = pieceAt(node, at + PIECE);
    yield piece;
  }
}

function pieceAt(node: Node, at: number): Promise<Buffer> {
  if (at >= node.size) return NOTHING;
  const piece = node.read(at, Math.min(PIECE, node.size - at));
  // Whoever stops early never awaits it: that must not count as unhandled.
  piece.catch(() => {});
  return piece;
}

const NOTHING = Promise.resolve(Buffer.alloc(0));
