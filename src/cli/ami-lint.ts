import { Command } from 'commander';
import type { LookupReport } from '../core/lookup.ts';
import { exitCodeOf, type SetExitCode } from './exit-code.ts';
import { collect, parseOutputs, print, writeWhole } from './output.ts';
import { terminalOf } from './terminal.ts';

export function amiLintCommand(setExitCode: SetExitCode): Command {
  return new Command('ami-lint')
    .description(
      'find look-ups of machine images that anybody can answer: Terraform, Packer, CloudFormation, CDK, Pulumi, shell',
    )
    .argument('<path...>', 'files, and folders that are walked')
    .option('--names <file>', 'your own publishers: owners that are known to you')
    .option(
      '-f, --format <json|sarif[=file]>',
      'as JSON or SARIF; with =file into a file; repeatable',
      collect,
    )
    .action(async (paths: string[], values: { names?: string; format?: string[] }) => {
      const outputs = parseOutputs(values.format ?? [], ['json', 'sarif']);
      const { lintLookups } = await import('../app/ami-lint/index.ts');
      const report = await lintLookups(paths, values.names);
      for (const { format, file } of outputs) {
        const text = await render(report, format);
        await (file === undefined ? print(text) : writeWhole(file, text));
      }
      if (!outputs.some(({ file }) => file === undefined)) {
        const { renderLookups } = await import('../report/ami-lint/index.ts');
        await print(renderLookups(report, terminalOf(process.stdout)));
      }
      setExitCode(exitCodeOf([outcomeOf(report)]));
    });
}

async function render(report: LookupReport, format: string): Promise<string> {
  if (format === 'json') return (await import('../report/ami-lint/index.ts')).renderLookupsJson(report);
  return (await import('../report/ami-lint/sarif.ts')).renderLookupsSarif(report);
}

/** What could not be read may look up anything. */
function outcomeOf({ findings, unread }: LookupReport): 'allow' | 'deny' | 'undetermined' {
  if (findings.some(({ tier }) => tier === 'block')) return 'deny';
  return findings.length > 0 || unread.length > 0 ? 'undetermined' : 'allow';
}
