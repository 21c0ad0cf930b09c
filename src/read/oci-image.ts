import { createHash } from 'node:crypto';
import { type Digest, toDigest } from '../core/digest.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { Image, ImageKind, LayerSink, LayerSource, LayerSummary, Platform } from '../core/image.ts';
import type { Limits } from '../core/limits.ts';
import type { LayerRef, Problem, ProblemCode } from '../core/problem.ts';
import { attachmentsOf } from './attachments/source.ts';
import type { BlobSource, Descriptor, Document } from './blob-source.ts';
import { type ParsedConfig, parseConfig } from './manifest/config.ts';
import { checkPromise, type ParsedIndex, type ParsedManifest, parseDocument } from './manifest/document.ts';
import { toLayerRefs } from './manifest/layers.ts';
import { CONFIG_TYPES, layerTypeOf } from './manifest/media-type.ts';
import { formatPlatform, suitability } from './manifest/platform.ts';
import { type Leaf, PlatformFinder } from './platform-finder.ts';
import { type Selection, shareClose } from './selection.ts';
import { countedOnce, type EntryBudget } from './unpack/layer-entries.ts';
import { readLayer } from './unpack/read-layer.ts';

/** Where the images come from, and what the report should say of that. */
export interface OciOrigin {
  readonly kind: ImageKind;
  readonly source: BlobSource;
  /** A tag or digest, as the source understands it. */
  readonly reference: string;
  readonly tags: readonly string[];
  /** See `LayerSource.fingerprint`; undefined where blobs are pinned by nothing but their digest (a registry). */
  readonly fingerprint?: (digest: Digest) => Promise<string | undefined>;
}

/**
 * Opens an OCI or Docker schema 2 image from any source of blobs: the document behind the reference, down through
 * indexes to the platforms selected, each with its config and its layers ready to be read.
 *
 * The images share the source: it is closed when the last of them is, or when this throws.
 *
 * @throws Failure as `BlobSource`, and MALFORMED, MEDIA_TYPE_MISMATCH, DIGEST_MISMATCH, TRUNCATED, TOO_LARGE,
 * UNSUPPORTED, NOT_AN_IMAGE, NO_SUCH_PLATFORM
 */
export async function readOciImages(origin: OciOrigin, selection: Selection): Promise<Image[]> {
  try {
    const opened = await openAll(origin, selection);
    const closes = shareClose(() => origin.source.close(), opened.length);
    // One for all of them: the bounds are on what is fetched of the source.
    const attachments =
      origin.source.referrers === undefined ? {} : { attachments: attachmentsOf(origin.source) };
    return opened.map((image, index) => ({
      ...image,
      ...attachments,
      close: closes[index] ?? (async () => {}),
    }));
  } catch (error) {
    await origin.source.close();
    throw error;
  }
}

type OpenedImage = Omit<Image, 'close'>;

async function openAll(origin: OciOrigin, selection: Selection): Promise<OpenedImage[]> {
  const top = await origin.source.document(origin.reference, selection.signal);
  const parsed = parseDocument(top);
  if (parsed.kind === 'manifest') return [await openOnly(top, parsed, origin, selection)];
  const images: OpenedImage[] = [];
  for (const leaf of await findLeaves(parsed, origin.source, selection)) {
    images.push(await openLeaf(leaf, top.digest, origin, selection));
  }
  return images;
}

/**
 * The manifests that the selection picks out of an index.
 * @throws Failure as `PlatformFinder.find`
 */
export function findLeaves(index: ParsedIndex, source: BlobSource, selection: Selection): Promise<Leaf[]> {
  const finder = new PlatformFinder(selection, {
    document: (descriptor) => readDocument(source, descriptor, selection),
    platform: (descriptor) => platformOf(descriptor, source, selection),
  });
  return finder.find(index);
}

/** A manifest that no index led to: taken as it is, unless another platform was asked for by name. */
async function openOnly(
  document: Document,
  manifest: ParsedManifest,
  origin: OciOrigin,
  selection: Selection,
): Promise<OpenedImage> {
  const config = await readConfig(manifest, document.digest, origin.source, selection);
  const { platform } = config;
  if (selection.platform !== undefined && platform !== undefined) {
    if (suitability(selection.platform, platform) === 0)
      throw new Failure(
        'NO_SUCH_PLATFORM',
        `${selection.location} has no image for ${formatPlatform(selection.platform)}: it is for ${formatPlatform(platform)} only`,
      );
  }
  return toImage({ document, manifest, config, platform, problems: [] }, origin, selection);
}

async function openLeaf(
  leaf: Leaf,
  indexDigest: Digest,
  origin: OciOrigin,
  selection: Selection,
): Promise<OpenedImage> {
  const document = await readDocument(origin.source, leaf.descriptor, selection);
  const manifest = parseManifest(document);
  const config = await readConfig(manifest, document.digest, origin.source, selection);
  const problems = contradictions(leaf, config);
  const platform = leaf.platform ?? config.platform;
  return toImage({ document, manifest, config, platform, problems, indexDigest }, origin, selection);
}

function parseManifest(document: Document): ParsedManifest {
  const parsed = parseDocument(document);
  if (parsed.kind === 'manifest') return parsed;
  throw new Failure(
    'MEDIA_TYPE_MISMATCH',
    `the manifest ${document.digest} turned out to be an index: refused`,
  );
}

function contradictions({ platform }: Leaf, config: ParsedConfig): Problem[] {
  if (platform === undefined || config.platform === undefined) return [];
  if (suitability(platform, config.platform) > 0) return [];
  const told = `${formatPlatform(platform)}, its config ${formatPlatform(config.platform)}`;
  return [{ code: 'MALFORMED_CONFIG', effect: 'notice', message: `the index calls this image ${told}` }];
}

