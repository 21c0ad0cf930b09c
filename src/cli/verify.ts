import { Command } from 'commander';
import { verifySchema } from '../app/verify/settings.ts';
import { EXIT_UNTRUSTED, type SetExitCode } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { collect, parseOutputs, print, writeWhole } from './output.ts';
import { addSettings, readSettings } from './settings-options.ts';
import { terminalOf } from './terminal.ts';

export function verifyCommand(setExitCode: SetExitCode): Command {
  const command = new Command('verify')
    .description('say who vouches for an image or a file; exit code 0 only when those you trust do')
    .argument('<location>', 'registry reference, oci:DIR; with --bundle a file or sha256:…')
    .option('-f, --format <json[=file]>', 'as JSON; with =file into a file', collect)
    .option('--verbose', 'show every signature that does not count');
  return addSettings(command, verifySchema).action(
    async (location: string, values: Record<string, unknown>) => {
      const outputs = parseOutputs((values.format as string[] | undefined) ?? [], ['json']);
      const settings = readSettings(verifySchema, values);
      const { signal, release } = interruptible();
      try {
        const { verifyLocation } = await import('../app/verify/index.ts');
        const { renderVerification, renderVerificationJson } = await import(
          '../report/verification/index.ts'
        );
        const verification = await verifyLocation(location, settings, signal);
        setExitCode(verification.vouching.outcome === 'trusted' ? 0 : EXIT_UNTRUSTED);
        const json = renderVerificationJson(verification);
        for (const { file } of outputs) await (file === undefined ? print(json) : writeWhole(file, json));
        if (outputs.some(({ file }) => file === undefined)) return;
        await print(
          renderVerification(verification, {
            ...terminalOf(process.stdout),
            verbose: values.verbose === true,
          }),
        );
      } finally {
        release();
      }
    },
  );
}
