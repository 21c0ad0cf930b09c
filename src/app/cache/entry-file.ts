import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/*
 * One cache entry on disk: a magic, the SHA-256 of the body, the body. Written to a name nobody else uses and renamed
 * into place, so that two processes never see half an entry and the last writer wins; a body that does not match its
 * hash (a crash, a bad disk, a stranger's hand) is thrown away on reading.
 */

const MAGIC = Buffer.from('PRATIQUE-CACHE-1\n', 'latin1');
const HASH_BYTES = 32;

/** The body of an entry; undefined when there is none or it is damaged, in which case it is removed. */
export async function readEntry(path: string): Promise<Buffer | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  const body = bytes.subarray(MAGIC.length + HASH_BYTES);
  const recorded = bytes.subarray(MAGIC.length, MAGIC.length + HASH_BYTES);
  if (bytes.subarray(0, MAGIC.length).equals(MAGIC) && recorded.equals(sha256(body))) return body;
  await rm(path, { force: true });
  return undefined;
}

/** @throws what the file system throws; nothing is left behind then */
export async function writeEntry(path: string, body: Buffer): Promise<void> {
  const draft = join(dirname(path), `.draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  let file: FileHandle | undefined;
  try {
    file = await open(draft, 'wx', 0o600);
    await file.writeFile(Buffer.concat([MAGIC, sha256(body), body]));
    await file.close();
    file = undefined;
    await rename(draft, path);
  } catch (error) {
    await file?.close();
    await rm(draft, { force: true });
    throw error;
  }
}

function sha256(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest();
}

export function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
