import type { AttachmentLimits, AttachmentPath } from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import { isFailure } from '../../core/failure.ts';
import { toFlaw } from '../attachments/flaw.ts';
import { parseListing, toCosignTag, toCuts, toReferrersTag } from '../attachments/listing.ts';
import { parseAttachment } from '../attachments/manifest.ts';
import type { Descriptor, Document, Referrer, ReferrerList } from '../blob-source.ts';
import { INDEX_TYPES } from '../manifest/media-type.ts';

/*
 * Attachments in an OCI layout. Three ways to keep them there: manifests that `index.json` lists and whose `subject` is
 * the image (ORAS, regctl), the index that a registry without referrers would keep under a tag, and what `cosign save`
 * writes, which says only that it is about the image in the layout.
 */

export const REF_NAME = 'org.opencontainers.image.ref.name';

/** cosign's annotation, by the way the same thing is kept in a registry. */
const COSIGN_KINDS: ReadonlyMap<string, AttachmentPath> = new Map([
  ['dev.cosignproject.cosign/sigs', 'signature-tag'],
  ['dev.cosignproject.cosign/atts', 'attestation-tag'],
]);

/** Whether a layout's index says of a manifest that it belongs to another. */
export function isAttachment({ annotations }: Descriptor): boolean {
  const name = annotations[REF_NAME] ?? '';
  return COSIGN_KINDS.has(annotations.kind ?? '') || /^sha256-[0-9a-f]{64}(?:\.sig|\.att)?$/.test(name);
}

/**
 * @param listed what `index.json` lists
 * @param read fetches what is listed, checked against its digest
 * @throws Failure as `BlobSource.referrers`
 */
export async function findLayoutReferrers(
  listed: readonly Descriptor[],
  read: (descriptor: Descriptor) => Promise<Document>,
  subject: Digest,
  limits: AttachmentLimits,
): Promise<ReferrerList> {
  const referrers: Referrer[] = [];
  const cut: string[] = [];
  const others = listed.filter(({ digest }) => digest !== subject);
  if (others.length > limits.listed)
    cut.push(...toCuts({ unreadable: 0, beyond: others.length - limits.listed }, limits));
  for (const descriptor of others.slice(0, limits.listed)) {
    try {
      const found = await lookAt(descriptor, read, subject, limits);
      referrers.push(...found.referrers);
      cut.push(...found.cut);
    } catch (error) {
      // An archive of some platforms lists those it does not hold, too.
      if (!isFailure(error, 'NOT_FOUND'))
        cut.push(toFlaw(error, `the manifest ${descriptor.digest} in the layout`));
    }
  }
  return { referrers, cut };
}

async function lookAt(
  descriptor: Descriptor,
  read: (descriptor: Descriptor) => Promise<Document>,
  subject: Digest,
  limits: AttachmentLimits,
): Promise<ReferrerList> {
  const name = descriptor.annotations[REF_NAME];
  const via = COSIGN_KINDS.get(descriptor.annotations.kind ?? '');
  if (via !== undefined) return { referrers: [{ via, descriptor }], cut: [] };
  if (name === toReferrersTag(subject)) {
    const listing = parseListing(await read(descriptor), 'referrers-tag', limits.listed);
    return { referrers: listing.referrers, cut: toCuts(listing, limits) };
  }
  // These are asked for by their tags.
  const tagged = [toCosignTag(subject, 'sig'), toCosignTag(subject, 'att')].includes(name);
  if (tagged || INDEX_TYPES.includes(descriptor.mediaType)) return { referrers: [], cut: [] };
  const manifest = parseAttachment(await read(descriptor), limits);
  if (manifest.subject !== subject) return { referrers: [], cut: [] };
  const { artifactType, annotations } = manifest;
  return {
    referrers: [{ via: 'referrers', descriptor: { ...descriptor, artifactType, annotations } }],
    cut: [],
  };
}
