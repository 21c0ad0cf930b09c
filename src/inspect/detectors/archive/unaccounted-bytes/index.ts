import type { Oddity } from '../../../../core/image.ts';
import type { LayerPath } from '../../../../core/layer-path.ts';
import type { Detector } from '../../../contract.ts';

/**
 * Bytes of a layer that belong to no file: extraction drops them, digests cover them, and whoever holds the blob can
 * read them. Payloads were hidden there from a scanner that unpacked first (GHSA-fhhv-5r7x-fgjw). Archive writers
 * fill these places with zeros, and the reader reports only what is not zero.
 */
const RULE = 'archive/unaccounted-bytes';

const PLACES: Partial<Record<Oddity['kind'], string>> = {
  'padding-data': 'in the padding after a file',
  'trailing-data': 'after the end of the archive',
  'compression-trailer': 'after the compressed stream',
};
const SHOWN = 48;

export const unaccountedBytes: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A layer carries bytes outside of every file',
      remedy: 'Rebuild the image with an ordinary builder, and find out what wrote this layer.',
      attack: ['T1027.009', 'T1564'],
      controls: ['TVM-02', 'STA-08'],
      references: [
        'https://github.com/advisories/GHSA-fhhv-5r7x-fgjw',
        'https://github.com/opencontainers/image-spec/blob/main/layer.md',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, { oddities }] of image.layers.entries()) {
      for (const { kind, path, offset, length, head } of oddities) {
        const place = PLACES[kind];
        if (place === undefined) continue;
        const bytes = length === 1 ? '1 byte' : `${length} bytes`;
        const evidence = `${bytes} ${place}: ${head.slice(0, SHOWN)}`;
        yield { rule: RULE, layer, offset, evidence, ...(path !== undefined && { path: path as LayerPath }) };
      }
    }
  },
};
