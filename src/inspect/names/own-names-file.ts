import * as z from 'zod';
import { readTextFile } from '../text-file.ts';
import { parseYamlDocument, toFlaws } from '../yaml-document.ts';
import { isCloudRegistry, type OwnNames } from './own-names.ts';

const MAX_FILE = 4 * 2 ** 20;

const REPOSITORY = String.raw`[a-z0-9._-]+(?::\d{1,5}(?=/))?(?:/[a-z0-9._-]+)*`;
const REPOSITORY_ONLY = new RegExp(`^${REPOSITORY}$`);
const PATTERN = new RegExp(`^${REPOSITORY}(?:/\\*{1,2})?$`);
/** An owner or a name of machine images: `aws:123456789012`, `azure:Acme:offer`. */
const CLOUD_NAME = /^(?:aws|gcp|azure):[A-Za-z0-9][A-Za-z0-9._:/ ()-]{0,500}$/;
const OWNER = /^[A-Za-z0-9._:-]+(?:\/[A-Za-z0-9._-]+)*$/;

const text = z.string().min(1).max(512);
const repository = text.refine(
  (name) => REPOSITORY_ONLY.test(name) || CLOUD_NAME.test(name),
  'is no repository: lower-case letters, digits and ._-/ only, without a tag',
);
/** A repository, or everything below one. */
const pattern = text.regex(
  PATTERN,
  'is neither a repository (without a tag) nor everything below one, as registry.acme.example/**',
);
const listed = text.refine(
  (name) => PATTERN.test(name) || CLOUD_NAME.test(name),
  'is neither a repository (without a tag), nor everything below one, as docker.io/evil/*, nor a cloud name, as aws:123456789012',
);
const internal = pattern.regex(
  /^[^/]*[.:][^/]*\/|^localhost\//,
  'must begin with the registry: registry.acme.example/team/app',
);
const publisher = z
  .strictObject({
    registry: z
      .string()
      .max(255)
      .refine(isRegistry, 'is no registry: a host with a dot or a port, aws, gcp or azure'),
    namespace: z
      .string()
      .max(255)
      .refine(
        (namespace) => namespace === '' || OWNER.test(namespace),
        'is no namespace: path components, without a star',
      )
      .default(''),
    name: z.string().min(1).max(200),
  })
  .refine(({ registry, namespace }) => !isCloudRegistry(registry) || namespace !== '', {
    path: ['namespace'],
    message: 'must say which account, project or publisher of the cloud',
  });
const many = <T extends z.ZodType>(item: T) => z.array(item).max(100_000).default([]);

const schema = z.strictObject({
  version: z.literal(1),
  publishers: many(publisher),
  images: many(pattern),
  internal: many(internal),
  knownBad: many(z.strictObject({ repository: listed, what: z.string().min(1).max(500) })),
  allow: many(repository),
});

/** As names are read: a word without a dot is a namespace of Docker Hub, and no registry. */
function isRegistry(registry: string): boolean {
  if (isCloudRegistry(registry) || registry === 'localhost') return true;
  return /^[A-Za-z0-9.:[\]-]+$/.test(registry) && /[.:]/.test(registry);
}

/** @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, and as `parseOwnNames` */
export function readOwnNames(path: string): OwnNames {
  return parseOwnNames(readTextFile(path, MAX_FILE), path);
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
