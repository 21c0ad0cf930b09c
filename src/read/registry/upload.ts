import { createHash } from 'node:crypto';
import { type Digest, isDigest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import { type Followed, toRedirectTarget } from './redirect.ts';
import type { Question, Repository } from './repository.ts';
import { type Attempt, retrying } from './retry.ts';

/** What a success has to say is in its head; its body is read this far, so that the connection can be used again. */
const DUMP_BYTES = 16 * 1024;
/** Slower than this an upload is as good as stuck. */
const FLOOR_BYTES_PER_MS = 16;
/** RFC 9110 section 15.5.13: somebody else wrote in between. */
const PRECONDITION_FAILED = 412;

/**
 * Makes sure that a blob is in the repository (distribution-spec, "Pushing a blob monolithically": POST, then PUT where
 * the answer says). A blob that is there already is left alone.
 * @throws Failure as `BlobSource.document`
 */
export async function pushBlob(
  repository: Repository,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Digest> {
  const digest = digestOf(bytes);
  if (!(await hasBlob(repository, digest, signal))) {
    // An upload that broke is begun anew: what became of its session nobody knows.
    await retrying(repository.timing, signal, () => tryUpload(repository, digest, bytes, signal));
  }
  return digest;
}

async function hasBlob(repository: Repository, digest: Digest, signal: AbortSignal): Promise<boolean> {
  const question = {
    ...toQuestion(repository, 'HEAD', `blobs/${digest}`, `the blob ${digest}`),
    expected: 404,
  };
  const { status } = await retrying(repository.timing, signal, () => tell(repository, question, signal));
  return status === 200;
}

async function tryUpload(
  repository: Repository,
  digest: Digest,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Attempt<Followed>> {
  const begin = toQuestion(repository, 'POST', 'blobs/uploads/', `an upload of ${digest}`);
  const begun = await tell(repository, { ...begin, body: new Uint8Array() }, signal);
  if (begun.kind === 'transient') return begun;
  const put = {
    ...toQuestion(repository, 'PUT', '', `the blob ${digest}`),
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    at: toUploadTarget(begun.value, digest),
  };
  return tell(repository, put, signal);
}

/**
 * Where the blob goes: what `Location` says, which may be relative or another host, under the rules of redirects. Its
 * query is often signed, so the digest is put behind it as it is.
 */
function toUploadTarget({ url, headers }: Followed, digest: Digest): URL {
  if (typeof headers.location !== 'string')
    throw new Failure('REGISTRY_ERROR', `${url.host} begins an upload but does not say where it goes`);
  const target = toRedirectTarget(url, headers.location);
  target.search = `${target.search === '' ? '?' : `${target.search}&`}digest=${encodeURIComponent(digest)}`;
  return target;
}

/**
 * Stores a manifest or index under `reference`: its own digest, or a tag, which then points to it.
 * @param ifMatch the ETag that a tag must still have. Whether it had is not told: what came of it is to be read again.
 * @throws Failure as `BlobSource.document`; DIGEST_MISMATCH when the registry says that it stored something else
 */
export async function putDocument(
  repository: Repository,
  reference: string,
  { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
  signal: AbortSignal,
  ifMatch?: string,
): Promise<Followed> {
  const question = {
    ...toQuestion(repository, 'PUT', `manifests/${reference}`, `the manifest ${reference}`),
    headers: { 'content-type': mediaType, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    body: bytes,
    ...(ifMatch === undefined ? {} : { expected: PRECONDITION_FAILED }),
  };
  const response = await retrying(repository.timing, signal, () => tell(repository, question, signal));
  const stored = response.headers['docker-content-digest'];
  const digest = digestOf(bytes);
  if (isDigest(stored) && stored.startsWith('sha256:') && stored !== digest)
    throw new Failure(
      'DIGEST_MISMATCH',
      `${response.url.host} was sent ${digest} and says that it stored ${stored}`,
    );
  return response;
}

/** One try of a question of whose answer only the head matters. */
export async function tell(
  repository: Repository,
  question: Question,
  signal: AbortSignal,
): Promise<Attempt<Followed>> {
  const extraMs = Math.ceil((question.body?.length ?? 0) / FLOOR_BYTES_PER_MS);
  const timeout = AbortSignal.timeout(repository.timing.documentMs + extraMs);
  const deadline = AbortSignal.any([signal, timeout]);
  const outcome = await repository.ask(question, deadline);
  // A body that breaks or does not end takes nothing away from an answer whose head has come.
  if (outcome.kind === 'done')
    await outcome.value.body.dump({ limit: DUMP_BYTES, signal: deadline }).catch(() => undefined);
  return outcome;
}

/** `what` is told together with the repository. */
export function toQuestion(
  { endpoint: { name, repository } }: Repository,
  method: 'HEAD' | 'POST' | 'PUT',
  path: string,
  what: string,
): Question {
  return { method, path, what: `${what} in ${name}/${repository}`, headers: {} };
}

export function digestOf(bytes: Uint8Array): Digest {
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}
