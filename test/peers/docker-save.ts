import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

/** What a test wants an archive to hold besides its layers. */
export interface SavedImage {
  readonly tag: string;
  /** Uncompressed layer tars, from the base up. They are moved into the archive. */
  readonly layers: readonly string[];
  /** The `config` object of the image config. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly history?: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
}

/** Writes what `docker save` writes for an image, with GNU tar. */
export async function writeDockerSave(file: string, image: SavedImage): Promise<void> {
  const folder = await mkdtemp(`${file}.parts-`);
  try {
    const diffIds: string[] = [];
    const members: string[] = [];
    for (const layer of image.layers) {
      const hex = await sha256Of(layer);
      diffIds.push(`sha256:${hex}`);
      members.push(`${hex}/layer.tar`);
      await mkdir(join(folder, hex), { recursive: true });
      await rename(layer, join(folder, hex, 'layer.tar'));
    }
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: image.config ?? {},
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: image.history ?? members.map(() => ({ created_by: 'COPY . /' })),
    });
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(join(folder, name), config);
    const manifest = [{ Config: name, RepoTags: [image.tag], Layers: members }];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    run('tar', ['-C', folder, '-cf', file, ...new Set(members), name, 'manifest.json']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest('hex');
}
