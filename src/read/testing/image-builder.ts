import { createHash } from 'node:crypto';
import { type Digest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { BlobSource, Descriptor, Document } from '../blob-source.ts';
import { type TarMember, tar } from './tar-builder.ts';

/*
 * Images described in code, as an OCI layout, an OCI archive, a docker archive or blobs in memory, so that an attack
 * on any of them can be read where it is tested.
 */

export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export function sha256(bytes: string | Uint8Array): Digest {
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}

export interface Blob {
  readonly bytes: Buffer;
  readonly descriptor: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
}

/** JSON for anything but bytes. */
export function blob(mediaType: string, content: unknown): Blob {
  const bytes = content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(JSON.stringify(content));
  return { bytes, descriptor: { mediaType, digest: sha256(bytes), size: bytes.length } };
}

export interface BuiltImage {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly all: readonly Blob[];
}

export interface ImageRecipe {
  readonly layers?: readonly Buffer[];
  readonly layerType?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export const HELLO = tar([{ name: 'etc/' }, { name: 'etc/hello', data: 'hello\n' }]);

/** A well-formed image of uncompressed layers, but for what the recipe overrides. */
export function buildImage(recipe: ImageRecipe = {}): BuiltImage {
  const layers = (recipe.layers ?? [HELLO]).map((bytes) => blob(recipe.layerType ?? OCI.layer, bytes));
  const config = blob(OCI.config, {
    os: 'linux',
    architecture: 'amd64',
    config: { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => sha256(bytes)) },
    history: layers.map((_, index) => ({ created_by: `/bin/sh -c #(nop) ADD layer ${index}` })),
    ...recipe.config,
  });
  const manifest = blob(OCI.manifest, {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    ...recipe.manifest,
  });
  return { manifest, config, layers, all: [manifest, config, ...layers] };
}

export function index(manifests: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Blob {
  return blob(OCI.index, { schemaVersion: 2, mediaType: OCI.index, manifests, ...more });
}

export function blobName({ descriptor }: Blob): string {
  return `blobs/${descriptor.digest.replace(':', '/')}`;
}

/** The members of an OCI layout whose `index.json` lists `manifests`. */
export function layoutMembers(manifests: readonly unknown[], blobs: readonly Blob[]): TarMember[] {
  return [
    { name: 'oci-layout', data: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', data: index(manifests).bytes },
    ...new Map(blobs.map((one) => [blobName(one), { name: blobName(one), data: one.bytes }])).values(),
  ];
}

/** The members of an old `docker save`. */
export function dockerMembers(image: BuiltImage, tags: readonly string[] = ['hello:1']): TarMember[] {
  const hex = image.config.descriptor.digest.slice('sha256:'.length);
  const names = image.layers.map((_, at) => `${String(at).repeat(64)}/layer.tar`);
  return [
    ...image.layers.map((layer, at) => ({ name: names[at] ?? '', data: layer.bytes })),
    { name: `${hex}.json`, data: image.config.bytes },
    {
      name: 'manifest.json',
      data: JSON.stringify([{ Config: `${hex}.json`, RepoTags: tags, Layers: names }]),
    },
  ];
}

/** Blobs in memory, with every document and blob read counted. */
export class MemorySource implements BlobSource {
  readonly #blobs = new Map<string, Blob>();
  readonly #tags: ReadonlyMap<string, Document>;
  reads = 0;
  closed = 0;

  constructor(blobs: readonly Blob[], tags: Readonly<Record<string, Document | Blob>>) {
    for (const one of blobs) this.#blobs.set(one.descriptor.digest, one);
    this.#tags = new Map(
      Object.entries(tags).map(([tag, one]) => [tag, 'digest' in one ? one : toDocument(one)]),
    );
  }

  async document(reference: string): Promise<Document> {
    this.reads++;
    const tagged = this.#tags.get(reference);
    if (tagged !== undefined) return tagged;
    return toDocument(this.#find(reference));
  }

  async *blob(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    this.reads++;
    yield this.#find(descriptor.digest).bytes;
  }

  async close(): Promise<void> {
    this.closed++;
  }

  #find(digest: string): Blob {
    const found = this.#blobs.get(digest);
    if (found === undefined) throw new Failure('NOT_FOUND', `no blob ${digest}`);
    return found;
  }
}

/** As any transport: the digest is of the bytes, whatever they were filed under. */
function toDocument({ bytes, descriptor: { mediaType } }: Blob): Document {
  return { bytes, digest: sha256(bytes), mediaType };
}
