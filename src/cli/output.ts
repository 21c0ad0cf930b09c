import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, messageOf } from '../core/failure.ts';

/** Where one rendering goes: a format, and a file or standard output. */
export interface Output {
  readonly format: string;
  readonly file?: string;
}

/**
 * `json` or `json=report.json`, repeatable, also separated by commas.
 * @throws Failure USAGE for an unknown format, or for two that both want standard output
 */
export function parseOutputs(values: readonly string[], known: readonly string[]): Output[] {
  const outputs = values
    .flatMap((value) => (value.includes('=') ? [value] : value.split(',')))
    .map(parseOutput);
  for (const { format } of outputs) {
    if (known.includes(format)) continue;
    throw new Failure('USAGE', `there is no format ${format}; the formats are ${known.join(', ')}`);
  }
  if (outputs.filter(({ file }) => file === undefined).length > 1) {
    throw new Failure(
      'USAGE',
      'only one format can go to standard output; write others as --format json=report.json',
    );
  }
  return outputs;
}

function parseOutput(value: string): Output {
  const [format = '', ...rest] = value.split('=');
  const file = rest.join('=');
  return file === '' ? { format } : { format, file };
}

/** Writes a file whole or not at all. @throws Failure NO_PERMISSION, DISK_FULL, NOT_FOUND */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new Failure(codeFor(error), `${file} could not be written: ${messageOf(error)}`, { cause: error });
  }
}

function codeFor(error: unknown): 'NO_PERMISSION' | 'DISK_FULL' | 'NOT_FOUND' | 'INTERNAL' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'DISK_FULL';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'NOT_FOUND';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'NO_PERMISSION' : 'INTERNAL';
}

/** Writes to standard output and waits until it is taken. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve());
  });
}
