import { Command } from 'commander';
import type { Signed } from '../app/sign/index.ts';
import { attestSchema, signSchema } from '../app/sign/settings.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { askPassword } from './password.ts';
import { addSettings, readSettings } from './settings-options.ts';

const LOCATION = 'registry reference of the image, in a repository that you may write to';

export function signCommand(): Command {
  const command = new Command('sign')
    .description('sign what a reference leads to, and attach the signature beside it')
    .argument('<reference>', LOCATION);
  return addSettings(command, signSchema).action(
    async (reference: string, values: Record<string, unknown>) => {
      const settings = readSettings(signSchema, values);
      await run(async (signal) => {
        const { signImage } = await import('../app/sign/index.ts');
        return signImage(reference, settings, askPassword, signal);
      });
    },
  );
}

export function attestCommand(): Command {
  const command = new Command('attest')
    .description('sign a statement about what a reference leads to, and attach it beside it')
    .argument('<reference>', LOCATION);
  return addSettings(command, attestSchema).action(
    async (reference: string, values: Record<string, unknown>) => {
      const settings = readSettings(attestSchema, values);
      await run(async (signal) => {
        const { attestImage } = await import('../app/sign/index.ts');
        return attestImage(reference, settings, askPassword, signal);
      });
    },
  );
}

async function run(work: (signal: AbortSignal) => Promise<Signed>): Promise<void> {
  const { signal, release } = interruptible();
  try {
    const { subject, kind, attachment, predicateType, key } = await work(signal);
    await print(
      [
        `signed the ${kind} ${subject}`,
        `  with the key ${key}`,
        `  ${predicateType}`,
        `  attached as ${attachment}`,
      ].join('\n'),
    );
  } finally {
    release();
  }
}
