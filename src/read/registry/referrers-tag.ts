import type { Digest } from '../../core/digest.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import { toReferrersTag } from '../attachments/listing.ts';
import type { Document } from '../blob-source.ts';
import { parseOutline } from '../manifest/document.ts';
import { readDocument } from './document.ts';
import type { Question, Repository } from './repository.ts';
import { pause, retrying, toWait } from './retry.ts';
import { putDocument, tell, toQuestion } from './upload.ts';

/*
 * Where a registry has no referrers API, the list of what is attached to an image is an index under the tag
 * `sha256-<hex>`, and whoever attaches something writes that index anew (distribution-spec 1.1, "Referrers Tag Schema").
 *
 * Two who do so at once lose one entry. So the write is made conditional where the registry gives a strong ETag, and in
 * any case the tag is read again after a moment: an entry that is not there is added again, to what is there by then.
 * What others wrote is kept as they wrote it, also the fields that nobody here knows. And because this is the one tag
 * that is ever written, what stands under it and is no such list is never overwritten.
 */

/** An entry of the list. */
export interface ReferrersEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Bounds {
  /** Bytes of the index. */
  readonly documentBytes: number;
}

interface Current {
  readonly index: Index;
  readonly etag?: string;
}

type Index = Readonly<Record<string, unknown>> & { readonly manifests: readonly unknown[] };

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const EMPTY: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
const MAX_TRIES = 6;
/** Then without, lest a proxy that changes ETags keeps us out for ever. */
const CONDITIONAL_TRIES = 3;
/** RFC 9110 section 8.8.3; a weak one (`W/`) does not say that the bytes are the same. */
const STRONG_ETAG = /^"[\x21\x23-\x7e]{1,256}"$/;

/**
 * Adds one entry to the list, unless it is there already.
 * @throws Failure as `BlobSource.document`; TOO_LARGE when the list would get larger than can be read again;
 * MEDIA_TYPE_MISMATCH, MALFORMED when something else stands under the tag; REGISTRY_ERROR when others keep overwriting it
 */
export async function addToReferrersTag(
  repository: Repository,
  subject: Digest,
  entry: ReferrersEntry,
  bounds: Bounds,
  signal: AbortSignal,
): Promise<void> {
  const tag = toReferrersTag(subject);
  for (let tries = 1; ; tries++) {
    const { index, etag } = await readCurrent(repository, tag, bounds, signal);
    if (holds(index, entry.digest)) return;
    if (tries > MAX_TRIES) break;
    const manifests = [...index.manifests, entry];
    const bytes = Buffer.from(JSON.stringify({ ...index, manifests }));
    if (bytes.length > bounds.documentBytes)
      throw new Failure(
        'TOO_LARGE',
        `the list of attachments under the tag ${tag} would grow over the document limit`,
      );
    const list = { bytes, mediaType: OCI_INDEX };
    await putDocument(repository, tag, list, signal, tries > CONDITIONAL_TRIES ? undefined : etag);
    // Long enough for who has read the list before us to have written it; then longer with every try, and for each of
    // several writers differently long. Then it is read again, whatever came of the write.
    await pause(toWait(repository.timing, tries, repository.timing.backoffMs / 2), signal);
  }
  throw new Failure(
    'REGISTRY_ERROR',
    `others keep overwriting the tag ${tag} at ${repository.endpoint.name}: the attachment is stored but not listed; try again`,
  );
}

/** The ETag is asked for before the content: of a change in between, the write then hears. */
async function readCurrent(
  repository: Repository,
  tag: string,
  { documentBytes }: Bounds,
  signal: AbortSignal,
): Promise<Current> {
  const { headers } = await retrying(repository.timing, signal, () =>
    tell(repository, toHead(repository, tag), signal),
  );
  try {
    const document = await readDocument(repository, tag, documentBytes, signal);
    const etag =
      typeof headers.etag === 'string' && STRONG_ETAG.test(headers.etag) ? headers.etag : undefined;
    return { index: toIndex(document, tag), ...(etag === undefined ? {} : { etag }) };
  } catch (error) {
    if (isFailure(error, 'NOT_FOUND')) return { index: EMPTY };
    throw error;
  }
}

function toHead(repository: Repository, tag: string): Question {
  const question = toQuestion(repository, 'HEAD', `manifests/${tag}`, `the tag ${tag}`);
  return { ...question, headers: { accept: OCI_INDEX }, expected: 404 };
}

/** Kept as it is: only what makes it an OCI index is checked. */
function toIndex(document: Document, tag: string): Index {
  const what = `what stands under the tag ${tag}`;
  const { kind, value } = parseOutline(document, what);
  const index = value as { readonly mediaType?: unknown; readonly manifests?: unknown };
  if (kind !== 'index' || !Array.isArray(index.manifests) || (index.mediaType ?? OCI_INDEX) !== OCI_INDEX)
    throw new Failure('MEDIA_TYPE_MISMATCH', `${what} is no list of attachments: it is left as it is`);
  return { ...index, manifests: index.manifests };
}

function holds({ manifests }: Index, digest: Digest): boolean {
  return manifests.some(
    (entry) => typeof entry === 'object' && entry !== null && 'digest' in entry && entry.digest === digest,
  );
}
