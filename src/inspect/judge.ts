import { messageOf } from '../core/failure.ts';
import { type Finding, type Rule, TIERS, type Tier } from '../core/finding.ts';
import type { Image } from '../core/image.ts';
import type { Distribution, PackageWithFiles } from '../core/package.ts';
import { toPrintable } from '../core/printable.ts';
import type { LayerRef, Problem } from '../core/problem.ts';
import type { AliasObservation } from './collect-aliases.ts';
import type { AnyCataloger, AnyDetector, FindingDraft, LayerView, Place, Seen } from './contract.ts';
import { maskSecrets } from './detectors/secrets/mask.ts';
import type { LayerFacts, LayerObservation } from './facts.ts';
import { InspectedImage, type SeenBy } from './view/image-view.ts';
import { isPristine } from './view/provenance.ts';
import { Timeline } from './view/timeline.ts';

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly packages: readonly PackageWithFiles[];
  readonly distribution: Distribution | undefined;
  readonly view: InspectedImage;
}

/** An image may not fill memory with findings: one rule reports at most this many, then says how many more. */
const MAX_FINDINGS_PER_RULE = 200;
const MAX_EVIDENCE = 200;

/** What is judged: an image's layers with what was read of them. */
export interface Evidence {
  readonly image: Pick<Image, 'identity' | 'config'>;
  readonly layers: readonly LayerView[];
  readonly timeline: Timeline;
  readonly seen: SeenBy;
}

/** Puts the facts of an image's layers together. */
export function toEvidence(
  image: Pick<Image, 'identity' | 'config'>,
  read: readonly { readonly ref: LayerRef; readonly facts: LayerFacts }[],
): Evidence {
  const layers = read.map(toLayerView);
  return { image, layers, timeline: new Timeline(layers), seen: gatherSeen(read) };
}

/** Adds what files showed under the names of links to them. */
export function withAliases(evidence: Evidence, observations: readonly AliasObservation[]): Evidence {
  const seen = new Map([...evidence.seen].map(([examiner, list]) => [examiner, [...list]]));
  for (const one of observations) addSeen(seen, one, one.layer, one.target);
  return { ...evidence, seen };
}

/** Turns evidence into findings. Pure: same evidence, same judgement. */
export function judge(
  evidence: Evidence,
  detectors: readonly AnyDetector[],
  catalogers: readonly AnyCataloger[],
): Judgement {
  const { image, layers, timeline, seen } = evidence;
  const view = new InspectedImage(image, layers, timeline, catalogers, seen);
  const findings: Finding[] = [];
  const problems: Problem[] = [...view.problems, ...catalogProblems(catalogers, seen, view)];
  for (const detector of detectors) {
    const own = detector.examiner === undefined ? [] : (seen.get(detector.examiner.id) ?? []);
    const drafts = draftsOf(detector, view, own, problems);
    findings.push(...completeAll(drafts, detector.rules, view, problems));
  }
  findings.sort(bySeverityThenPlace);
  return { findings, problems, packages: view.packages, distribution: view.distribution, view };
}

/** Of every layer's databases: one that is damaged may have hidden what a file belongs to. */
function catalogProblems(catalogers: readonly AnyCataloger[], seen: SeenBy, view: InspectedImage): Problem[] {
  return catalogers.flatMap((cataloger) =>
    [...(cataloger.problems?.(seen.get(cataloger.id) ?? []) ?? [])].map(
      ({ layer, path, message, code = 'MALFORMED_DATABASE' }) => {
        const ref = view.layers[layer]?.ref;
        return {
          code,
          message,
          effect: 'incomplete' as const,
          path,
          ...(ref !== undefined && { layer: ref }),
        };
      },
    ),
  );
}

function gatherSeen(layers: readonly { readonly facts: LayerFacts }[]): SeenBy {
  const seen = new Map<string, Seen<unknown>[]>();
  for (const [layer, { facts }] of layers.entries()) {
    for (const one of facts.observations) addSeen(seen, one, layer);
  }
  return seen;
}

