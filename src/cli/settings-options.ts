import { type Command, Option } from 'commander';
import { parseSettings, type Settings, settingsSchema } from '../app/settings.ts';
import { collect } from './output.ts';

/**
 * Adds a flag for every setting, with the help that the schema gives.
 * @param without settings that make no sense for the command
 */
export function addSettings(command: Command, without: readonly string[] = []): Command {
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    if (without.includes(name)) continue;
    const option = new Option(flagOf(name, schema), schema.description ?? '');
    if (isList(schema)) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** Narrows what the command line gave. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
  const names = Object.keys(settingsSchema.shape);
  return parseSettings(
    Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]])),
  );
}

type Schema = (typeof settingsSchema.shape)[keyof typeof settingsSchema.shape];

function flagOf(name: string, schema: Schema): string {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const fallback = defaultOf(schema);
  if (fallback === true) return `--no-${flag}`;
  return fallback === false ? `--${flag}` : `--${flag} <${placeholderOf(name)}>`;
}

function defaultOf(schema: Schema): unknown {
  return schema.safeParse(undefined).data;
}

function isList(schema: Schema): boolean {
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
};

function placeholderOf(name: string): string {
  return PLACEHOLDERS[name] ?? (/(?:Bytes|Memory|Document|Size)$/.test(name) ? 'size' : 'number');
}
