import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { Failure } from '../core/failure.ts';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { defaultCacheFolder } from './cache/folder.ts';

/*
 * Every option of an inspection, once: its type, default, help and flag. The command line and the library are
 * made from it, and a test holds the README against it.
 */

const bytes = (fallback: number) => z.union([z.number(), z.string()]).default(fallback).transform(toBytes);
export const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
export const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);

/** How an image is reached, whatever is done with it then. */
export const accessShape = {
  platform: z
    .string()
    .optional()
    .describe('platform of a multi-platform image, as os/architecture[/variant]'),
  cacheDir: z.string().default(defaultCacheFolder).describe('where to remember what was read between runs'),
  plainHttp: list.describe('registry host[:port] to talk to over http; repeatable'),
  caFile: z.string().optional().describe('PEM file of certificate authorities to trust besides the system’s'),
  mirror: list.describe('HOST=URL: ask this mirror before the registry; repeatable'),
  authRealm: list.describe(
    'HOST=REALM-HOST: a token server that may see the credentials of a registry; repeatable',
  ),
  region: z
    .string()
    .optional()
    .describe('region of an AMI, or from which a foreign gallery of Azure is asked about'),
  endpoint: list.describe(
    'SERVICE=URL: another address of a cloud’s service (ec2, ebs, compute, storage, management), or a web server that speaks http; repeatable',
  ),
  exported: z.string().optional().describe('gs://BUCKET/OBJECT: where a GCP image was exported to'),
  maxNesting: count(DEFAULT_LIMITS.nesting).describe('indexes inside indexes'),
  maxDocument: bytes(DEFAULT_LIMITS.documentBytes).describe('bytes of one manifest, index or config'),
};

/** Whom to trust, as far as a file says it. */
export const trustShape = {
  trust: z.string().optional().describe('trust file: who must have signed what'),
  trustedRoot: z
    .string()
    .optional()
    .describe('sigstore trusted_root.json to use instead of the one that the public instance publishes'),
  privateRevocation: z
    .boolean()
    .default(false)
    .describe('also ask CRL and OCSP hosts in private networks, as a company’s own authority has them'),
};

export const settingsSchema = z.strictObject({
  ...accessShape,
  ...trustShape,
  offline: z
    .boolean()
    .default(false)
    .describe('ask nobody for trust roots and revocation: use what was remembered'),
  allPlatforms: z.boolean().default(false).describe('inspect every platform of a multi-platform image'),
  packagesOnly: z.boolean().default(false).describe('read only the package databases; never answers allow'),
  rules: list.describe('YARA rule file or folder to use besides our own; repeatable'),
  names: z.string().optional().describe('file of your own publishers, internal names and known bad images'),
  knownBad: list.describe('file of SHA-256 digests, one a line, that no image may hold; repeatable'),
  cache: z.boolean().default(true).describe('read everything again, and remember nothing'),
  cacheSize: bytes(2 ** 30).describe('how much layer facts may take there; the longest unused goes first'),
  jobs: count(availableParallelism()).describe('worker threads that inspect'),
  maxBytes: bytes(DEFAULT_LIMITS.bytes).describe('decompressed bytes of one layer'),
  maxFiles: count(DEFAULT_LIMITS.files).describe('entries over all layers'),
  maxRatio: count(DEFAULT_LIMITS.ratio).describe('decompressed over compressed bytes'),
  maxPathLength: count(DEFAULT_LIMITS.pathLength).describe('bytes of one path'),
  maxFileMemory: bytes(DEFAULT_LIMITS.fileMemory).describe(
    'file held in memory whole; larger ones go in windows',
  ),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** @throws Failure USAGE naming every setting that is wrong */
export function parseSettings(input: unknown): Settings {
  return parseBy(settingsSchema, input);
}

/**
 * @param nameOf how whoever gave the settings writes their names
 * @throws Failure USAGE naming every setting that is wrong
 */
export function parseBy<T extends z.ZodType>(
  schema: T,
  input: unknown,
  nameOf: (setting: string) => string = (setting) => setting,
): Readonly<z.output<T>> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  const wrong = parsed.error.issues
    .map((issue) => `${toPlace(issue.path, nameOf)}: ${issue.message}`)
    .join('; ');
  throw new Failure('USAGE', `these settings cannot be used: ${wrong}`);
}

function toPlace([setting, ...rest]: readonly PropertyKey[], nameOf: (setting: string) => string): string {
  return setting === undefined ? 'all of it' : [nameOf(String(setting)), ...rest.map(String)].join('.');
}

/** `64MiB`, `2GB`, `100k` or plain bytes. */
function toBytes(value: number | string, context: z.RefinementCtx): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  const match = /^(\d{1,15})\s?(?:([kmgt])(i?)b?)?$/i.exec(String(value));
  const scale = match?.[3] === '' ? 1000 : 1024;
  const power = match?.[2] === undefined ? 0 : 'kmgt'.indexOf(match[2].toLowerCase()) + 1;
  const size = Number(match?.[1]) * scale ** power;
  if (Number.isSafeInteger(size) && size > 0) return size;
  context.addIssue({
    code: 'custom',
    message: `not a size: ${String(value)}; write 64MiB, 2GB or plain bytes`,
  });
  return z.NEVER;
}
