import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Failure, messageOf } from '../core/failure.ts';

/**
 * Reads a file that the user names, whole.
 * @param what the file, for messages: `the key acme.pub`
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, USAGE (a folder)
 */
export async function readGivenFile(file: string, what: string, most: number): Promise<Buffer> {
  try {
    if ((await stat(file)).isDirectory()) throw toFolderFailure(what);
    // Not `readFile`: what is no regular file, such as a pipe from a secret store, has no size to go by.
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: most })) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length <= most) return bytes;
    throw new Failure('TOO_LARGE', `${what} has more than the ${most} bytes that are read of it`);
  } catch (error) {
    throw toGivenFailure(error, what);
  }
}

/** What it means that such a file cannot be read; anything else stays what it is. */
export function toGivenFailure(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Failure('NOT_FOUND', `${what} does not exist`, { cause: error });
    case 'EISDIR':
      return toFolderFailure(what);
    case 'EACCES':
    case 'EPERM':
      return new Failure('NO_PERMISSION', `${what}: ${messageOf(error)}`, { cause: error });
    case 'ABORT_ERR':
      return new Failure('CANCELLED', `cancelled while reading ${what}`, { cause: error });
    default:
      return error;
  }
}

function toFolderFailure(what: string): Failure {
  return new Failure('USAGE', `${what} is a folder: name a file`);
}
