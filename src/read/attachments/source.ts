import {
  type AttachedBlob,
  type Attachment,
  type AttachmentLimits,
  type AttachmentList,
  type AttachmentSource,
  DEFAULT_ATTACHMENT_LIMITS,
  type OpenedAttachment,
} from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import { isFailure } from '../../core/failure.ts';
import type { BlobSource, Descriptor, Document, Referrer, ReferrerList } from '../blob-source.ts';
import { AttachmentFetcher } from './fetcher.ts';
import { toFlaw } from './flaw.ts';
import { toCosignTag } from './listing.ts';
import { type AttachmentManifest, parseAttachment } from './manifest.ts';
import { toNewestFirst } from './order.ts';

/**
 * What is attached to the images of a source: its referrers, and what cosign keeps under tags beside them.
 *
 * Nothing that is listed is believed. Every manifest and blob is checked against its digest when it is fetched; all
 * fetches together have one budget.
 */
export function attachmentsOf(
  source: BlobSource,
  limits: AttachmentLimits = DEFAULT_ATTACHMENT_LIMITS,
): AttachmentSource {
  const fetcher = new AttachmentFetcher(source, limits);
  return {
    list: async (subject, signal) => {
      const listed = await Promise.all([
        // Oldest first: signatures that are attached the new way are looked at before those under a tag.
        readTag(fetcher, subject, 'att', signal),
        readTag(fetcher, subject, 'sig', signal),
        source.referrers?.(subject, limits, signal),
      ]);
      return toList(subject, listed, fetcher, limits);
    },
  };
}

interface TaggedList extends ReferrerList {
  /** Fetched already, as only that tells the digest behind a tag. */
  readonly document?: Document;
}

/** @throws Failure as `BlobSource.document`, but for a tag that is not there or leads to something unusable */
async function readTag(
  fetcher: AttachmentFetcher,
  subject: Digest,
  kind: 'sig' | 'att',
  signal: AbortSignal,
): Promise<TaggedList> {
  const tag = toCosignTag(subject, kind);
  if (tag === undefined) return { referrers: [], cut: [] };
  try {
    const document = await fetcher.document(tag, signal);
    const via = kind === 'sig' ? 'signature-tag' : 'attestation-tag';
    return { referrers: [{ via, descriptor: toDescriptor(document) }], cut: [], document };
  } catch (error) {
    if (isFailure(error, 'NOT_FOUND')) return { referrers: [], cut: [] };
    return { referrers: [], cut: [toFlaw(error, `what is attached under the tag ${tag}`)] };
  }
}

function toDescriptor({ bytes, digest, mediaType = '' }: Document): Descriptor {
  return { mediaType, digest, size: bytes.length, urls: [], annotations: {} };
}

function toList(
  subject: Digest,
  listed: readonly (TaggedList | undefined)[],
  fetcher: AttachmentFetcher,
  limits: AttachmentLimits,
): AttachmentList {
  const lists = listed.filter((list) => list !== undefined);
  const documents = new Map(
    lists.flatMap(({ document }) => (document === undefined ? [] : [[document.digest, document]])),
  );
  const referrers = toNewestFirst(
    lists.flatMap((list) => list.referrers),
    new Date(),
  );
  return {
    attachments: referrers.map((referrer) =>
      toAttachment(subject, referrer, documents.get(referrer.descriptor.digest), fetcher, limits),
    ),
    cut: lists.flatMap(({ cut }) => cut),
  };
}

function toAttachment(
  subject: Digest,
  { via, descriptor }: Referrer,
  fetched: Document | undefined,
  fetcher: AttachmentFetcher,
  limits: AttachmentLimits,
): Attachment {
  const artifactType = toHint(descriptor.artifactType);
  return {
    digest: descriptor.digest,
    subject,
    via,
    ...(artifactType === undefined ? {} : { artifactType }),
    annotations: descriptor.annotations,
    open: async (signal) => {
      const document = fetched ?? (await fetcher.document(descriptor.digest, signal));
      return toOpened(parseTwice(document, descriptor, limits), fetcher);
    },
  };
}

/** cosign lists its bundles under the type of their empty config where there is no referrers API: that says nothing. */
function toHint(artifactType: string | undefined): string | undefined {
  return artifactType === 'application/vnd.oci.empty.v1+json' ? undefined : artifactType;
}

/** Listing, transport and document say what it is: none may contradict another. */
function parseTwice(
  document: Document,
  { mediaType }: Descriptor,
  limits: AttachmentLimits,
): AttachmentManifest {
  if (document.mediaType !== undefined && document.mediaType !== mediaType) parseAttachment(document, limits);
  return parseAttachment({ ...document, mediaType }, limits);
}

function toOpened(
  { artifactType, annotations, subject, blobs }: AttachmentManifest,
  fetcher: AttachmentFetcher,
): OpenedAttachment {
  return {
    artifactType,
    annotations,
    ...(subject === undefined ? {} : { claimedSubject: subject }),
    blobs: blobs.map((blob) => toBlob(blob, fetcher)),
  };
}

function toBlob(descriptor: Descriptor, fetcher: AttachmentFetcher): AttachedBlob {
  const { mediaType, digest, size, annotations } = descriptor;
  return { mediaType, digest, size, annotations, read: (signal) => fetcher.blob(descriptor, signal) };
}
