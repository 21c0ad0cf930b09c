import type { FileRecord } from '../../../../core/file.ts';
import { isExecutable } from '../../../../core/file.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';
import { placeOf } from '../places.ts';

/**
 * A file that one layer adds and a later one takes away ships with the image all the same, and everybody who pulls it
 * holds it; only tools that look at the squashed view do not see it. Honest builds do this too: an installer is copied
 * to /tmp, run, and deleted one step later. So only what no package ever owned counts, and only where such a file could
 * have run unseen: a program in a command folder or a hidden place, or directly in a temporary one.
 */
const RULE = 'binaries/vanished-executable';
const COMMANDS = /^(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/;
const DIRECTLY_TEMPORARY = /^(?:tmp|var\/tmp|dev\/shm|run|var\/run)\/[^/]+$/;

export const vanishedExecutable: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A program was added to the image and taken out of sight later',
      remedy:
        'Do both in one build step, or use a multi-stage build; and find out what the program did in between.',
      attack: ['T1070.004', 'T1564'],
      controls: ['TVM-02', 'CCC-04'],
      references: ['https://attack.mitre.org/techniques/T1070/004/'],
    },
  ],
  *judge(image) {
    for (let layer = 0; layer < image.layers.length - 1; layer++) {
      for (const record of image.layers[layer]?.files.values() ?? []) {
        const draft = judgeFile(image, layer, record);
        if (draft !== undefined) yield draft;
      }
    }
  },
};

function judgeFile(image: ImageView, layer: number, record: FileRecord): FindingDraft | undefined {
  const { path, content } = record;
  if (content !== 'elf' && (content !== 'script' || !isExecutable(record))) return undefined;
  const hidden = placeOf(path) === 'hidden';
  if (!hidden && !COMMANDS.test(path) && !DIRECTLY_TEMPORARY.test(path)) return undefined;
  const end = endOf(image, layer, record);
  if (end === undefined || image.everOwned(path)) return undefined;
  // Scripts are copied in, run and deleted in honest builds all the time, as long as they are not hidden.
  const tier = content === 'elf' || hidden ? 'review' : 'note';
  const what = content === 'elf' ? 'ELF file' : 'script';
  return { rule: RULE, tier, layer, path, evidence: `${what} of no package, ${end} by a later layer` };
}

/** How the file left the view; undefined while it, or the same content, is still there. */
function endOf(image: ImageView, layer: number, record: FileRecord): 'deleted' | 'replaced' | undefined {
  const spot = image.treeAt(layer).canonical(record.path);
  const last = image.final.get(spot);
  if (last === undefined) return 'deleted';
  if (last.layer <= layer || last.record.sha256 === record.sha256) return undefined;
  // A newer build of the same program in the same place is a development image's everyday life.
  return last.record.content === record.content ? undefined : 'replaced';
}
