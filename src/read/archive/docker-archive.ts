import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Digest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { Image, ImageKind, LayerSink, LayerSource, LayerSummary } from '../../core/image.ts';
import { parseJson } from '../../core/json.ts';
import { baseNameOf } from '../../core/layer-path.ts';
import type { LayerRef } from '../../core/problem.ts';
import { type ParsedConfig, parseConfig } from '../manifest/config.ts';
import { toLayerRefs } from '../manifest/layers.ts';
import { narrow, struct } from '../manifest/narrow.ts';
import { formatPlatform, suitability } from '../manifest/platform.ts';
import type { Selection } from '../selection.ts';
import { type Compression, detectCompression, MAGIC_BYTES } from '../unpack/compression.ts';
import { countedOnce, type EntryBudget } from '../unpack/layer-entries.ts';
import { readLayer } from '../unpack/read-layer.ts';
import { agreeWithLayout } from './agreement.ts';
import { type FileStore, readStored, type StoredFile } from './stored-file.ts';

/*
 * What `docker save` writes (Docker image specification 1.2), in its old form, a folder with a `layer.tar` for each
 * layer, and the one since Docker 25, which is an OCI layout as well. Both are read by `manifest.json`, as
 * `docker load` does. Nothing in it names a layer's digest but the config, by diff id; and the config's own digest
 * is its file name, which is held against its bytes.
 */

const MAX_IMAGES = 1000;
const MAX_LAYERS = 2000;
const SHOWN_NAMES = 20;

const entry = struct({
  Config: z.string(),
  RepoTags: z.array(z.string()).default([]),
  Layers: z.array(z.string()).max(MAX_LAYERS).default([]),
});
type ArchiveEntry = z.infer<typeof entry>;

const manifest = z.array(entry).max(MAX_IMAGES);

/** How the report names an archive that came from elsewhere: an engine. */
export interface ArchiveOrigin {
  readonly kind: ImageKind;
  /** Where the archive itself names no tags. */
  readonly tags: readonly string[];
}

/**
 * @param reference one of the archive's tags; undefined where it holds one image
 * @throws Failure USAGE when it holds several and none was chosen, NOT_FOUND, NOT_AN_IMAGE, MALFORMED,
 * DIGEST_MISMATCH, TOO_LARGE, TRUNCATED. The store is closed with the image, or when this throws.
 */
export async function openDockerArchive(
  store: FileStore,
  origin: ArchiveOrigin,
  reference: string | undefined,
  selection: Selection,
): Promise<Image[]> {
  try {
    const entries = await readManifest(store, selection);
    const chosen = choose(entries, store, reference);
    const configBytes = await readStored(
      store,
      chosen.Config,
      selection.limits.documentBytes,
      selection.signal,
    );
    const configDigest = checkConfig(chosen.Config, configBytes, store);
    await agreeWithLayout(store, await configsOf(entries, store, selection), selection);
    const config = parseConfig(configBytes, `the config ${configDigest}`);
    checkPlatform(config, selection);
    const layers = await toLayerSources(chosen, config, store, selection);
    return [
      {
        identity: {
          location: selection.location,
          kind: origin.kind,
          configDigest,
          tags: chosen.RepoTags.length > 0 ? chosen.RepoTags : origin.tags,
          ...(config.platform === undefined ? {} : { platform: config.platform }),
        },
        config: config.config,
        layers,
        problems: [],
        close: closeOnce(store),
      },
    ];
  } catch (error) {
    await store.close();
    throw error;
  }
}

function closeOnce(store: FileStore): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= store.close();
    return closing;
  };
}

async function readManifest(store: FileStore, { limits, signal }: Selection): Promise<ArchiveEntry[]> {
  if ((await store.find('manifest.json')) === undefined)
    throw new Failure('NOT_AN_IMAGE', `${store.name} is no docker archive: it holds no manifest.json`);
  const bytes = await readStored(store, 'manifest.json', limits.documentBytes, signal);
  const what = `manifest.json in ${store.name}`;
  const value = parseJson(bytes, what);
  if (!Array.isArray(value))
    throw new Failure(
      'NOT_AN_IMAGE',
      `${what} is not that of a docker archive: if this is a root file system, write rootfs:${store.name}`,
    );
  return narrow(manifest, value, what);
}

