import { Command } from 'commander';
import { settingsSchema } from '../app/settings.ts';
import type { Report } from '../core/report.ts';
import { FORMATS } from '../report/all.ts';
import { exitCodeOf, type SetExitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { collect, type Output, parseOutputs, print, writeWhole } from './output.ts';
import { showProgress } from './progress.ts';
import { addSettings, readSettings } from './settings-options.ts';
import { terminalOf } from './terminal.ts';

const formatNames = FORMATS.map(({ name }) => name);

export function inspectCommand(setExitCode: SetExitCode): Command {
  const command = new Command('inspect')
    .description('say what an image holds, and what is malicious or suspicious in it')
    .argument(
      '<location>',
      'registry reference, oci:DIR, archive, docker:NAME, podman:NAME, root file system, disk, aws:AMI, gcp:IMAGE, azure:ID, URL',
    )
    .option(
      '-f, --format <format[=file]>',
      `${formatNames.join(', ')}; with =file into a file; repeatable`,
      collect,
    )
    .option('--verbose', 'show every finding, and the notes in full')
    .option('--quiet', 'no progress bar, and no word before on what reading costs');
  return addSettings(command, settingsSchema).action(
    async (location: string, values: Record<string, unknown>) => {
      const outputs = parseOutputs((values.format as string[] | undefined) ?? [], formatNames);
      const settings = readSettings(settingsSchema, values);
      const { signal, release } = interruptible();
      const progress = showProgress(values.quiet !== true);
      // What a command needs is loaded when it runs: `verify` does not wait for what `inspect` needs.
      const { inspectLocation } = await import('../app/inspect.ts');
      try {
        const reports = await inspectLocation(location, settings, { signal, onProgress: progress.update });
        progress.finish();
        await say(reports, outputs, values.verbose === true);
        setExitCode(exitCodeOf(reports.map(({ decision }) => decision.outcome)));
      } finally {
        progress.finish();
        release();
      }
    },
  );
}

async function say(reports: readonly Report[], outputs: readonly Output[], verbose: boolean): Promise<void> {
  for (const { format, file } of outputs) {
    const text = await FORMATS.find(({ name }) => name === format)?.render(reports);
    if (text === undefined) continue;
    await (file === undefined ? print(text) : writeWhole(file, text));
  }
  if (outputs.some(({ file }) => file === undefined)) return;
  const { renderTerminal } = await import('../report/terminal/index.ts');
  const terminal = terminalOf(process.stdout);
  await print(reports.map((report) => renderTerminal(report, { ...terminal, verbose })).join('\n'));
}
