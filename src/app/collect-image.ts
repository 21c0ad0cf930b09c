import { Failure } from '../core/failure.ts';
import type { Image, LayerSource } from '../core/image.ts';
import type { Limits } from '../core/limits.ts';
import type { LayerRef, Problem } from '../core/problem.ts';
import { type Alias, findAliases } from '../inspect/aliases.ts';
import { collectFacts } from '../inspect/collect.ts';
import { type AliasFacts, collectAliases } from '../inspect/collect-aliases.ts';
import { maskSecrets } from '../inspect/detectors/secrets/mask.ts';
import { examinersFor } from '../inspect/examiners.ts';
import type { LayerFacts } from '../inspect/facts.ts';
import { type Evidence, toEvidence, withAliases } from '../inspect/judge.ts';
import type { Run } from './run.ts';

/** Layers of one image read at the same time. */
const PARALLEL_LAYERS = 4;

/** One layer's facts, and whether they were read now or remembered. */
export interface CollectedLayer {
  readonly ref: LayerRef;
  readonly size: number | undefined;
  readonly facts: LayerFacts;
  readonly cached: boolean;
}

/** Everything read of one image. */
export interface CollectedImage {
  readonly layers: readonly CollectedLayer[];
  /** One for each of the image's trees, in order; a container image has one. */
  readonly evidence: readonly Evidence[];
  readonly problems: readonly Problem[];
}

/** Reads what was not read before: the layers, then what links in one layer name in another. */
export async function collectImage(image: Image, run: Run): Promise<CollectedImage> {
  const complaints: Problem[] = [];
  const layers = await inParallel([...image.layers.values()], run, (layer, signal) =>
    collectLayer(layer, { ...run, hooks: { ...run.hooks, signal } }, complaints),
  );
  const trees = treesOf(image);
  const gathered = [];
  for (const tree of trees) gathered.push(await collectTree(tree, image, layers, run));
  return {
    layers,
    evidence: gathered.map(({ evidence }) => evidence),
    problems: [
      ...once([
        ...layers.flatMap(({ ref, facts: { problems } }) =>
          problems.map((problem) => ({ ...problem, layer: ref })),
        ),
        ...gathered.flatMap(({ problems }) => problems),
      ]),
      ...(gathered.some(({ cut }) => cut) ? [TOO_MANY_LINKS] : []),
      ...tooManyFiles(layers, run.limits),
      ...complaints,
    ],
  };
}

/** Indexes of the layers of each tree; an image without layers has one empty tree. */
function treesOf({ layers }: Image): number[][] {
  const trees = Map.groupBy(layers.keys(), (index) => layers[index]?.tree ?? 0);
  return trees.size === 0 ? [[]] : [...trees.entries()].sort(([a], [b]) => a - b).map(([, tree]) => tree);
}

interface CollectedTree {
  readonly evidence: Evidence;
  readonly problems: readonly Problem[];
  readonly cut: boolean;
}

/** Puts the layers of one tree together, and reads again what links in one of them name in another. */
async function collectTree(
  tree: readonly number[],
  image: Image,
  all: readonly CollectedLayer[],
  run: Run,
): Promise<CollectedTree> {
  const sources = tree.map((index) => image.layers[index] as LayerSource);
  const layers = tree.map((index) => all[index] as CollectedLayer);
  const evidence = toEvidence(image, layers);
  const aliases = findAliases(evidence.timeline, evidence.layers, examinersFor(run.scope));
  const groups = [...Map.groupBy(aliases.found, ({ target }) => target.layer)];
  const facts = await inParallel(groups, run, ([layer, group], signal) =>
    aliasFacts(sources[layer] as LayerSource, layers[layer]?.cached === true, group, {
      ...run,
      hooks: { ...run.hooks, signal },
    }),
  );
  return {
    evidence: withAliases(
      evidence,
      facts.flatMap(({ observations }) => observations),
    ),
    problems: facts.flatMap(({ problems }, at) => {
      const ref = layers[groups[at]?.[0] ?? -1]?.ref;
      return ref === undefined ? problems : problems.map((problem) => ({ ...problem, layer: ref }));
    }),
    cut: aliases.cut,
  };
}

const TOO_MANY_LINKS: Problem = {
  code: 'LIMIT_FILES',
  message: 'more links give files a second name than are followed; some names were not looked at',
  effect: 'incomplete',
};

/** What was wrong with a layer at the first reading is wrong with it at the second. */
function once(problems: readonly Problem[]): Problem[] {
  const keyed = problems.map((problem) => [JSON.stringify(problem), problem] as const);
  return [...new Map(keyed).values()];
}

/** Reading counts the entries of the layers that it reads; those of remembered ones are counted here. */
function tooManyFiles(layers: readonly CollectedLayer[], { files }: Limits): Problem[] {
  const count = layers.reduce((sum, { facts }) => sum + facts.files.length, 0);
  if (count <= files) return [];
  const message = `the layers have ${count} entries together, more than the ${files} that are read`;
  return [{ code: 'LIMIT_FILES', message, effect: 'incomplete' }];
}

async function collectLayer(layer: LayerSource, run: Run, complaints: Problem[]): Promise<CollectedLayer> {
  const { pool, limits, scope, cache, examiners, hooks } = run;
  const { size } = layer;
  const ref = toShown(layer.ref);
  const say = (bytes: number, done: boolean, cached: boolean): void =>
    hooks.onProgress({ kind: 'layer', index: ref.index, bytes, done, cached });
  const known = layer.cacheable ? await cache?.load(layer, examiners) : undefined;
  if (known !== undefined) {
    say(size ?? known.bytes, true, true);
    return { ref, size, facts: known, cached: true };
  }
  const onBytes = (bytes: number): void => say(bytes, false, false);
  const facts = await collectFacts(layer, { pool, limits, scope, signal: hooks.signal, onBytes });
  const complaint = await cache?.save(layer, facts, examiners);
  if (complaint !== undefined) {
    complaints.push({ code: 'CACHE_UNUSABLE', message: complaint, effect: 'notice', layer: ref });
  }
  say(facts.bytes, true, false);
  return { ref, size, facts, cached: false };
}

/** Every finding and problem quotes the instruction that made its layer. */
function toShown(ref: LayerRef): LayerRef {
  return ref.instruction === undefined ? ref : { ...ref, instruction: maskSecrets(ref.instruction) };
}

/** Remembered only together with the layer: a layer that had to be read again may not be what it was. */
async function aliasFacts(
  layer: LayerSource,
  cached: boolean,
  aliases: readonly Alias[],
  run: Run,
): Promise<AliasFacts> {
  const { pool, limits, scope, cache, examiners, hooks } = run;
  const key = JSON.stringify([
    examiners,
    aliases.map(({ path, layer: at, target }) => [path, at, target.record.path]),
  ]);
  const known = cached ? await cache?.loadAliases(layer, key) : undefined;
  if (known !== undefined) return known;
  const facts = await collectAliases(layer, aliases, { pool, limits, scope, signal: hooks.signal });
  await cache?.saveAliases(layer, facts, key);
  return facts;
}

/** Works on a few items at once, in order. The first failure stops the others, and is thrown once all have stopped. */
async function inParallel<T, R>(
  items: readonly T[],
  { hooks }: Run,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([hooks.signal, stop.signal]);
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (signal.aborted) throw new Failure('CANCELLED', 'the inspection was cancelled');
      results[index] = await work(item, signal);
    }
  };
  const failures: unknown[] = [];
  const lanes = Array.from({ length: Math.min(PARALLEL_LAYERS, items.length) }, async () => {
    try {
      await lane();
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
  });
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
  return results;
}