function addSeen(
  seen: Map<string, Seen<unknown>[]>,
  { examiner, path, observation }: LayerObservation,
  layer: number,
  target?: Place,
): void {
  const list = seen.get(examiner);
  const one = { layer, path, observation, ...(target !== undefined && { target }) };
  if (list === undefined) seen.set(examiner, [one]);
  else list.push(one);
}

function toLayerView({ ref, facts }: { readonly ref: LayerRef; readonly facts: LayerFacts }): LayerView {
  const files = new Map(facts.files.map((file) => [file.path, file]));
  return { ref, files, whiteouts: facts.whiteouts, oddities: facts.oddities };
}

function draftsOf(
  detector: AnyDetector,
  view: InspectedImage,
  seen: readonly Seen<unknown>[],
  problems: Problem[],
): FindingDraft[] {
  try {
    return [...detector.judge(view, seen)];
  } catch (error) {
    const message = `detector ${detector.id} failed: ${messageOf(error)}`;
    problems.push({ code: 'DETECTOR_FAILED', message, effect: 'incomplete' });
    return [];
  }
}

function completeAll(
  drafts: readonly FindingDraft[],
  rules: readonly Rule[],
  view: InspectedImage,
  problems: Problem[],
): Finding[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const counts = new Map<string, number>();
  const unique = new Map<string, Finding>();
  const graded = drafts.flatMap((draft) => {
    const rule = byId.get(draft.rule);
    if (rule === undefined) throw new Error(`no rule ${draft.rule} in its detector`);
    const tier = tierOf(draft, rule, view);
    return tier === undefined ? [] : [{ draft, rule, tier }];
  });
  // The gravest first: the mild ones are what the bound on findings cuts.
  for (const { draft, rule, tier } of graded.sort((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier))) {
    const finding = complete(draft, { ...rule, tier }, view);
    const key = JSON.stringify([finding.rule, finding.tier, finding.location, finding.evidence]);
    if (unique.has(key)) continue;
    const count = (counts.get(rule.id) ?? 0) + 1;
    counts.set(rule.id, count);
    if (count <= MAX_FINDINGS_PER_RULE) unique.set(key, finding);
  }
  for (const [rule, count] of counts) {
    if (count <= MAX_FINDINGS_PER_RULE) continue;
    const message = `${rule} matched ${count} times; the gravest ${MAX_FINDINGS_PER_RULE} are reported`;
    problems.push({ code: 'LIMIT_FINDINGS', message, effect: 'notice' });
  }
  return [...unique.values()];
}

/** Undefined when nothing is left of the finding. */
function tierOf(
  { tier, layer, path, yieldsToPackages }: FindingDraft,
  rule: Rule,
  view: InspectedImage,
): Tier | undefined {
  const own = tier ?? rule.tier;
  if (yieldsToPackages !== true || layer === undefined || path === undefined) return own;
  if (!isPristine(view, layer, path)) return own;
  return own === 'block' ? 'review' : undefined;
}

function complete(draft: FindingDraft, { id, ...rule }: Rule, view: InspectedImage): Finding {
  const { layer, path, line, offset, config } = draft;
  const ref = layer === undefined ? undefined : view.layers[layer]?.ref;
  const hiddenBy =
    layer === undefined || path === undefined ? undefined : view.timeline.hiddenBy(path, layer);
  const hider = hiddenBy === undefined ? undefined : view.layers[hiddenBy.layer]?.ref;
  return {
    rule: id,
    ...rule,
    location: {
      ...(ref !== undefined && { layer: ref }),
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
      ...(offset !== undefined && { offset }),
      ...(config !== undefined && { config }),
      ...(hiddenBy !== undefined && hider !== undefined && { hidden: { by: hiddenBy.by, layer: hider } }),
    },
    evidence: toPrintable(maskSecrets(draft.evidence), MAX_EVIDENCE),
  };
}

/** The gravest first, then by rule and place. */
export function bySeverityThenPlace(a: Finding, b: Finding): number {
  return (
    TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) ||
    compare(a.rule, b.rule) ||
    (a.location.layer?.index ?? -1) - (b.location.layer?.index ?? -1) ||
    compare(a.location.path ?? '', b.location.path ?? '') ||
    (a.location.offset ?? a.location.line ?? 0) - (b.location.offset ?? b.location.line ?? 0)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
