import * as z from 'zod';
import type { AttachmentLimits, AttachmentPath } from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { Document, Referrer } from '../blob-source.ts';
import { descriptor, parseOutline } from '../manifest/document.ts';
import { narrow, struct } from '../manifest/narrow.ts';

/*
 * A list of attachments is an index that the registry puts together (distribution-spec 1.1, "Listing Referrers"), or that
 * clients keep under a tag ("Referrers Tag Schema"). Whoever may push can add to it. So one entry that cannot be read
 * must not hide the others: it is counted and said, where an image's index would be refused as a whole.
 */

const index = struct({ manifests: z.array(z.unknown()) });

/** One list, or one page of it. */
export interface Listing {
  readonly referrers: readonly Referrer[];
  /** Entries that are no descriptors. */
  readonly unreadable: number;
  /** Entries beyond `most`. */
  readonly beyond: number;
}

/**
 * @param most entries that are looked at
 * @throws Failure as `parseDocument`; MALFORMED when it is no index
 */
export function parseListing(document: Document, via: AttachmentPath, most: number): Listing {
  const what = `the list of attachments ${document.digest}`;
  const { kind, value } = parseOutline(document, what);
  if (kind !== 'index') throw new Failure('MALFORMED', `${what} is a manifest where an index is expected`);
  const { manifests } = narrow(index, value, what);
  const looked = manifests.slice(0, most).map((entry) => descriptor.safeParse(entry));
  const referrers = looked.flatMap((entry) => (entry.success ? [{ via, descriptor: entry.data }] : []));
  return {
    referrers,
    unreadable: looked.length - referrers.length,
    beyond: Math.max(0, manifests.length - most),
  };
}

/** The sentences about what is missing of a list. */
export function toCuts(
  { unreadable, beyond }: Pick<Listing, 'unreadable' | 'beyond'>,
  { listed }: Pick<AttachmentLimits, 'listed'>,
): string[] {
  const cuts: string[] = [];
  if (unreadable > 0) cuts.push(`${unreadable} entries of the list of attachments are no descriptors`);
  if (beyond > 0) cuts.push(`the list of attachments has more than the ${listed} entries that are looked at`);
  return cuts;
}

/** The tag that stands in for the referrers API: the digest's algorithm and hex, cut at 32 and 64 characters. */
export function toReferrersTag(subject: Digest): string {
  const [algorithm = '', hex = ''] = subject.split(':');
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}

/** cosign's tag for signatures or attestations; none for digests that make no tag of at most 128 characters. */
export function toCosignTag(subject: Digest, kind: 'sig' | 'att'): string | undefined {
  return subject.startsWith('sha256:') ? `${subject.replace(':', '-')}.${kind}` : undefined;
}
