import type { LayerPath } from '../../../../core/layer-path.ts';
import type { PackageWithFiles } from '../../../../core/package.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';
import { isBackdoored, isOfXz, REBUILT_ELSEWHERE } from './releases.ts';

const RULE = 'binaries/xz-backdoor';

/** The start of the function that the backdoor calls from its resolvers, as Vegard Nossum's detect.sh published it. */
const RESOLVER = Buffer.from('f30f1efa554889f54c89ce5389fb81e7000000804883ec28488954241848894c2410', 'hex');
const LIBRARY = /(?:^|\/)liblzma\.so\.5\.6\.[01]$/;

export const xzBackdoor: Detector<'resolver'> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'The backdoored XZ library (CVE-2024-3094) is in the image',
      remedy: 'Rebuild on a base image with XZ 5.6.2 or later, or one whose distribution reverted it to 5.4.',
      attack: ['T1195.001', 'T1554'],
      controls: ['TVM-02', 'TVM-07', 'STA-09'],
      references: [
        'https://www.openwall.com/lists/oss-security/2024/03/29/4',
        'https://nvd.nist.gov/vuln/detail/CVE-2024-3094',
        'https://lists.debian.org/debian-security-announce/2024/msg00057.html',
        'https://www.binarly.io/blog/persistent-risk-xz-utils-backdoor-still-lurking-in-docker-images',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 1,
    // The pattern is no text, so the gate is the library's name, or a symbol that every copy of it exports.
    wants: [
      { content: ['elf', 'archive'], paths: /liblzma/i, maxSize: 64 * 2 ** 20 },
      { content: ['elf'], needles: ['lzma_crc64', 'lzma_stream_decoder'] },
    ],
    *examine({ bytes }) {
      const { buffer, byteOffset, byteLength } = bytes;
      if (Buffer.from(buffer, byteOffset, byteLength).includes(RESOLVER)) yield 'resolver';
    },
  },
  *judge(image, seen) {
    for (const { layer, path } of seen) {
      yield { rule: RULE, layer, path, evidence: "the backdoor's resolver code" };
    }
    yield* byPackage(image);
    yield* byFileName(image);
  },
};

/** Each backdoored package once, at the layer that brought it. */
function* byPackage(image: ImageView): Generator<FindingDraft> {
  const reported = new Set<string>();
  for (const layer of image.layers.keys()) {
    for (const one of image.packagesAt(layer)) {
      if (!isOfXz(one) || !isBackdoored(one) || reported.has(one.purl)) continue;
      reported.add(one.purl);
      const path = libraryOf(one) ?? one.database;
      const { layer: bringer } = image.treeAt(layer).get(image.treeAt(layer).canonical(path)) ?? { layer };
      yield { rule: RULE, layer: bringer, path, evidence: `${one.name} ${one.version}` };
    }
  }
}

function libraryOf({ files }: PackageWithFiles): LayerPath | undefined {
  return files.find(({ path }) => LIBRARY.test(path))?.path;
}

/** A library of that version which no package brought: copied in, or its record removed. */
function* byFileName(image: ImageView): Generator<FindingDraft> {
  for (const [layer, { files }] of image.layers.entries()) {
    for (const { path, content } of files.values()) {
      if (content !== 'elf' || !LIBRARY.test(path) || image.owner(path, layer) !== undefined) continue;
      const tier = isRebuiltElsewhere(image) ? 'review' : 'block';
      yield { rule: RULE, tier, layer, path, evidence: 'liblzma of a backdoored version, of no package' };
    }
  }
}

function isRebuiltElsewhere({ distribution }: ImageView): boolean {
  if (distribution === undefined) return false;
  return [distribution.id, ...distribution.idLike].some((id) => REBUILT_ELSEWHERE.has(id));
}
