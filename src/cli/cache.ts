import { Command } from 'commander';
import { FactsCache } from '../app/cache/facts-cache.ts';
import { parseSettings } from '../app/settings.ts';
import { print } from './output.ts';

export function cacheCommand(): Command {
  const command = new Command('cache').description('show or clean what is remembered of layers between runs');
  const act = (name: string, description: string, action: (cache: FactsCache) => Promise<string>): void => {
    command
      .command(name, { isDefault: name === 'show' })
      .description(description)
      .option('--cache-dir <folder>', 'where it is remembered')
      .option('--cache-size <size>', 'how much it may hold')
      .action(async (values: Record<string, string>) => {
        const { cacheDir, cacheSize } = parseSettings(values);
        await print(await action(new FactsCache(cacheDir, cacheSize)));
      });
  };
  act('show', 'say where it is and how full', async (cache) => {
    const { folder, entries, bytes, limit } = await cache.usage();
    return `${folder}: ${entries} entries, ${toMiB(bytes)} of ${toMiB(limit)}`;
  });
  act('prune', 'remove what was unused for longest until the size holds', async (cache) => {
    return `removed ${await cache.prune()} entries`;
  });
  act('clear', 'remove everything', async (cache) => `removed ${await cache.clear()} entries`);
  return command;
}

function toMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
