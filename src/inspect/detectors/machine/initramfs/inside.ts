import { hash } from 'node:crypto';
import type { FileRecord } from '../../../../core/file.ts';
import type { Tier } from '../../../../core/finding.ts';
import { toLayerPath } from '../../../../core/layer-path.ts';
import type { LayerRef } from '../../../../core/problem.ts';
import { classify } from '../../../content/classify.ts';
import type { AnyDetector, FindingDraft, ImageView } from '../../../contract.ts';
import { type Observation, toExamination } from '../../../examine.ts';
import { InspectedImage } from '../../../view/image-view.ts';
import { Timeline } from '../../../view/timeline.ts';
import { kernelThreadName } from '../../binaries/kernel-thread-name/index.ts';
import { knownBad } from '../../binaries/known-bad/index.ts';
import { miner } from '../../binaries/miner/index.ts';
import { packed } from '../../binaries/packed/index.ts';
import { processHider } from '../../binaries/process-hider/index.ts';
import { xzBackdoor } from '../../binaries/xz-backdoor/index.ts';
import { chatExfiltration } from '../../network/chat-exfiltration/index.ts';
import { hiddenServices } from '../../network/hidden-services/index.ts';
import { miningPool } from '../../network/mining-pool/index.ts';
import { coverUp } from '../../scripts/cover-up/index.ts';
import { credentialTheft } from '../../scripts/credential-theft/index.ts';
import { defenseDisabling } from '../../scripts/defense-disabling/index.ts';
import { massScanner } from '../../scripts/mass-scanner/index.ts';
import { reverseShell } from '../../scripts/reverse-shell/index.ts';
import { rivalKiller } from '../../scripts/rival-killer/index.ts';
import type { Member } from './members.ts';

/*
 * An initramfs is a small system: its files are put to the detectors that find what is bad wherever it lies, and judged by them as an image
 * of one layer that no package owns. What rests on places in a running system (cron, units, accounts) stays out.
 */

const DETECTORS: readonly AnyDetector[] = [
  knownBad,
  kernelThreadName,
  miner,
  packed,
  processHider,
  xzBackdoor,
  chatExfiltration,
  hiddenServices,
  miningPool,
  coverUp,
  credentialTheft,
  defenseDisabling,
  massScanner,
  reverseShell,
  rivalKiller,
];

/** What was seen in one member, JSON-safe. */
export interface SeenInside {
  readonly kind: 'seen';
  readonly file: string;
  readonly examiner: string;
  readonly observation: unknown;
}

let examination: ReturnType<typeof toExamination> | undefined;

/** A member as a file of an image. */
export function toRecord({
  path,
  mode,
  content,
}: Member): FileRecord & Required<Pick<FileRecord, 'content'>> {
  const base = { path, kind: 'file', mode, uid: 0, gid: 0, size: content.length, mtime: 0 } as const;
  return { ...base, sha256: hash('sha256', content, 'hex'), content: classify(content) };
}

/** Puts one member to the detectors. */
export function* examineMember(
  record: ReturnType<typeof toRecord>,
  bytes: Buffer,
  cut: (what: string) => void,
): Generator<SeenInside> {
  examination ??= toExamination(DETECTORS.flatMap(({ examiner }) => examiner ?? []));
  const { observations, problems } = examination({ record, bytes, base: 0, whole: true });
  for (const { message } of problems) cut(`${record.path} in it: ${message}`);
  yield* observations.map(({ examiner, observation }: Observation) => ({
    kind: 'seen' as const,
    file: record.path,
    examiner,
    observation,
  }));
}

/** What the detectors find in the initramfs that holds `files`: drafts with paths inside it. */
export function* judgeInside(
  { identity, config }: ImageView,
  ref: LayerRef,
  files: readonly FileRecord[],
  seen: readonly SeenInside[],
): Generator<FindingDraft & { readonly tier: Tier }> {
  const layers = [
    { ref, files: new Map(files.map((file) => [file.path, file])), whiteouts: [], oddities: [] },
  ];
  // Its commands are the machine's, and judged there.
  const silent = { ...config, entrypoint: [], cmd: [], env: [], healthcheck: [], onBuild: [], history: [] };
  const inner = new InspectedImage({ identity, config: silent }, layers, new Timeline(layers), [], new Map());
  for (const detector of DETECTORS) {
    const own = seen
      .filter(({ examiner }) => examiner === detector.examiner?.id)
      .map(({ file, observation }) => ({ layer: 0, path: toLayerPath(file), observation }));
    for (const draft of detector.judge(inner, own)) {
      const tier = draft.tier ?? detector.rules.find(({ id }) => id === draft.rule)?.tier ?? 'review';
      yield { ...draft, tier };
    }
  }
}
