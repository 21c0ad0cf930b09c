import { createHash } from 'node:crypto';
import type { AttachmentLimits } from '../../core/attachment.ts';
import { type Digest, toDigest } from '../../core/digest.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import { toFlaw } from '../attachments/flaw.ts';
import { type Listing, parseListing, toCuts, toReferrersTag } from '../attachments/listing.ts';
import type { Document, Referrer, ReferrerList } from '../blob-source.ts';
import { readAtMost } from './body.ts';
import { toConnectionFailure } from './connection-failure.ts';
import { readDocument } from './document.ts';
import { type NextPage, nextQuery } from './next-page.ts';
import type { Followed } from './redirect.ts';
import type { Question, Repository } from './repository.ts';
import { type Attempt, retrying } from './retry.ts';

/*
 * Lists what is attached to a digest (distribution-spec 1.1, "Listing Referrers").
 *
 * The attacks: a list without end, by pages that always name another or that go round in circles (CVE-2023-46737,
 * CVE-2023-33957), and a next page that is somewhere else and gets our credentials. So pages and entries are counted,
 * and of a `Link` only the query is used, put to the repository that was asked.
 *
 * Registries without this endpoint say so in many ways: 404, 400, 405, 406, 501, or a page for people with status
 * 200. All mean that the list is kept under a tag instead. What may pass (429, 5xx) is tried again, and then fails.
 */

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** @throws Failure as `BlobSource.referrers` */
export async function readReferrers(
  repository: Repository,
  subject: Digest,
  limits: AttachmentLimits,
  signal: AbortSignal,
): Promise<ReferrerList> {
  const pages = new Pages(limits);
  try {
    const supported = await readPages(repository, subject, pages, limits, signal);
    if (!supported) return await readTagged(repository, subject, limits, signal);
  } catch (error) {
    pages.cut.push(toFlaw(error, 'the list of attachments'));
  }
  return { referrers: pages.referrers, cut: [...pages.cut, ...toCuts(pages, limits)] };
}

/** False when the registry has no such list. */
async function readPages(
  repository: Repository,
  subject: Digest,
  pages: Pages,
  limits: AttachmentLimits,
  signal: AbortSignal,
): Promise<boolean> {
  let query: string | undefined = '';
  while (query !== undefined) {
    const page = await readPage(repository, subject, query, limits, signal);
    const listing = page === undefined ? undefined : toListing(page.document, limits.listed - pages.length);
    if (page === undefined || listing === undefined) {
      // Only the first page tells whether the endpoint is there; that a later one is gone is a flaw of the list.
      if (query === '') return false;
      pages.cut.push('a page of the list of attachments could not be read');
      return true;
    }
    query = pages.add(listing, nextQuery(page.link, page.url));
  }
  return true;
}

/** What was gathered, and whether to go on. */
class Pages {
  readonly referrers: Referrer[] = [];
  readonly cut: string[] = [];
  unreadable = 0;
  beyond = 0;
  readonly #limits: AttachmentLimits;
  readonly #asked = new Set<string>(['']);

  constructor(limits: AttachmentLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.referrers.length + this.unreadable;
  }

  /** The query of the page to ask for next. */
  add({ referrers, unreadable, beyond }: Listing, next: NextPage | undefined): string | undefined {
    for (const referrer of referrers) this.referrers.push(referrer);
    this.unreadable += unreadable;
    this.beyond += beyond;
    if (next === undefined || beyond > 0) return undefined;
    const { pages, listed } = this.#limits;
    if (next.kind === 'elsewhere')
      this.cut.push('the list of attachments goes on at another place: not followed');
    else if (this.#asked.has(next.query)) this.cut.push('the list of attachments goes round in circles');
    else if (this.#asked.size >= pages) this.cut.push(`the list of attachments has more than ${pages} pages`);
    else if (this.length >= listed) this.beyond++;
    else {
      this.#asked.add(next.query);
      return next.query;
    }
    return undefined;
  }
}

interface Page {
  readonly document: Document;
  readonly link: string | string[] | undefined;
  /** The URL that answered. */
  readonly url: URL;
}

/** Undefined when the registry answers that there is no such thing. */
async function readPage(
  repository: Repository,
  subject: Digest,
  query: string,
  { documentBytes }: AttachmentLimits,
  signal: AbortSignal,
): Promise<Page | undefined> {
  const { name, repository: path } = repository.endpoint;
  const question: Question = {
    path: `referrers/${subject}${query}`,
    what: `the list of attachments of ${name}/${path}@${subject}`,
    headers: { accept: INDEX },
  };
  return retrying(repository.timing, signal, () => tryPage(repository, question, documentBytes, signal));
}

async function tryPage(
  repository: Repository,
  question: Question,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Attempt<Page | undefined>> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(repository.timing.documentMs)]);
  let response: Followed;
  try {
    const outcome = await repository.ask(question, deadline);
    if (outcome.kind === 'transient') return outcome;
    response = outcome.value;
  } catch (error) {
    if (isFailure(error, 'NOT_FOUND') || isFailure(error, 'REGISTRY_ERROR'))
      return { kind: 'done', value: undefined };
    throw error;
  }
  try {
    const { bytes, complete } = await readAtMost(response.body, maxBytes);
    if (!complete)
      throw new Failure('TOO_LARGE', `${question.what} has a page of more than ${maxBytes} bytes`);
    const digest = toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
    return {
      kind: 'done',
      value: { document: { bytes, digest }, link: response.headers.link, url: response.url },
    };
  } catch (error) {
    response.body.destroy();
    const { failure, transient } = toConnectionFailure(error, response.url.host, deadline);
    if (!transient) throw failure;
    return { kind: 'transient', failure };
  }
}

/** Undefined for what is no index; its type is looked for inside, as registries call their answer many things. */
function toListing(document: Document, most: number): Listing | undefined {
  try {
    return parseListing(document, 'referrers', most);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

async function readTagged(
  repository: Repository,
  subject: Digest,
  limits: AttachmentLimits,
  signal: AbortSignal,
): Promise<ReferrerList> {
  const tag = toReferrersTag(subject);
  try {
    const document = await readDocument(repository, tag, limits.documentBytes, signal);
    const listing = parseListing(document, 'referrers-tag', limits.listed);
    return { referrers: listing.referrers, cut: toCuts(listing, limits) };
  } catch (error) {
    if (isFailure(error, 'NOT_FOUND')) return { referrers: [], cut: [] };
    return { referrers: [], cut: [toFlaw(error, `the list of attachments under the tag ${tag}`)] };
  }
}
