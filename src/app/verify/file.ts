import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Attachment, AttachmentSource } from '../../core/attachment.ts';
import { type Digest, isDigest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import { BUNDLE_V03 } from '../../core/statement.ts';
import { readGivenFile, toGivenFailure } from '../given-file.ts';
import type { OpenedSubject } from './index.ts';

const MAX_BUNDLE = 32 * 2 ** 20;

/**
 * A file with its bundle beside it, or a bare digest in place of the file. The file is read once here, for its digest;
 * whoever verifies a signature over the content itself reads it once more, and compares.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, USAGE, CANCELLED
 */
export async function openFileSubject(
  location: string,
  bundle: string,
  signal: AbortSignal,
): Promise<OpenedSubject> {
  const json = await readGivenFile(bundle, `the bundle ${bundle}`, MAX_BUNDLE);
  const bare = toBareDigest(location);
  const digest = bare ?? (await digestOf(location, signal));
  const bytes = bare === undefined ? () => readChunks(location, signal) : undefined;
  return {
    name: undefined,
    notes: [],
    subjects: [{ kind: 'file', digest }],
    attachments: oneBundle(digest, json),
    file: { digest, ...(bytes === undefined ? {} : { bytes }) },
    close: async () => {},
  };
}

/**
 * The digest that stands in place of a file, also where a file is called so: that one is `./sha256:…`.
 * @throws Failure USAGE for half a digest, and for another algorithm than bundles name files by
 */
function toBareDigest(location: string): Digest | undefined {
  if (isDigest(location) && location.startsWith('sha256:')) return location;
  if (!/^sha\d{1,3}:/.test(location)) return undefined;
  throw new Failure(
    'USAGE',
    `${location}: write the digest as sha256: and 64 hexadecimal digits in lower case`,
  );
}

/** The bundle, as if it were attached. */
function oneBundle(subject: Digest, json: Buffer): AttachmentSource {
  const digest = toDigest('sha256', createHash('sha256').update(json).digest('hex'));
  const blob = { mediaType: BUNDLE_V03, digest, size: json.length, annotations: {}, read: async () => json };
  const attachment: Attachment = {
    digest,
    subject,
    via: 'file',
    artifactType: BUNDLE_V03,
    annotations: {},
    open: async () => ({ artifactType: BUNDLE_V03, annotations: {}, blobs: [blob] }),
  };
  return { list: async () => ({ attachments: [attachment], cut: [] }) };
}

/** @throws Failure NOT_FOUND, NO_PERMISSION, USAGE (no file, or one that can be read but once), CANCELLED */
async function digestOf(file: string, signal: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  try {
    const info = await stat(file);
    if (info.isFIFO() || info.isSocket() || info.isCharacterDevice())
      throw new Failure('USAGE', `${file} is no file that can be read twice: save it to one`);
    for await (const chunk of readChunks(file, signal)) hash.update(chunk);
  } catch (error) {
    throw toGivenFailure(error, file);
  }
  return toDigest('sha256', hash.digest('hex'));
}

async function* readChunks(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 20, signal });
  } catch (error) {
    throw toGivenFailure(error, file);
  }
}
