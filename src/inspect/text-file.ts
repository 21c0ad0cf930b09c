import { closeSync, openSync, readSync } from 'node:fs';
import { Failure, messageOf } from '../core/failure.ts';

/**
 * Reads a file of the user's as UTF-8, whole. Bounded while it is read: what is no regular file says nothing of its size.
 * @throws Failure NOT_FOUND, NO_PERMISSION, USAGE (a folder), TOO_LARGE above `most` bytes, MALFORMED (no UTF-8)
 */
export function readTextFile(path: string, most: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readUpTo(path, most));
  } catch (error) {
    throw toFailure(error, path);
  }
}

function readUpTo(path: string, most: number): Buffer {
  const bytes = Buffer.allocUnsafe(most + 1);
  const file = openSync(path, 'r');
  try {
    let end = 0;
    while (end < bytes.length) {
      const read = readSync(file, bytes, end, bytes.length - end, null);
      if (read === 0) return bytes.subarray(0, end);
      end += read;
    }
    throw new Failure('TOO_LARGE', `${path} has more than ${most} bytes`);
  } finally {
    closeSync(file);
  }
}

function toFailure(error: unknown, path: string): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('NOT_FOUND', `${path} does not exist`);
  if (code === 'EISDIR') return new Failure('USAGE', `${path} is a folder: name a file`);
  if (code === 'EACCES' || code === 'EPERM') return new Failure('NO_PERMISSION', `${path} may not be read`);
  return new Failure('MALFORMED', `${path} cannot be read as text: ${messageOf(error)}`, { cause: error });
}
