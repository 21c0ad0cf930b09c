import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { errorCode, LocalFile, toFileFailure } from './local-file.ts';
import type { FileStore, StoredFile } from './stored-file.ts';

/** A folder on disk: an OCI layout. Symlinks in it are not followed; a blob is a file. */
export class FolderStore implements FileStore {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async find(name: string): Promise<StoredFile | undefined> {
    const path = join(this.name, name);
    if (!(await exists(path))) return undefined;
    const file = await LocalFile.open(path, { follow: false });
    const { size, identity } = file;
    await file.close();
    return { size, fingerprint: identity, stream: (signal) => streamSame(path, size, identity, signal) };
  }

  async close(): Promise<void> {}
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false;
    throw toFileFailure(error, path);
  }
}

/** What is read must be the file that the fingerprint was taken of, or it vouches for another. */
async function* streamSame(
  path: string,
  size: number,
  identity: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await LocalFile.open(path, { follow: false });
  try {
    if (file.size !== size || (identity !== undefined && file.identity !== identity))
      throw new Failure('DIGEST_MISMATCH', `${path} was changed while it was inspected: inspect it again`);
    yield* file.stream(0, size, signal);
  } finally {
    await file.close();
  }
}
