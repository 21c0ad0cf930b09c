import { readSteadily } from '../../registry/body.ts';
import type { Incoming } from '../../registry/transport.ts';

/**
 * A body of a known length.
 * @returns fewer bytes where it ended before, one more where it goes on
 * @throws Failure UNREACHABLE, what the body throws
 */
export async function readBody({ body, url }: Incoming, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let read = 0;
  for await (const part of readSteadily(body, url.host)) {
    parts.push(part);
    read += part.length;
    if (read > length) break;
  }
  return Buffer.concat(parts, Math.min(read, length + 1));
}
