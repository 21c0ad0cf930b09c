import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, isFailure, messageOf } from '../core/failure.ts';

/** Where one rendering goes: a format, and a file or standard output. */
export interface Output {
  readonly format: string;
  readonly file?: string;
}

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/**
 * `json` or `json=report.json`, repeatable.
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
  if (rest.length === 0) return { format };
  const file = rest.join('=');
  if (file === '') throw new Failure('USAGE', `--format ${value} names no file`);
  return { format, file };
}

/**
 * Writes a file whole or not at all. What is there and no regular file (a pipe, a device) is written to; a link is
 * followed, and stays a link.
 * @throws Failure USAGE for a folder, NO_PERMISSION, DISK_FULL, NOT_FOUND
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file);
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw new Failure('USAGE', `${file} is a folder; name a file in it`);
    await (there === undefined || there.isFile() ? replaceFile(target, text) : writeFile(target, text));
  } catch (error) {
    if (isFailure(error)) throw error;
    const code = codeFor(error);
    throw new Failure(code, `${file} could not be written: ${REASONS[code] ?? messageOf(error)}`, {
      cause: error,
    });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  DISK_FULL: 'the disk is full',
  NOT_FOUND: 'its folder does not exist',
  NO_PERMISSION: 'this user may not write there',
};

function codeFor(error: unknown): 'NO_PERMISSION' | 'DISK_FULL' | 'NOT_FOUND' | 'INTERNAL' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'DISK_FULL';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'NOT_FOUND';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'NO_PERMISSION' : 'INTERNAL';
}

/** Writes to standard output and waits until it is taken. @throws what the system says when it is not */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
