import { type Command, Option } from 'commander';
import type * as z from 'zod';
import { parseBy } from '../app/settings.ts';
import { collect } from './output.ts';

/** A schema of settings: each field has its default and its help. */
type Schema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/**
 * Adds a flag for every setting, with the help that the schema gives.
 * @param without settings that make no sense for the command
 */
export function addSettings(command: Command, schema: Schema, without: readonly string[] = []): Command {
  for (const [name, setting] of Object.entries(schema.shape)) {
    if (without.includes(name)) continue;
    const option = new Option(flagOf(name, setting), setting.description ?? '');
    if (isList(setting)) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** Narrows what the command line gave. @throws Failure USAGE */
export function readSettings<T extends Schema>(
  schema: T,
  values: Readonly<Record<string, unknown>>,
): Readonly<z.output<T>> {
  const names = Object.keys(schema.shape);
  return parseBy(
    schema,
    Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]])),
    (name) => `--${toFlag(name)}`,
  );
}

function flagOf(name: string, schema: z.ZodType): string {
  const flag = toFlag(name);
  const fallback = defaultOf(schema);
  if (fallback === true) return `--no-${flag}`;
  return fallback === false ? `--${flag}` : `--${flag} <${placeholderOf(name)}>`;
}

function toFlag(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function defaultOf(schema: z.ZodType): unknown {
  return schema.safeParse(undefined).data;
}

function isList(schema: z.ZodType): boolean {
  return Array.isArray(defaultOf(schema));
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  platform: 'os/arch',
  rules: 'path',
  knownBad: 'file',
  cacheDir: 'folder',
  plainHttp: 'host',
  caFile: 'file',
  mirror: 'host=url',
  authRealm: 'host=realm',
  trust: 'file',
  trustedRoot: 'file',
  names: 'file',
  key: 'file',
  identity: 'subject',
  identityPattern: 'glob',
  issuer: 'url',
  notation: 'folder',
  type: 'predicate',
  verifier: 'uri',
  bundle: 'file',
  name: 'reference',
  tufMirror: 'url',
  tufRoot: 'file',
  predicate: 'file',
};

function placeholderOf(name: string): string {
  return PLACEHOLDERS[name] ?? (/(?:Bytes|Memory|Document|Size)$/.test(name) ? 'size' : 'number');
}
