import { Argument, Command } from 'commander';
import type { CacheParts } from '../app/cache/parts.ts';
import { settingsSchema } from '../app/settings.ts';
import { print } from './output.ts';
import { readSettings } from './settings-options.ts';

type Act = (parts: CacheParts, folder: string) => Promise<string[]>;

const ACTS: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['show', show],
  ['prune', (parts) => remove(parts, 'prune')],
  ['clear', (parts) => remove(parts, 'clear')],
]);

export function cacheCommand(): Command {
  return new Command('cache')
    .description(
      'show or clean what is remembered between runs: layer facts, attachments of images, trust roots',
    )
    .addArgument(
      new Argument(
        '[action]',
        'show: where it is and how full; prune: remove what was unused for longest until the sizes hold; clear: remove everything',
      )
        .choices([...ACTS.keys()])
        .default('show'),
    )
    .option('--cache-dir <folder>', 'where it is remembered')
    .option('--cache-size <size>', 'how much the layer facts may have; the rest has limits of its own')
    .action(async (action: string, values: Record<string, string>) => {
      const { cacheDir, cacheSize } = readSettings(settingsSchema, values);
      const { cacheParts } = await import('../app/cache/parts.ts');
      const lines = await ACTS.get(action)?.(cacheParts(cacheDir, cacheSize), cacheDir);
      if (lines !== undefined) await print(lines.join('\n'));
    });
}

async function show(parts: CacheParts, folder: string): Promise<string[]> {
  const lines = [folder];
  const sum = { entries: 0, bytes: 0 };
  for (const [name, part] of parts) {
    const { entries, bytes, limit } = await part.usage();
    const most = Number.isFinite(limit) ? ` of ${toMiB(limit)}` : '';
    lines.push(`${name}: ${toCount(entries)}, ${toMiB(bytes)}${most}`);
    sum.entries += entries;
    sum.bytes += bytes;
  }
  return [...lines, `together: ${toCount(sum.entries)}, ${toMiB(sum.bytes)}`];
}

async function remove(parts: CacheParts, how: 'prune' | 'clear'): Promise<string[]> {
  const lines: string[] = [];
  let sum = 0;
  for (const [name, part] of parts) {
    const removed = await part[how]();
    lines.push(`${name}: removed ${toCount(removed)}`);
    sum += removed;
  }
  return [...lines, `together: removed ${toCount(sum)}`];
}

function toCount(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}

function toMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
