import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { Failure, messageOf } from '../../core/failure.ts';
import { parseYamlDocument, toFlaws } from '../yaml-document.ts';

/** What the user knows of names and the catalogue does not. */
export interface OwnNames {
  readonly publishers: readonly {
    readonly registry: string;
    readonly namespace: string;
    readonly name: string;
  }[];
  /** Repositories known to be good: `docker.io/acme/app`. */
  readonly images: readonly string[];
  /** Where internal images live: `registry.acme.example/**`, `registry.acme.example/team/app`. */
  readonly internal: readonly string[];
  readonly knownBad: readonly { readonly repository: string; readonly what: string }[];
  /** Names that the user has looked at, and wants quiet. */
  readonly allow: readonly string[];
}

export const NO_OWN_NAMES: OwnNames = { publishers: [], images: [], internal: [], knownBad: [], allow: [] };

const MAX_FILE = 4 * 2 ** 20;

const repository = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[a-z0-9._:/-]+$/, 'is no repository: lower-case letters, digits and ._-/ only');
/** A repository, or everything below one. */
const pattern = z
  .string()
  .min(1)
  .max(512)
  .regex(
    /^[a-z0-9._:/-]+(?:\/\*{1,2})?$/,
    'is neither a repository nor everything below one, as registry.acme.example/**',
  );
const internal = pattern.regex(
  /^[^/]*[.:][^/]*\/|^localhost\//,
  'must begin with the registry: registry.acme.example/team/app',
);
const many = <T extends z.ZodType>(item: T) => z.array(item).max(100_000).default([]);

const schema = z.strictObject({
  version: z.literal(1),
  publishers: many(
    z.strictObject({
      registry: z.string().min(1).max(255),
      namespace: z.string().max(255).default(''),
      name: z.string().min(1).max(200),
    }),
  ),
  images: many(pattern),
  internal: many(internal),
  knownBad: many(z.strictObject({ repository: pattern, what: z.string().min(1).max(500) })),
  allow: many(repository),
});

/** @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, and as `parseOwnNames` */
export function readOwnNames(path: string): OwnNames {
  return parseOwnNames(readText(path), path);
}

/**
 * Parses YAML (or JSON, which is YAML too). Unknown fields refuse the file.
 * @throws Failure MALFORMED naming file, line and field
 */
export function parseOwnNames(text: string, path: string): OwnNames {
  const document = parseYamlDocument(text, path);
  const parsed = schema.safeParse(document.value);
  if (parsed.success) {
    const { version: _, ...names } = parsed.data;
    return names;
  }
  throw document.refusal(toFlaws(parsed.error.issues));
}

function readText(path: string): string {
  try {
    if (statSync(path).size > MAX_FILE)
      throw new Failure('TOO_LARGE', `${path} has more than ${MAX_FILE} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Failure('NOT_FOUND', `${path} does not exist`);
    if (code === 'EISDIR') throw new Failure('USAGE', `${path} is a folder: name a file`);
    throw new Failure('NO_PERMISSION', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
