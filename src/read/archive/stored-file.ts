import { Failure } from '../../core/failure.ts';

/** A folder of files that holds an image: on disk, or in a tar. Names are `/`-separated and relative. */
export interface FileStore {
  /** For messages: where it is. */
  readonly name: string;
  /**
   * Undefined when there is no such file.
   * @throws Failure NO_PERMISSION, MALFORMED when the name leads in circles
   */
  find(name: string): Promise<StoredFile | undefined>;
  close(): Promise<void>;
}

export interface StoredFile {
  readonly size: number;
  /** See `LayerSource.fingerprint`. */
  readonly fingerprint: string | undefined;
  /** The bytes, `size` of them. @throws Failure TRUNCATED, CANCELLED, NO_PERMISSION */
  stream(signal: AbortSignal): AsyncGenerator<Uint8Array>;
}

/**
 * Reads a small file whole: a document.
 * @throws Failure NOT_FOUND, TOO_LARGE (more than `most` bytes), TRUNCATED, CANCELLED
 */
export async function readStored(
  store: FileStore,
  name: string,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const file = await store.find(name);
  if (file === undefined) throw new Failure('NOT_FOUND', `${store.name} holds no ${name}: it is incomplete`);
  if (file.size > most)
    throw new Failure(
      'TOO_LARGE',
      `${name} in ${store.name} has ${file.size} bytes: the limit is ${most} (--max-document raises it)`,
    );
  const parts: Uint8Array[] = [];
  for await (const chunk of file.stream(signal)) parts.push(chunk);
  return Buffer.concat(parts);
}
