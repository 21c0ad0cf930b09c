import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { HistoryEntry, ImageConfig, Platform } from '../../core/image.ts';
import { parseJson } from '../../core/json.ts';
import { digest, narrow, record, struct, text } from './narrow.ts';

/** What an image's config blob says: image-spec 1.1 config.md, with Docker's health check, triggers and shell. */
export interface ParsedConfig {
  readonly config: ImageConfig;
  /** Absent where the config names no operating system or architecture. */
  readonly platform: Platform | undefined;
  /** Digests of the decompressed layers, from the base up. */
  readonly diffIds: readonly Digest[];
}

const MAX_HISTORY = 20_000;

const strings = z.array(z.string()).default([]);
/** Docker takes one string for a list of one (its `StrSlice`). */
const words = z.union([z.array(z.string()), z.string().transform((word) => [word])]).default([]);
/** A set written as an object: `{"80/tcp": {}}`. */
const keys = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((set) => Object.keys(set));

const history = struct({
  created_by: text,
  created: z.string().optional(),
  comment: z.string().optional(),
  empty_layer: z.boolean().default(false),
});

const settings = struct({
  User: text,
  Entrypoint: words,
  Cmd: words,
  Shell: words,
  Env: strings,
  WorkingDir: text,
  ExposedPorts: keys,
  Volumes: keys,
  Labels: record,
  Healthcheck: struct({ Test: strings }).optional(),
  OnBuild: strings,
  StopSignal: text,
});

const document = struct({
  os: text,
  architecture: text,
  variant: text,
  created: z.string().optional(),
  author: z.string().optional(),
  config: settings.optional(),
  rootfs: struct({ type: z.string().default('layers'), diff_ids: z.array(digest).default([]) }),
  history: z.array(history).max(MAX_HISTORY).default([]),
});

/**
 * @param what names the config in messages
 * @throws Failure MALFORMED naming everything that is wrong with it
 */
export function parseConfig(bytes: Uint8Array, what: string): ParsedConfig {
  const parsed = narrow(document, parseJson(bytes, what), what);
  if (parsed.rootfs.type !== 'layers' && parsed.rootfs.type !== '')
    throw new Failure('MALFORMED', `${what} has a root file system that is not made of layers`);
  return { config: toConfig(parsed), platform: toPlatform(parsed), diffIds: parsed.rootfs.diff_ids };
}

function toConfig(parsed: z.infer<typeof document>): ImageConfig {
  const given = parsed.config ?? settings.parse({});
  return {
    user: given.User,
    entrypoint: given.Entrypoint,
    cmd: given.Cmd,
    shell: given.Shell,
    env: given.Env,
    workingDir: given.WorkingDir,
    exposedPorts: given.ExposedPorts,
    volumes: given.Volumes,
    labels: given.Labels,
    healthcheck: given.Healthcheck?.Test ?? [],
    onBuild: given.OnBuild,
    stopSignal: given.StopSignal,
    ...stated('created', parsed.created),
    ...stated('author', parsed.author),
    history: parsed.history.map(toHistory),
  };
}

function toHistory(entry: z.infer<typeof history>): HistoryEntry {
  return {
    createdBy: entry.created_by,
    ...stated('created', entry.created),
    ...stated('comment', entry.comment),
    emptyLayer: entry.empty_layer,
  };
}

function toPlatform({ os, architecture, variant }: z.infer<typeof document>): Platform | undefined {
  if (os === '' || architecture === '') return undefined;
  return { os, architecture, ...(variant === '' ? {} : { variant }) };
}

function stated<Name extends string>(name: Name, value: string | undefined): { [N in Name]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: value } as { [N in Name]?: string });
}

/** The config of what has none: a root file system. */
export const NO_CONFIG: ImageConfig = toConfig(document.parse({ rootfs: {} }));
