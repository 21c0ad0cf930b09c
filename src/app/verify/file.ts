import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Attachment, AttachmentSource } from '../../core/attachment.ts';
import { type Digest, isDigest, toDigest } from '../../core/digest.ts';
import { Failure, messageOf } from '../../core/failure.ts';
import { BUNDLE_V03 } from '../../core/statement.ts';
import type { OpenedSubject } from './index.ts';

const MAX_BUNDLE = 32 * 2 ** 20;

/**
 * A file with its bundle beside it, or a bare digest in place of the file. The file is read once here, for its digest;
 * whoever verifies a signature over the content itself reads it once more, and compares.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, USAGE
 */
export async function openFileSubject(location: string, bundle: string): Promise<OpenedSubject> {
  const json = await readBounded(bundle);
  const digest = isDigest(location) ? location : await digestOf(location);
  if (!digest.startsWith('sha256:')) throw new Failure('USAGE', `${location}: write the digest as sha256:…`);
  const bytes = isDigest(location) ? undefined : () => createReadStream(location);
  return {
    name: undefined,
    notes: [],
    subjects: [{ kind: 'file', digest }],
    attachments: oneBundle(digest, json),
    file: { digest, ...(bytes === undefined ? {} : { bytes }) },
    close: async () => {},
  };
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

async function readBounded(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BUNDLE)
      throw new Failure('TOO_LARGE', `the bundle ${file} has more than ${MAX_BUNDLE} bytes`);
    return await readFile(file);
  } catch (error) {
    throw toFailure(error, `the bundle ${file}`);
  }
}

async function digestOf(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw toFailure(error, file);
  }
  return toDigest('sha256', hash.digest('hex'));
}

function toFailure(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('NOT_FOUND', `${what} does not exist`);
  if (code === 'EISDIR') return new Failure('USAGE', `${what} is a folder: name a file`);
  if (code === 'EACCES' || code === 'EPERM')
    return new Failure('NO_PERMISSION', `${what}: ${messageOf(error)}`);
  return error;
}