interface Parts {
  readonly document: Document;
  readonly manifest: ParsedManifest;
  readonly config: ParsedConfig;
  readonly platform: Platform | undefined;
  readonly problems: readonly Problem[];
  readonly indexDigest?: Digest;
}

async function toImage(parts: Parts, origin: OciOrigin, selection: Selection): Promise<OpenedImage> {
  const { document, manifest, config, platform, problems, indexDigest } = parts;
  const digests = manifest.layers.map((layer) => layer.digest);
  const refs = toLayerRefs(digests, config.diffIds, config.config.history);
  // The limit on files is one for all layers.
  const budget = { entries: selection.limits.files };
  const layers: LayerSource[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const ref = refs[index];
    if (ref !== undefined) layers.push(await toLayerSource(ref, descriptor, origin, selection, budget));
  }
  return {
    identity: {
      location: selection.location,
      kind: origin.kind,
      digest: document.digest,
      configDigest: manifest.config.digest,
      ...(indexDigest === undefined ? {} : { indexDigest }),
      tags: origin.tags,
      ...(platform === undefined ? {} : { platform }),
    },
    config: config.config,
    layers,
    problems,
  };
}

async function toLayerSource(
  ref: LayerRef,
  descriptor: Descriptor,
  origin: OciOrigin,
  { limits }: Selection,
  budget: EntryBudget,
): Promise<LayerSource> {
  const fingerprint = await origin.fingerprint?.(descriptor.digest);
  const share = countedOnce(budget, limits);
  return {
    ref,
    size: descriptor.size,
    // A local file that changed a moment ago has no fingerprint, and only reading it tells what it is now.
    cacheable:
      layerTypeOf(descriptor.mediaType) !== undefined &&
      (origin.fingerprint === undefined || fingerprint !== undefined),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    read: (sink, signal) =>
      readBlobLayer(ref, descriptor, { source: origin.source, sink, limits, budget: share(), signal }),
  };
}

interface LayerReading {
  readonly source: BlobSource;
  readonly sink: LayerSink;
  readonly limits: Limits;
  readonly budget: EntryBudget;
  readonly signal: AbortSignal;
}

async function readBlobLayer(
  ref: LayerRef,
  descriptor: Descriptor,
  { source, sink, limits, budget, signal }: LayerReading,
): Promise<LayerSummary> {
  const type = layerTypeOf(descriptor.mediaType);
  if (type === undefined) {
    const name = JSON.stringify(descriptor.mediaType.slice(0, 100));
    return unread('UNSUPPORTED', `layer ${ref.index} is of type ${name}, which cannot be read`);
  }
  const expected = {
    blobDigest: descriptor.digest,
    blobSize: descriptor.size,
    diffId: ref.diffId,
    compression: type.compression,
  };
  try {
    return await readLayer(source.blob(descriptor, signal), expected, sink, limits, signal, budget);
  } catch (error) {
    if (!type.foreign || !isFailure(error, 'NOT_FOUND')) throw error;
    return unread(
      'FOREIGN_LAYER',
      `layer ${ref.index} (${ref.digest}) is distributed from elsewhere and not in the source`,
    );
  }
}

function unread(code: ProblemCode, message: string): LayerSummary {
  return { bytes: 0, problems: [{ code, message, effect: 'incomplete' }] };
}

async function readDocument(
  source: BlobSource,
  descriptor: Descriptor,
  { limits, signal }: Selection,
): Promise<Document> {
  checkSize(descriptor, limits.documentBytes);
  const { bytes, digest, mediaType } = await source.document(descriptor.digest, signal);
  checkPromise(bytes, digest, descriptor, `the manifest ${descriptor.digest}`);
  // Three may say what it is: the descriptor, the transport, the document. Here the first two; the parser has the third.
  const document = { bytes, digest, mediaType: descriptor.mediaType };
  if (mediaType !== undefined) parseDocument({ bytes, digest, mediaType });
  return document;
}

async function readConfig(
  manifest: ParsedManifest,
  manifestDigest: Digest,
  source: BlobSource,
  { limits, signal }: Selection,
): Promise<ParsedConfig> {
  const { config } = manifest;
  if (!CONFIG_TYPES.includes(config.mediaType)) {
    const type = JSON.stringify((manifest.artifactType ?? config.mediaType).slice(0, 100));
    throw new Failure('NOT_AN_IMAGE', `${manifestDigest} is an artifact of type ${type}, not an image`);
  }
  checkSize(config, limits.documentBytes);
  const what = `the config ${config.digest}`;
  const bytes = await collect(source.blob(config, signal), config.size);
  const algorithm = config.digest.startsWith('sha256:') ? 'sha256' : 'sha512';
  const actual = toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
  checkPromise(bytes, actual, config, what);
  return parseConfig(bytes, what);
}

/** The platform of a manifest whose index does not tell it; undefined for what is no image. */
async function platformOf(
  descriptor: Descriptor,
  source: BlobSource,
  selection: Selection,
): Promise<Platform | undefined> {
  const document = await readDocument(source, descriptor, selection);
  try {
    const config = await readConfig(parseManifest(document), document.digest, source, selection);
    return config.platform;
  } catch (error) {
    if (isFailure(error, 'NOT_AN_IMAGE')) return undefined;
    throw error;
  }
}

function checkSize({ digest, size }: Descriptor, most: number): void {
  if (size > most)
    throw new Failure(
      'TOO_LARGE',
      `${digest} would be a document of ${size} bytes: the limit is ${most} (--max-document raises it)`,
    );
}

/** Everything the source gives, cut one chunk after the promised size. */
async function collect(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > size) break;
  }
  return Buffer.concat(parts);
}
