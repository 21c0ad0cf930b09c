import type { Oddity } from '../../../../core/image.ts';
import { baseNameOf, type LayerPath, toLayerPath } from '../../../../core/layer-path.ts';
import type { Detector, LayerView } from '../../../contract.ts';

/**
 * Entries that two readers of the same layer understand differently: one scanner takes the first of two equal
 * paths and the runtime the last; one takes `.wh..wh..opqX` for a whiteout and erases a folder that the container will
 * have (stereoscope PR 694); one lets `../` out of its folder.
 */
const RULE = 'archive/odd-entries';

const WORDS: Partial<Record<Oddity['kind'], string>> = {
  'duplicate-path': 'the path occurs again in the layer',
  'near-miss-whiteout': 'a name like a whiteout that no runtime knows',
  'path-escape': 'the path climbs above the root',
};
/** AUFS kept its own books in every branch, and old Docker versions exported them. */
const AUFS = /(?:^|\/)\.wh\.\.wh\.(?:aufs|orph|plnk)(?:\/|$)/;

export const oddEntries: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'An entry of a layer reads differently to different tools',
      remedy: 'Rebuild the image with an ordinary builder, and find out what wrote this layer.',
      attack: ['T1564', 'T1036'],
      controls: ['TVM-02', 'STA-08'],
      references: [
        'https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts',
        'https://github.com/anchore/stereoscope/pull/694',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, view] of image.layers.entries()) {
      for (const oddity of view.oddities) {
        const words = WORDS[oddity.kind];
        if (words === undefined || isHonest(oddity, view)) continue;
        const path = toLayerPath(oddity.path ?? '');
        const raw = oddity.path === undefined || oddity.path === path ? '' : `: ${oddity.path}`;
        yield { rule: RULE, layer, path, offset: oddity.offset, evidence: `${words}${raw}` };
      }
    }
  },
};

function isHonest({ kind, path = '' }: Oddity, { files }: LayerView): boolean {
  if (kind === 'near-miss-whiteout') return AUFS.test(path);
  // Builders that concatenate layers repeat folders; nothing can hide behind that.
  return (
    kind === 'duplicate-path' && files.get(path as LayerPath)?.kind === 'directory' && baseNameOf(path) !== ''
  );
}
