import { Command } from 'commander';
import { diffLocations } from '../app/diff/index.ts';
import { Failure } from '../core/failure.ts';
import { renderDiff } from '../report/diff/index.ts';
import { exitCodeOf, type SetExitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { showProgress } from './progress.ts';
import { addSettings, readSettings } from './settings-options.ts';
import { terminalOf } from './terminal.ts';

const FORMATS = ['terminal', 'json'];

export function diffCommand(setExitCode: SetExitCode): Command {
  const command = new Command('diff')
    .description(
      'say what the newer of two images adds, removes and changes; the exit code is for the newer one',
    )
    .argument('<before>', 'location of the older image')
    .argument('<after>', 'location of the newer image')
    .option('-f, --format <format>', FORMATS.join(' or '), 'terminal')
    .option('--quiet', 'no progress bar');
  return addSettings(command).action(
    async (before: string, after: string, values: Record<string, unknown>) => {
      if (!FORMATS.includes(String(values.format))) {
        throw new Failure(
          'USAGE',
          `there is no format ${values.format}; the formats are ${FORMATS.join(', ')}`,
        );
      }
      const settings = readSettings(values);
      const { signal, release } = interruptible();
      const progress = showProgress(values.quiet !== true);
      try {
        const diff = await diffLocations(before, after, settings, { signal, onProgress: progress.update });
        progress.finish();
        await print(
          values.format === 'json' ? JSON.stringify(diff) : renderDiff(diff, terminalOf(process.stdout)),
        );
        setExitCode(exitCodeOf([diff.decision.outcome]));
      } finally {
        progress.finish();
        release();
      }
    },
  );
}
