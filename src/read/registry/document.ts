import { createHash } from 'node:crypto';
import { algorithmOf, type Digest, isDigest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { isTag } from '../../core/reference.ts';
import type { Document } from '../blob-source.ts';
import { readAtMost } from './body.ts';
import { toConnectionFailure } from './connection-failure.ts';
import type { Followed } from './redirect.ts';
import type { Question, Repository } from './repository.ts';
import { type Attempt, retrying } from './retry.ts';

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * Fetches a manifest or index (distribution-spec, "Pulling manifests"): at most `maxBytes`, whatever its head says of
 * its length, and checked against the digest asked for and the one the registry states.
 * @throws Failure as `BlobSource.document`; USAGE when `reference` is neither tag nor digest
 */
export async function readDocument(
  repository: Repository,
  reference: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Document> {
  if (!isDigest(reference) && !isTag(reference)) {
    throw new Failure('USAGE', `"${toOneLine(reference, 100)}" is neither a tag nor a digest`);
  }
  const { name, repository: path } = repository.endpoint;
  const separator = isDigest(reference) ? '@' : ':';
  const question = {
    path: `manifests/${reference}`,
    what: `${name}/${path}${separator}${reference}`,
    headers: { accept: ACCEPT },
  };
  const { response, bytes } = await retrying(repository.timing, signal, () =>
    tryRead(repository, question, maxBytes, signal),
  );
  const stated = response.headers['docker-content-digest'];
  const digest = verifyDigests(bytes, isDigest(reference) ? reference : undefined, stated, question.what);
  const mediaType = toMediaType(response.headers['content-type']);
  return { bytes, digest, ...(mediaType === undefined ? {} : { mediaType }) };
}

async function tryRead(
  repository: Repository,
  question: Question,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Attempt<{ response: Followed; bytes: Buffer }>> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(repository.timing.documentMs)]);
  const outcome = await repository.ask(question, deadline);
  if (outcome.kind === 'transient') return outcome;
  const response = outcome.value;
  try {
    checkHead(response, maxBytes, question.what);
    const { bytes, complete } = await readAtMost(response.body, maxBytes);
    if (!complete) throw tooLarge(question.what, maxBytes);
    return { kind: 'done', value: { response, bytes } };
  } catch (error) {
    response.body.destroy();
    const { failure, transient } = toConnectionFailure(error, response.url.host, deadline);
    if (!transient) throw failure;
    return { kind: 'transient', failure };
  }
}

function checkHead({ status, headers, url }: Followed, maxBytes: number, what: string): void {
  if (status !== 200) throw new Failure('REGISTRY_ERROR', `${url.host} sends only a part of ${what}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Failure('REGISTRY_ERROR', `${url.host} compresses ${what}, which it was asked not to do`);
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(what, maxBytes);
}

function tooLarge(what: string, maxBytes: number): Failure {
  return new Failure(
    'TOO_LARGE',
    `the manifest ${what} has more than ${maxBytes} bytes: raise the document limit`,
  );
}

/** The digest asked for, or SHA-256. */
function verifyDigests(
  bytes: Uint8Array,
  asked: Digest | undefined,
  stated: string | string[] | undefined,
  what: string,
): Digest {
  const digest = digestOf(bytes, asked === undefined ? 'sha256' : algorithmOf(asked));
  if (asked !== undefined && digest !== asked) {
    throw new Failure('DIGEST_MISMATCH', `${what} came with other content: it is ${digest}`);
  }
  if (stated === undefined) return digest;
  if (!isDigest(stated)) {
    throw new Failure('DIGEST_MISMATCH', `${what} came with a stated digest that is none`);
  }
  const computed = digestOf(bytes, algorithmOf(stated));
  if (computed !== stated) {
    throw new Failure('DIGEST_MISMATCH', `${what} is stated to be ${stated}, but it is ${computed}`);
  }
  return digest;
}

function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512'): Digest {
  return toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}

/** Without parameters; absent when the registry gives none or something too long to be one. */
function toMediaType(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const type = header.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[!-~]{1,255}$/.test(type) ? type : undefined;
}
