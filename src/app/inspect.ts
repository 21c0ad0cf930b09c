import { type Decision, decide } from '../core/decision.ts';
import type { Image } from '../core/image.ts';
import type { Naming } from '../core/naming.ts';
import type { Problem } from '../core/problem.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../core/report.ts';
import type { ImageView } from '../inspect/contract.ts';
import { namesOf } from '../inspect/detectors/names/imitation/image-names.ts';
import { maskConfig } from '../inspect/detectors/secrets/mask.ts';
import { examinersFingerprint } from '../inspect/examiners.ts';
import { CATALOGERS } from '../inspect/inventory/all.ts';
import { judge } from '../inspect/judge.ts';
import { type MergedJudgement as Merged, mergeJudgements } from '../inspect/merge-judgements.ts';
import { judgeName } from '../inspect/names/judge.ts';
import type { Scope } from '../inspect/pool/messages.ts';
import { WorkerPool } from '../inspect/pool/pool.ts';
import { readRules } from '../inspect/yara/rule-source.ts';
import { open } from '../read/open.ts';
import { FactsCache } from './cache/facts-cache.ts';
import { type CollectedLayer, collectImage } from './collect-image.ts';
import { detectorsFor, detectorsWith, nameBookFor } from './detectors.ts';
import { toLimits, toOpenOptions } from './open-options.ts';
import type { InspectHooks, Run } from './run.ts';
import type { Settings } from './settings.ts';
import { vouchForImage } from './verify/inspected.ts';
import type { Trust } from './verify/trust.ts';
import { VERSION } from './version.ts';

/** A report with the view of the image it was made from. */
export interface Inspection {
  readonly report: Report;
  /** One for each of the image's trees; a container image has one. */
  readonly views: readonly ImageView[];
}

/**
 * Inspects what a location names: one report for each platform asked for.
 * @throws Failure as `open` does, RULES_INVALID, CANCELLED, INTERNAL
 */
export async function inspectLocation(
  location: string,
  settings: Settings,
  hooks: InspectHooks,
): Promise<Report[]> {
  return withRun(settings, hooks, async (run) => {
    return (await inspectWith(run, location, settings)).map(({ report }) => report);
  });
}

/**
 * Prepares what the inspections of one process share: workers, compiled rules, cache.
 * @throws Failure RULES_INVALID, and what `work` throws
 */
export async function withRun<T>(
  settings: Settings,
  hooks: InspectHooks,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const limits = toLimits(settings);
  const scope: Scope = settings.packagesOnly ? 'packages' : 'all';
  const rules = readRules(settings.rules);
  const book = await nameBookFor(settings.names);
  const detectors = scope === 'all' ? detectorsFor(settings, book) : [];
  const pool = new WorkerPool({ scope, rules }, settings.jobs);
  const trust = scope === 'packages' ? undefined : await trustFor(settings);
  const cache = settings.cache ? new FactsCache(settings.cacheDir, settings.cacheSize) : undefined;
  const examiners = examinersFingerprint(scope, rules, limits);
  try {
    if (rules.user.length > 0) pool.warmUp();
    const result = await work({ limits, scope, detectors, pool, cache, trust, book, hooks, examiners });
    if (rules.user.length > 0) await pool.ready(hooks.signal);
    return result;
  } finally {
    await pool.close();
  }
}

/** What verifying takes is loaded where a trust file asks for it: it takes as long as a remembered image to inspect. */
async function trustFor(settings: Settings): Promise<Trust | undefined> {
  if (settings.trust === undefined) return undefined;
  const { loadTrust } = await import('./verify/trust.ts');
  return loadTrust(settings);
}

/** As `inspectLocation`, for those that look at more than the report says, or at several locations. */
export async function inspectWith(run: Run, location: string, settings: Settings): Promise<Inspection[]> {
  const start = performance.now();
  const images = await open(location, toOpenOptions(settings, run.limits, run.hooks.signal));
  const opened = performance.now() - start;
  try {
    const inspections: Inspection[] = [];
    for (const image of images) inspections.push(await inspectImage(image, run, opened));
    return inspections;
  } finally {
    await Promise.all(images.map((image) => image.close()));
  }
}

/** @param opened milliseconds that opening took */
async function inspectImage(image: Image, run: Run, opened: number): Promise<Inspection> {
  const start = performance.now();
  const sizes = image.layers.map((layer) => layer.size);
  const cost = image.problems.find(({ code }) => code === 'CLOUD_COST')?.message;
  run.hooks.onProgress({
    kind: 'opened',
    location: image.identity.location,
    layers: sizes,
    ...(cost !== undefined && { cost }),
  });
  const [{ layers, evidence, problems: unread }, vouched] = await Promise.all([
    collectImage(image, run),
    vouchForImage(image, run.trust, run.hooks.signal),
  ]);
  const read = performance.now() - start;
  const detectors = detectorsWith(run.detectors, vouched.vouching);
  const trees = evidence.map((tree) => judge(tree, detectors, CATALOGERS));
  const judgement = mergeJudgements(trees);
  const judged = performance.now() - start - read;
  const naming = run.scope === 'all' ? nameImage(image, run) : { names: [], problems: [] };
  const problems = [
    ...image.problems,
    ...(image.spent?.() ?? []),
    ...unread,
    ...judgement.problems,
    ...naming.problems,
    ...vouched.problems,
  ];
  const report = toReport(image, layers, judgement, problems, {
    names: naming.names,
    vouching: vouched.vouching,
    decision: decisionFor(judgement, problems, run.scope),
    timings: { total: opened + read + judged, open: opened, read, judge: judged },
  });
  return { report, views: judgement.views };
}

/** What is known of each name of the image. */
function nameImage({ identity }: Image, { book }: Run): { names: Naming[]; problems: readonly Problem[] } {
  const { names, problems } = namesOf(identity);
  return { names: names.map((name) => judgeName(name, book())), problems };
}

/** Where only packages were read, nothing speaks for the image: that is not an allow. */
function decisionFor({ findings }: Merged, problems: readonly Problem[], scope: Scope): Decision {
  const decision = decide(findings, problems);
  if (scope === 'all' || decision.outcome !== 'allow') return decision;
  return { outcome: 'undetermined', reasons: ['only packages were read'] };
}

function toReport(
  image: Image,
  layers: readonly CollectedLayer[],
  { packages, distribution, findings, views }: Merged,
  problems: readonly Problem[],
  rest: Pick<Report, 'names' | 'vouching' | 'decision' | 'timings'>,
): Report {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'pratique', version: VERSION },
    createdAt: new Date().toISOString(),
    image: {
      ...image.identity,
      ...(distribution !== undefined && { distribution }),
      config: maskConfig(image.config),
      layers: layers.map(({ ref, size, facts, cached }) => ({
        ...ref,
        ...(size !== undefined && { size }),
        files: facts.files.length,
        cached,
      })),
      files: layers.length === 0 ? 0 : views.reduce((sum, view) => sum + view.final.size, 0),
    },
    packages: packages.map(({ files: _, ...fields }) => fields),
    findings,
    problems,
    ...rest,
  };
}
