import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { errorCode, LocalFile, throwIfCancelled, toFileFailure } from './local-file.ts';

/*
 * A compressed archive cannot be read by offset, and `docker save` writes the table of contents last. Reading it
 * twice would decompress it twice, and an engine's answer cannot be read twice at all. So it is spooled: its plain
 * bytes go into one temporary file that has no name. Nobody else can open it, and the kernel takes it back when
 * this process ends, however it ends. "No layer is unpacked to disk" still holds: this is the archive itself, and
 * no file of an image ever gets a name on this machine.
 */

/**
 * @param what names the archive in messages
 * @param identity see `LayerSource.fingerprint`
 * @throws Failure DISK_FULL, TOO_LARGE (more than `most` bytes), CANCELLED, NO_PERMISSION; and what the source throws
 */
export async function spool(
  source: AsyncIterable<Uint8Array>,
  { what, identity, most, signal }: SpoolOptions,
): Promise<LocalFile> {
  const handle = await openNameless();
  try {
    let size = 0;
    for await (const chunk of source) {
      throwIfCancelled(signal);
      if (size + chunk.length > most)
        throw new Failure(
          'TOO_LARGE',
          `${what} holds more than ${most} bytes (--max-bytes raises the limit)`,
        );
      await writeAll(handle, chunk, size);
      size += chunk.length;
    }
    return LocalFile.adopt(handle, what, size, identity);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export interface SpoolOptions {
  readonly what: string;
  readonly identity: string | undefined;
  readonly most: number;
  readonly signal: AbortSignal;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const result = await handle
      .write(bytes, written, bytes.length - written, position + written)
      .catch((error: unknown) => {
        throw toFileFailure(error, `the temporary copy in ${tmpdir()}`);
      });
    written += result.bytesWritten;
  }
}

/** `O_TMPFILE` of Linux open(2): the bit that `O_DIRECTORY` lacks. Node does not name it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** A file that has no name from the start where the kernel can do that, else one whose name is gone at once. */
export async function openNameless(): Promise<FileHandle> {
  const folder = tmpdir();
  if (process.platform === 'linux') {
    try {
      return await open(folder, O_TMPFILE | constants.O_RDWR, 0o600);
    } catch (error) {
      if (!['EOPNOTSUPP', 'EISDIR', 'EINVAL', 'ENOENT'].includes(errorCode(error) ?? ''))
        throw toFileFailure(error, folder);
    }
  }
  const path = join(folder, `pratique-${randomBytes(16).toString('hex')}`);
  try {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    await unlink(path);
    return handle;
  } catch (error) {
    throw toFileFailure(error, path);
  }
}
