import { type Blob, blob, OCI } from './image-builder.ts';

/*
 * Attachments described in code, as cosign and its kin make them. Their content is inert: nothing here is signed.
 */

export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const EMPTY = blob('application/vnd.oci.empty.v1+json', Buffer.from('{}'));

export interface Attached {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
}

/** A referrer that carries one bundle. */
export function referrer(
  subject: Blob,
  text: string,
  more: Readonly<Record<string, unknown>> = {},
): Attached {
  const content = blob(BUNDLE, Buffer.from(text));
  const manifest = blob(OCI.manifest, {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    artifactType: BUNDLE,
    config: EMPTY.descriptor,
    layers: [content.descriptor],
    subject: subject.descriptor,
    ...more,
  });
  return { manifest, blobs: [EMPTY, content] };
}

/** What cosign keeps under its tag: a layer for each signature. */
export function signatureTag(payloads: readonly string[]): Attached {
  const config = blob(OCI.config, { architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] } });
  const blobs = payloads.map((payload) => blob(SIMPLE_SIGNING, Buffer.from(payload)));
  const layers = blobs.map(({ descriptor }, place) => ({
    ...descriptor,
    annotations: { 'dev.cosignproject.cosign/signature': `c2lnbmF0dXJl${place}` },
  }));
  const manifest = blob(OCI.manifest, {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: config.descriptor,
    layers,
  });
  return { manifest, blobs: [config, ...blobs] };
}
