import { createHash } from 'node:crypto';
import { toDigest } from '../../core/digest.ts';
import type { Image, LayerSink } from '../../core/image.ts';
import type { LocalFile } from '../archive/local-file.ts';
import { NO_CONFIG } from '../manifest/config.ts';
import type { Selection } from '../selection.ts';
import { readLayer } from '../unpack/read-layer.ts';

/**
 * A tar of a root file system as an image of one layer without a config. Its diff id is what nobody states, so the
 * file is hashed once when it is opened, and held against that when it is read.
 *
 * @throws Failure TRUNCATED, CANCELLED. The file is closed with the image, or when this throws.
 */
export async function openRootTar(file: LocalFile, { location, limits, signal }: Selection): Promise<Image> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of file.stream(0, file.size, signal)) hash.update(chunk);
    const diffId = toDigest('sha256', hash.digest('hex'));
    const { size, identity } = file;
    const expected = { blobSize: size, diffId, selfMade: true, compression: 'none' as const };
    let closing: Promise<void> | undefined;
    return {
      identity: { location, kind: 'rootfs-tar', tags: [] },
      config: NO_CONFIG,
      layers: [
        {
          ref: { index: 0, digest: diffId, diffId },
          size,
          // Read whole a moment ago: the digest is of the very bytes.
          cacheable: true,
          ...(identity === undefined ? {} : { fingerprint: identity }),
          read: (sink: LayerSink, stop: AbortSignal) =>
            readLayer(file.stream(0, size, stop), expected, sink, limits, stop),
        },
      ],
      problems: [],
      close: () => {
        closing ??= file.close();
        return closing;
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