function choose(
  entries: readonly ArchiveEntry[],
  store: FileStore,
  reference: string | undefined,
): ArchiveEntry {
  const meant = entries.filter(({ Config, RepoTags }) => {
    if (reference === undefined) return true;
    return (
      RepoTags.includes(reference) ||
      RepoTags.includes(`${reference}:latest`) ||
      digestIn(Config) === reference
    );
  });
  const [first] = meant;
  if (first !== undefined && meant.length === 1) return first;
  if (entries.length === 0)
    throw new Failure('NOT_AN_IMAGE', `${store.name} is a docker archive without images`);
  const names = entries.flatMap(({ Config, RepoTags }) =>
    RepoTags.length > 0 ? RepoTags : [digestIn(Config) ?? Config],
  );
  const choices = names.slice(0, SHOWN_NAMES).map((name) => `${store.name}:${name.slice(0, 150)}`);
  if (first === undefined)
    throw new Failure('NOT_FOUND', `${store.name} holds no ${reference}: there is ${choices.join(', ')}`);
  throw new Failure('USAGE', `${store.name} holds several images: choose one as ${choices.join(', ')}`);
}

/** Both forms name the config by its digest: `<hex>.json`, `blobs/sha256/<hex>`, and `sha256:<hex>` by some builders. */
function digestIn(name: string): Digest | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(baseNameOf(name))?.[1];
  return hex === undefined ? undefined : toDigest('sha256', hex);
}

function checkConfig(name: string, bytes: Uint8Array, store: FileStore): Digest {
  const actual = toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
  const stated = digestIn(name);
  if (stated !== undefined && stated !== actual)
    throw new Failure(
      'DIGEST_MISMATCH',
      `the config ${name.slice(0, 100)} in ${store.name} has the digest ${actual}`,
    );
  return actual;
}

async function configsOf(
  entries: readonly ArchiveEntry[],
  store: FileStore,
  { limits, signal }: Selection,
): Promise<Set<Digest>> {
  const digests = new Set<Digest>();
  for (const { Config } of entries)
    digests.add(checkConfig(Config, await readStored(store, Config, limits.documentBytes, signal), store));
  return digests;
}

function checkPlatform({ platform }: ParsedConfig, selection: Selection): void {
  if (selection.platform === undefined || platform === undefined) return;
  if (suitability(selection.platform, platform) > 0) return;
  throw new Failure(
    'NO_SUCH_PLATFORM',
    `${selection.location} has no image for ${formatPlatform(selection.platform)}: it is for ${formatPlatform(platform)} only`,
  );
}

async function toLayerSources(
  chosen: ArchiveEntry,
  config: ParsedConfig,
  store: FileStore,
  selection: Selection,
): Promise<LayerSource[]> {
  const blobs: LayerBlob[] = [];
  for (const name of chosen.Layers) blobs.push(await toBlob(name, store, selection));
  // A blob that no digest is known of goes by its diff id, if the config has as many as there are blobs.
  const digests = blobs.flatMap(({ digest }, index) => digest ?? config.diffIds[index] ?? []);
  // The limit on files is one for all layers.
  const budget = { entries: selection.limits.files };
  const refs = toLayerRefs(digests, config.diffIds, config.config.history);
  return refs.flatMap((ref, index) => {
    const blob = blobs[index];
    return blob === undefined ? [] : [toLayerSource(ref, blob, selection, budget)];
  });
}

interface LayerBlob {
  readonly file: StoredFile;
  readonly compression: Exclude<Compression, 'bzip2'>;
  /** Of the blob as stored, where its name tells it and that is not the diff id. */
  readonly digest: Digest | undefined;
}

async function toBlob(name: string, store: FileStore, { signal }: Selection): Promise<LayerBlob> {
  const file = await store.find(name);
  const shown = `the layer ${JSON.stringify(name.slice(0, 100))} in ${store.name}`;
  if (file === undefined) throw new Failure('NOT_FOUND', `${shown} is missing: the archive is incomplete`);
  const compression = detectCompression(await readHead(file, signal));
  if (compression === 'bzip2')
    throw new Failure('UNSUPPORTED', `${shown} is compressed with bzip2, which no runtime reads`);
  const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  return { file, compression, digest: hex === undefined ? undefined : toDigest('sha256', hex) };
}

async function readHead(file: StoredFile, signal: AbortSignal): Promise<Uint8Array> {
  for await (const chunk of file.stream(signal)) return chunk.subarray(0, MAGIC_BYTES);
  return new Uint8Array();
}

function toLayerSource(
  ref: LayerRef,
  { file, compression, digest }: LayerBlob,
  { limits }: Selection,
  budget: EntryBudget,
): LayerSource {
  const { size, fingerprint } = file;
  const share = countedOnce(budget, limits);
  const expected = {
    ...(digest === undefined ? {} : { blobDigest: digest }),
    blobSize: size,
    diffId: ref.diffId,
    compression,
  };
  return {
    ref,
    size,
    // Nothing but reading it tells that an archive's layer is what its config says, unless the very file was read before.
    cacheable: fingerprint !== undefined,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    read: (sink: LayerSink, signal: AbortSignal): Promise<LayerSummary> =>
      readLayer(file.stream(signal), expected, sink, limits, signal, share()),
  };
}
