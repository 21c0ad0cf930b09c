import { writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { buildImage, dockerMembers, sha256 } from '../../src/read/testing/image-builder.ts';
import { type TarMember, tar } from '../../src/read/testing/tar-builder.ts';

/** A file of a layer: its content, or content with what else matters. `null` is a whiteout. Strings are UTF-8. */
export type LayerFile = string | Uint8Array | Omit<TarMember, 'name'> | null;

/** Layer paths to files; a path that ends in a slash is a folder. */
export type LayerFiles = Readonly<Record<string, LayerFile>>;

/** A layer whose stored bytes are not simply its tar. */
export interface StoredLayer {
  /** What the diff id is of. */
  readonly content: Buffer;
  readonly stored: Buffer;
}

export type Layer = LayerFiles | readonly TarMember[] | StoredLayer;

export interface ImagePlan {
  /** From the base up. */
  readonly layers: readonly Layer[];
  /** The `config` object of the image config. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Instead of one `RUN` for each layer. */
  readonly history?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

/** What lies on top of the base layer: the first layer here is layer 1. */
export type OnBase = Partial<ImagePlan>;

/** Writes an image described in code as `docker save` would; the path of the archive. */
export function writeImage(folder: string, plan: ImagePlan): string {
  const layers = plan.layers.map(toStoredLayer);
  const steps = layers.map((_, at) => ({ created_by: `RUN /bin/sh -c make step-${at} # buildkit` }));
  const image = buildImage({
    layers: layers.map(({ stored }) => stored),
    config: {
      config: plan.config ?? { Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: layers.map(({ content }) => sha256(content)) },
      history: plan.history ?? steps,
    },
  });
  const file = join(folder, 'image.tar');
  writeFileSync(file, tar(dockerMembers(image, ['example.invalid/gallery:1'])));
  return file;
}

export function toMembers(files: LayerFiles): TarMember[] {
  return Object.entries(files).map(([name, file]) => {
    if (file === null) return { name: posix.join(posix.dirname(name), `.wh.${posix.basename(name)}`) };
    if (typeof file === 'string' || file instanceof Uint8Array) return { name, data: file };
    return { name, ...file };
  });
}

function toStoredLayer(layer: Layer): StoredLayer {
  if (isStored(layer)) return layer;
  const content = tar(
    Array.isArray(layer) ? (layer as readonly TarMember[]) : toMembers(layer as LayerFiles),
  );
  return { content, stored: content };
}

function isStored(layer: Layer): layer is StoredLayer {
  return 'stored' in layer && layer.stored instanceof Uint8Array;
}
