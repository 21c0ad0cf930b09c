import { type Decision, decide } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import type { Image, LayerSource } from '../core/image.ts';
import type { Limits } from '../core/limits.ts';
import type { LayerRef, Problem } from '../core/problem.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../core/report.ts';
import { DETECTORS } from '../inspect/all.ts';
import { collectFacts } from '../inspect/collect.ts';
import type { ImageView } from '../inspect/contract.ts';
import { examinersFingerprint } from '../inspect/examiners.ts';
import type { LayerFacts } from '../inspect/facts.ts';
import { CATALOGERS } from '../inspect/inventory/all.ts';
import { type Judgement, judge } from '../inspect/judge.ts';
import type { Scope } from '../inspect/pool/messages.ts';
import { WorkerPool } from '../inspect/pool/pool.ts';
import { open } from '../read/open.ts';
import { FactsCache } from './cache/facts-cache.ts';
import { toLimits, toOpenOptions } from './open-options.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** How far an inspection is; emitted often, so keep the listener cheap. */
export type Progress =
  | { readonly kind: 'opened'; readonly location: string; readonly layers: readonly (number | undefined)[] }
  | {
      readonly kind: 'layer';
      readonly index: number;
      readonly bytes: number;
      readonly done: boolean;
      readonly cached: boolean;
    };

export interface InspectHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Layers of one image read at the same time. */
const PARALLEL_LAYERS = 4;

/** One layer's facts, and whether they were read now or remembered. */
interface CollectedLayer {
  readonly ref: LayerRef;
  readonly size: number | undefined;
  readonly facts: LayerFacts;
  readonly cached: boolean;
  readonly complaint: string | undefined;
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
  return (await inspectWhole(location, settings, hooks)).map(({ report }) => report);
}

/** A report with the view of the image it was made from. */
export interface Inspection {
  readonly report: Report;
  readonly view: ImageView;
}

/** As `inspectLocation`, for those that look at more than the report says. */
export async function inspectWhole(
  location: string,
  settings: Settings,
  hooks: InspectHooks,
): Promise<Inspection[]> {
  const start = performance.now();
  const limits = toLimits(settings);
  const images = await open(location, toOpenOptions(settings, limits, hooks.signal));
  const opened = performance.now() - start;
  const scope: Scope = settings.packagesOnly ? 'packages' : 'all';
  const pool = new WorkerPool({ scope }, settings.jobs);
  try {
    const inspections: Inspection[] = [];
    for (const image of images) {
      inspections.push(await inspectImage(image, { settings, limits, scope, pool, hooks, opened }));
    }
    return inspections;
  } finally {
    await pool.close();
    await Promise.all(images.map((image) => image.close()));
  }
}

interface Run {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly scope: Scope;
  readonly pool: WorkerPool;
  readonly hooks: InspectHooks;
  /** Milliseconds that opening took. */
  readonly opened: number;
}

async function inspectImage(image: Image, run: Run): Promise<Inspection> {
  const start = performance.now();
  run.hooks.onProgress({
    kind: 'opened',
    location: image.identity.location,
    layers: image.layers.map((layer) => layer.size),
  });
  const layers = await collectLayers(image.layers, run);
  const read = performance.now() - start;
  const judgement = judge(image, layers, run.scope === 'all' ? DETECTORS : [], CATALOGERS);
  const judged = performance.now() - start - read;
  const problems = [...image.problems, ...layers.flatMap(problemsOf), ...judgement.problems];
  const report = toReport(image, layers, judgement, problems, {
    decision: decisionFor(judgement, problems, run.scope),
    timings: { total: run.opened + read + judged, open: run.opened, read, judge: judged },
  });
  return { report, view: judgement.view };
}

async function collectLayers(layers: readonly LayerSource[], run: Run): Promise<CollectedLayer[]> {
  const cache = run.settings.cache
    ? new FactsCache(run.settings.cacheDir, run.settings.cacheSize)
    : undefined;
  const examiners = examinersFingerprint(run.scope);
  const collected: CollectedLayer[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([run.hooks.signal, stop.signal]);
  const queue = [...layers.entries()];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      collected[next[0]] = await collectLayer(next[1], { ...run, cache, examiners, signal });
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL_LAYERS }, lane));
  } finally {
    stop.abort();
  }
  return collected;
}

interface LayerRun extends Run {
  readonly cache: FactsCache | undefined;
  readonly examiners: string;
  readonly signal: AbortSignal;
}

async function collectLayer(layer: LayerSource, run: LayerRun): Promise<CollectedLayer> {
  if (run.signal.aborted) throw new Failure('CANCELLED', 'the inspection was cancelled');
  const { ref, size } = layer;
  const report = (bytes: number, done: boolean, cached: boolean): void =>
    run.hooks.onProgress({ kind: 'layer', index: ref.index, bytes, done, cached });
  const known = layer.cacheable ? await run.cache?.load(layer, run.examiners) : undefined;
  if (known !== undefined) {
    report(size ?? known.bytes, true, true);
    return { ref, size, facts: known, cached: true, complaint: undefined };
  }
  const { pool, limits, scope, signal } = run;
  const onBytes = (bytes: number): void => report(bytes, false, false);
  const facts = await collectFacts(layer, { pool, limits, scope, signal, onBytes });
  const complaint = await run.cache?.save(layer, facts, run.examiners);
  report(facts.bytes, true, false);
  return { ref, size, facts, cached: false, complaint };
}

function problemsOf({ ref, facts, complaint }: CollectedLayer): Problem[] {
  const found = facts.problems.map((problem) => ({ ...problem, layer: ref }));
  if (complaint === undefined) return found;
  return [...found, { code: 'CACHE_UNUSABLE', message: complaint, effect: 'notice', layer: ref }];
}

/** Where only packages were read, nothing speaks for the image: that is not an allow. */
function decisionFor({ findings }: Judgement, problems: readonly Problem[], scope: Scope): Decision {
  const decision = decide(findings, problems);
  if (scope === 'all' || decision.outcome !== 'allow') return decision;
  return { outcome: 'undetermined', reasons: ['only packages were read'] };
}

function toReport(
  image: Image,
  layers: readonly CollectedLayer[],
  { packages, distribution, findings, view }: Judgement,
  problems: readonly Problem[],
  rest: Pick<Report, 'decision' | 'timings'>,
): Report {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'pratique', version: VERSION },
    createdAt: new Date().toISOString(),
    image: {
      ...image.identity,
      ...(distribution !== undefined && { distribution }),
      config: image.config,
      layers: layers.map(({ ref, size, facts, cached }) => ({
        ...ref,
        ...(size !== undefined && { size }),
        files: facts.files.length,
        cached,
      })),
      files: layers.length === 0 ? 0 : view.final.size,
    },
    packages: packages.map(({ files: _, ...rest_ }) => rest_),
    findings,
    problems,
    ...rest,
  };
}
