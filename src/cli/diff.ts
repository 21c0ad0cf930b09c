import { Command } from 'commander';
import { settingsSchema } from '../app/settings.ts';
import type { ImageDiff } from '../core/diff.ts';
import { exitCodeOf, type SetExitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { collect, type Output, parseOutputs, print, writeWhole } from './output.ts';
import { showProgress } from './progress.ts';
import { addSettings, readSettings } from './settings-options.ts';
import { terminalOf } from './terminal.ts';

export function diffCommand(setExitCode: SetExitCode): Command {
  const command = new Command('diff')
    .description(
      'say what the newer of two images adds, removes and changes; the exit code is for the newer one',
    )
    .argument('<before>', 'location of the older image')
    .argument('<after>', 'location of the newer image')
    .option('-f, --format <json[=file]>', 'as JSON; with =file into a file', collect)
    .option('--quiet', 'no progress bar');
  return addSettings(command, settingsSchema, ['allPlatforms']).action(
    async (before: string, after: string, values: Record<string, unknown>) => {
      const outputs = parseOutputs((values.format as string[] | undefined) ?? [], ['json']);
      const settings = readSettings(settingsSchema, values);
      const { signal, release } = interruptible();
      const progress = showProgress(values.quiet !== true);
      try {
        const { diffLocations } = await import('../app/diff/index.ts');
        const diff = await diffLocations(before, after, settings, { signal, onProgress: progress.update });
        progress.finish();
        await say(diff, outputs);
        setExitCode(exitCodeOf([diff.decision.outcome]));
      } finally {
        progress.finish();
        release();
      }
    },
  );
}

async function say(diff: ImageDiff, outputs: readonly Output[]): Promise<void> {
  for (const { file } of outputs) {
    const text = `${JSON.stringify(diff, null, 2)}\n`;
    await (file === undefined ? print(text) : writeWhole(file, text));
  }
  if (outputs.some(({ file }) => file === undefined)) return;
  const { renderDiff } = await import('../report/diff/index.ts');
  await print(renderDiff(diff, terminalOf(process.stdout)));
}
