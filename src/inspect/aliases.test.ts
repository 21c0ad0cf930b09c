import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAliases } from './aliases.ts';
import type { AnyExaminer, LayerView } from './contract.ts';
import { layerOfLines } from './testing/layer-lines.ts';
import { Timeline } from './view/timeline.ts';

const cron: AnyExaminer = {
  id: 'cron',
  version: 1,
  wants: [{ paths: /^etc\/cron\.d\// }],
  examine: () => [],
};

function aliasesIn(...layers: readonly LayerView[]): { names: string[]; cut: boolean } {
  const { found, cut } = findAliases(new Timeline(layers), layers, [cron]);
  return { names: found.map(({ path, target }) => `${path} is ${target.record.path}`), cut };
}

test('aliases: a linked folder gives its files names, and links in it too', () => {
  const layer = layerOfLines(
    0,
    'etc/cron.d -> ../opt/c',
    'opt/c/a',
    'opt/c/b -> ../d/b',
    'opt/d/b',
    'opt/c/e -> ../e',
    'opt/e/f',
  );
  assert.deepEqual(aliasesIn(layer), {
    names: ['etc/cron.d/a is opt/c/a', 'etc/cron.d/b is opt/d/b', 'etc/cron.d/e/f is opt/e/f'],
    cut: false,
  });
});

test('aliases: thousands of linked packages are followed to the end', () => {
  const layers = [0, 1, 2].map((index) => layerOfLines(index, ...linkedPackages(index * 500, 500)));
  assert.deepEqual(aliasesIn(...layers), { names: [], cut: false });
});

// Fifty folders of fifty links to each other, eight deep: 50 to the 8th ways, and no file behind any.
test('aliases: links that lead to links do not multiply, and what is left out is said', () => {
  const folders = Array.from({ length: 50 }, (_, at) => at);
  const lines = folders.flatMap((from) => folders.map((to) => `f${from}/l${to} -> ../f${to}`));
  assert.deepEqual(aliasesIn(layerOfLines(0, 'etc/cron.d -> ../f0', ...lines)), { names: [], cut: true });
});

/** As pnpm lays modules out: each package a link to a store, 150 files in it. */
function linkedPackages(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `p${from + at}`).flatMap((name) => [
    `app/m/${name} -> .s/${name}`,
    ...Array.from({ length: 150 }, (_, at) => `app/m/.s/${name}/index${at}.js`),
  ]);
}
