import * as z from 'zod';
import type { AttachmentLimits } from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { Descriptor, Document } from '../blob-source.ts';
import { descriptor, parseOutline } from '../manifest/document.ts';
import { narrow, record, struct } from '../manifest/narrow.ts';

/** An attachment's manifest (image-spec 1.1, manifest.md, "Guidelines for Artifact Usage"), narrowed. */
export interface AttachmentManifest {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject?: Digest;
  readonly blobs: readonly Descriptor[];
}

const manifest = struct({
  config: descriptor,
  layers: z.array(z.unknown()),
  artifactType: z.string().default(''),
  annotations: record,
  subject: descriptor.optional(),
});
const blobs = z.array(descriptor);

/**
 * Held to other bounds than an image: one manifest of cosign's carries every signature of an image as a layer.
 * @throws Failure MALFORMED, MEDIA_TYPE_MISMATCH, UNSUPPORTED, TOO_LARGE (more blobs than `limits.blobs`)
 */
export function parseAttachment(
  document: Document,
  limits: Pick<AttachmentLimits, 'blobs'>,
): AttachmentManifest {
  const what = `the attachment ${document.digest}`;
  const { kind, value } = parseOutline(document, what);
  if (kind === 'index') throw new Failure('UNSUPPORTED', `${what} is an index, which carries nothing itself`);
  const { config, layers, artifactType, annotations, subject } = narrow(manifest, value, what);
  // Counted before they are narrowed, which costs far more.
  if (layers.length > limits.blobs) {
    throw new Failure('TOO_LARGE', `${what} has ${layers.length} blobs: only ${limits.blobs} are looked at`);
  }
  return {
    artifactType: artifactType === '' ? config.mediaType : artifactType,
    annotations,
    ...(subject === undefined ? {} : { subject: subject.digest }),
    blobs: narrow(blobs, layers, what),
  };
}
