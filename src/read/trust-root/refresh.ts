import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import * as z from 'zod';
import { Failure, isFailure, messageOf } from '../../core/failure.ts';
import { parseJson } from '../../core/json.ts';
import { type Metadata, ROLES, type Role, type VerifiedRoot } from './memory.ts';
import { RepositoryFetcher } from './repository-fetcher.ts';

/*
 * Brings a TUF repository up to date (specification, 5, "Detailed client workflow"), which is the library's work: signatures
 * and thresholds, root after root, expiry, versions that only grow, lengths and hashes.
 *
 * The library writes its files where they lie, and two processes at once would read halves of each other's. So it works on a
 * copy of its own, and what it has verified is kept as one entry. It does not tell a broken connection from a forged
 * file either; the fetcher knows.
 */

const TARGET = 'trusted_root.json';
const MAX_TARGET = 4 * 2 ** 20;
const DEADLINE_MS = 60_000;

/** More than the fetcher's budget: the library would silently stop at the bound, with a root that is not the newest. */
const MAX_ROTATIONS = 10_000;

interface Repository {
  readonly url: string;
  /** The `root.json` that everything hangs on. */
  readonly root: string;
  readonly caFile: string | undefined;
}

/**
 * @param known what was verified last, for versions that must not go back
 * @throws Failure UNREACHABLE, NOT_FOUND, TRUST_ROOT_INVALID, CANCELLED
 */
export async function refresh(
  { url, root, caFile }: Repository,
  known: Metadata,
  signal: AbortSignal,
): Promise<VerifiedRoot> {
  const folder = await mkdtemp(join(tmpdir(), 'pratique-tuf-'));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const fetcher = new RepositoryFetcher(url, folder, caFile, deadline);
  try {
    await writeMetadata(folder, { ...known, root: newerOf(root, known.root) });
    return await update(url, folder, fetcher);
  } catch (error) {
    throw fetcher.failure ?? toFailure(url, error);
  } finally {
    await fetcher.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A new version of the program may ship a newer root than was ever fetched. */
function newerOf(given: string, known: string | undefined): string {
  return known === undefined || outlineOf(given).version > outlineOf(known).version ? given : known;
}

async function writeMetadata(folder: string, metadata: Metadata): Promise<void> {
  await mkdir(join(folder, 'targets'));
  for (const role of ROLES) {
    const text = metadata[role];
    if (text !== undefined) await writeFile(fileOf(folder, role), text);
  }
}

async function update(url: string, folder: string, fetcher: RepositoryFetcher): Promise<VerifiedRoot> {
  const updater = new Updater({
    metadataBaseUrl: url,
    targetBaseUrl: `${url}/targets`,
    metadataDir: folder,
    targetDir: join(folder, 'targets'),
    fetcher,
    config: { maxRootRotations: MAX_ROTATIONS },
  });
  const checkedAt = new Date();
  await updater.refresh();
  const target = await updater.getTargetInfo(TARGET);
  if (target === undefined) throw new Error(`it has no target ${TARGET}`);
  if (target.length > MAX_TARGET) throw new Error(`its ${TARGET} has ${target.length} bytes`);
  const trustedRoot = await readFile(await updater.downloadTarget(target), 'utf8');
  parseJson(Buffer.from(trustedRoot), `its ${TARGET}`);
  const metadata = await readMetadata(folder);
  const expires = Object.values(metadata).map((text) => outlineOf(text).expires.getTime());
  return { checkedAt, expires: new Date(Math.min(...expires)), trustedRoot, metadata };
}

async function readMetadata(folder: string): Promise<Metadata> {
  const texts = ROLES.map(async (role) => [role, await readFile(fileOf(folder, role), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

function fileOf(folder: string, role: Role): string {
  return join(folder, `${role}.json`);
}

const outlineShape = z.object({
  signed: z.object({ version: z.int(), expires: z.iso.datetime().transform((text) => new Date(text)) }),
});

/** What all roles have in common (specification, 4.3, "common metadata"). */
function outlineOf(text: string): z.output<typeof outlineShape>['signed'] {
  return outlineShape.parse(JSON.parse(text)).signed;
}

/** Whatever the library throws, it threw at the repository, or at the root that it was given. */
function toFailure(url: string, error: unknown): Failure {
  if (isFailure(error, 'CANCELLED')) return error;
  const why = error instanceof z.ZodError ? 'its metadata is malformed' : messageOf(error);
  return new Failure(
    'TRUST_ROOT_INVALID',
    `the TUF repository ${url} is not to be trusted now: ${why}; check the clock of this machine, and ask who runs the repository`,
    { cause: error },
  );
}
