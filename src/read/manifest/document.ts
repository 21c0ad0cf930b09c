import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json.ts';
import type { Descriptor, Document } from '../blob-source.ts';
import { INDEX_TYPES, MANIFEST_TYPES, SCHEMA1_TYPES, toMediaType } from './media-type.ts';
import { digest, narrow, record, size, struct, text } from './narrow.ts';

/*
 * Tells what a document is, and refuses one that is two things.
 *
 * The attack (CVE-2021-41190, GHSA-77vh-xpmg-72qh): one document, one digest, both `manifests` and `layers`. Served
 * with one Content-Type it is an index of harmless images, with another a manifest of a harmful one. Scanner and
 * runtime see different images under the very digest that was to pin them. So the type stated outside (descriptor,
 * Content-Type), the type stated inside and the shape must all agree, and a document with the fields of both is refused.
 */

/** A narrowed index or manifest. */
export type Parsed = ParsedIndex | ParsedManifest;

export interface ParsedIndex {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

export interface ParsedManifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly artifactType: string | undefined;
}

/** Far above any real image (overlay file systems stop at 500 lower folders). */
const MAX_LAYERS = 2000;
const MAX_MANIFESTS = 2000;

const platform = struct({ os: text, architecture: text, variant: text });

/** One descriptor as image-spec, descriptor.md has it. */
export const descriptor = struct({
  mediaType: text,
  digest,
  size,
  urls: z.array(z.string()).default([]),
  annotations: record,
  platform: platform.optional(),
  artifactType: z.string().optional(),
}).transform(
  ({ platform: given, artifactType, ...rest }): Descriptor => ({
    ...rest,
    mediaType: toMediaType(rest.mediaType) ?? rest.mediaType,
    ...(given === undefined ? {} : { platform: toPlatform(given) }),
    ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
  }),
);

function toPlatform({ os, architecture, variant }: { os: string; architecture: string; variant: string }) {
  return { os, architecture, ...(variant === '' ? {} : { variant }) };
}

const index = struct({ manifests: z.array(descriptor).max(MAX_MANIFESTS) });

const manifest = struct({
  config: descriptor,
  layers: z.array(descriptor).max(MAX_LAYERS),
  artifactType: z.string().optional(),
});

const envelope = struct({
  schemaVersion: z.number().optional(),
  mediaType: z.string().optional(),
  manifests: z.unknown().optional(),
  config: z.unknown().optional(),
  layers: z.unknown().optional(),
  fsLayers: z.unknown().optional(),
});
type Envelope = z.infer<typeof envelope>;

/**
 * Narrows an OCI index or manifest (image-spec 1.1, image-index.md and manifest.md), or its Docker schema 2 twin.
 * Size and digest were checked by whoever fetched it.
 *
 * @throws Failure MALFORMED, MEDIA_TYPE_MISMATCH, UNSUPPORTED (schema 1, or a media type that is neither)
 */
export function parseDocument(document: Document): Parsed {
  const what = `the manifest ${document.digest}`;
  const { kind, value } = parseOutline(document, what);
  if (kind === 'index') return { kind, manifests: narrow(index, value, what).manifests };
  const { config, layers, artifactType } = narrow(manifest, value, what);
  return { kind, config, layers, artifactType };
}

/**
 * Tells what a document is, its content not narrowed yet: for those who hold it to other bounds than an image's.
 * @throws Failure as `parseDocument`
 */
export function parseOutline(document: Document, what: string): { kind: Parsed['kind']; value: unknown } {
  const value = parseJson(document.bytes, what);
  const outline = narrow(envelope, value, what);
  return { kind: kindOf(outline, toMediaType(document.mediaType), what), value };
}

function kindOf(outline: Envelope, stated: string | undefined, what: string): Parsed['kind'] {
  const inside = toMediaType(outline.mediaType);
  if (stated !== undefined && inside !== undefined && stated !== inside)
    throw new Failure(
      'MEDIA_TYPE_MISMATCH',
      `${what} was announced as ${shown(stated)} but calls itself ${shown(inside)}: refused, as runtimes could read it either way`,
    );
  const type = inside ?? stated;
  if (outline.schemaVersion === 1 || (type !== undefined && SCHEMA1_TYPES.includes(type)))
    throw new Failure(
      'UNSUPPORTED',
      `${what} is of Docker's retired schema 1, which pins nothing: rebuild the image, or convert it with "skopeo copy --format oci"`,
    );
  if (outline.schemaVersion !== 2)
    throw new Failure('MALFORMED', `${what} has no schemaVersion 2: it is no image manifest or index`);
  const shape = shapeOf(outline, what);
  if (type === undefined) return shape;
  const told = INDEX_TYPES.includes(type) ? 'index' : MANIFEST_TYPES.includes(type) ? 'manifest' : undefined;
  if (told === undefined)
    throw new Failure(
      'UNSUPPORTED',
      `${what} is of type ${shown(type)}, which is no image manifest or index`,
    );
  if (told !== shape)
    throw new Failure(
      'MEDIA_TYPE_MISMATCH',
      `${what} is announced as ${told === 'index' ? 'an index' : 'a manifest'} but holds the fields of the other: refused`,
    );
  return told;
}

function shapeOf(outline: Envelope, what: string): Parsed['kind'] {
  const asIndex = outline.manifests !== undefined;
  const asManifest = [outline.config, outline.layers, outline.fsLayers].some((field) => field !== undefined);
  if (asIndex && asManifest)
    throw new Failure(
      'MEDIA_TYPE_MISMATCH',
      `${what} is an index and a manifest at once: refused, as runtimes could read it either way (CVE-2021-41190)`,
    );
  if (!asIndex && !asManifest)
    throw new Failure('MALFORMED', `${what} has neither manifests nor config and layers: it is no image`);
  return asIndex ? 'index' : 'manifest';
}

function shown(mediaType: string): string {
  return JSON.stringify(mediaType.slice(0, 100));
}

/** @throws Failure DIGEST_MISMATCH or TRUNCATED unless the bytes are what a descriptor promised */
export function checkPromise(
  bytes: Uint8Array,
  actual: Digest,
  promised: { readonly digest: Digest; readonly size: number },
  what: string,
): void {
  if (bytes.length < promised.size)
    throw new Failure('TRUNCATED', `${what} has ${bytes.length} bytes where ${promised.size} were promised`);
  if (bytes.length > promised.size || actual !== promised.digest)
    throw new Failure(
      'DIGEST_MISMATCH',
      `${what} is not what its digest promised: got ${actual}, ${bytes.length} bytes; expected ${promised.digest}, ${promised.size} bytes`,
    );
}
