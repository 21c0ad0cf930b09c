import { readFile, stat } from 'node:fs/promises';
import { Failure, isFailure, messageOf } from '../../core/failure.ts';
import { parseJson } from '../../core/json.ts';
import { toBaseUrl } from './base-url.ts';
import { idOf, Memory, type VerifiedRoot } from './memory.ts';

/*
 * Where the trust root of a sigstore instance comes from: a file, or a TUF repository (theupdateframework.github.io/specification),
 * which is how sigstore replaces keys that are lost or retired. What was verified is remembered for a day; without a network
 * it is taken however old it is, and the age is said.
 */

export type TrustRootSource =
  /** The public instance's repository, trusted by the root that ships with the program. */
  | { readonly kind: 'public' }
  /** A mirror or a repository of one's own, trusted by a `root.json` that came another way. */
  | { readonly kind: 'tuf'; readonly url: string; readonly root: string }
  /** A `trusted_root.json`. */
  | { readonly kind: 'file'; readonly path: string };

export interface TrustRootOptions {
  /** What was verified is kept in `tuf` below it. */
  readonly cacheDir: string;
  /** Ask nobody. */
  readonly offline: boolean;
  /** PEM certificates that are trusted besides those of Node and of the system. */
  readonly caFile?: string;
  readonly signal: AbortSignal;
}

export interface TrustRootDocument {
  /** A `trusted_root.json`, not narrowed yet. */
  readonly json: unknown;
  /** What whoever relies on it should know: how old it is, that it could not be remembered. */
  readonly notes: readonly string[];
}

const PUBLIC_URL = 'https://tuf-repo-cdn.sigstore.dev';
const DAY = 86_400_000;
const MAX_FILE = 4 * 2 ** 20;
const MAX_ROOT = 512 * 2 ** 10;

/**
 * Reads a trust root. Over the network it goes as requests to registries do (certificates of Node and of the system,
 * `NODE_EXTRA_CA_CERTS`, the proxies of the environment), but without mirrors, `certs.d` and credentials: nothing secret is
 * fetched, and what is fetched is signed.
 * @throws Failure NOT_FOUND, NO_PERMISSION, MALFORMED, TOO_LARGE of a file; USAGE for a URL that cannot be one; UNREACHABLE;
 * TRUST_ROOT_INVALID when the repository is expired, went back in time, or is not signed by those who may; CANCELLED
 */
export async function readTrustRoot(
  source: TrustRootSource,
  options: TrustRootOptions,
): Promise<TrustRootDocument> {
  if (source.kind === 'file') {
    const bytes = await readBounded(source.path, MAX_FILE);
    return { json: parseJson(bytes, `the trust root ${source.path}`), notes: [] };
  }
  const { verified, notes } = await readVerified(await toRepository(source), options);
  return { json: parseJson(Buffer.from(verified), 'the verified trust root'), notes };
}

/** A TUF repository, and what is known of it without asking. */
interface Repository {
  readonly url: string;
  /** Decides what is remembered together: another root of trust must not find what an old one has let in. */
  readonly id: string;
  readonly root: string;
  /** The trust root that ships with the program. */
  readonly shipped?: string;
}

async function toRepository(source: Exclude<TrustRootSource, { kind: 'file' }>): Promise<Repository> {
  if (source.kind === 'public') {
    const { readSeed } = await import('./seed.ts');
    const { root, trustedRoot } = await readSeed(PUBLIC_URL);
    // Not by the shipped root: a new version of the program must not forget how far the repository had come.
    return { url: PUBLIC_URL, id: idOf(PUBLIC_URL), root, shipped: trustedRoot };
  }
  const url = toBaseUrl(source.url);
  const bytes = await readBounded(source.root, MAX_ROOT);
  parseJson(bytes, `the TUF root ${source.root}`);
  const root = bytes.toString('utf8');
  return { url, root, id: idOf(url, root) };
}

interface Verified {
  readonly verified: string;
  readonly notes: readonly string[];
}

async function readVerified(
  repository: Repository,
  { cacheDir, offline, caFile, signal }: TrustRootOptions,
): Promise<Verified> {
  const memory = new Memory(cacheDir, repository.id);
  const { known, notes } = await memory.read();
  const now = new Date();
  if (offline) return toOffline(repository, known, notes, now);
  if (known !== undefined && isFresh(known, now)) return { verified: known.trustedRoot, notes };
  const { refresh } = await import('./refresh.ts');
  const verified = await refresh({ ...repository, caFile }, known?.metadata ?? {}, signal).catch(advise);
  return { verified: verified.trustedRoot, notes: [...notes, ...(await memory.keep(verified))] };
}

/** A clock that was set back makes everything stale, so that it is asked again. */
function isFresh({ checkedAt, expires }: VerifiedRoot, now: Date): boolean {
  const age = now.getTime() - checkedAt.getTime();
  return age >= 0 && age < DAY && now < expires;
}

function toOffline(
  { url, shipped }: Repository,
  known: VerifiedRoot | undefined,
  notes: readonly string[],
  now: Date,
): Verified {
  if (known !== undefined) {
    const { checkedAt, expires, trustedRoot } = known;
    const due = now < expires ? '' : `, and should have been refreshed by ${expires.toISOString()}`;
    const note = `offline: the trust root of ${url} is as of ${checkedAt.toISOString()}${due}`;
    return { verified: trustedRoot, notes: [...notes, note] };
  }
  if (shipped !== undefined) {
    const note = `offline: the trust root of ${url} is the one that ships with this program, never refreshed since`;
    return { verified: shipped, notes: [...notes, note] };
  }
  throw new Failure(
    'NOT_FOUND',
    `offline, and nothing is remembered of ${url}: verify once with a network, or name a trusted_root.json` +
      notes.map((note) => ` (${note})`).join(''),
  );
}

function advise(error: unknown): never {
  if (!isFailure(error, 'UNREACHABLE')) throw error;
  throw new Failure(
    'UNREACHABLE',
    `the trust root cannot be refreshed: ${error.message}; ` +
      '--offline takes what was verified last, --trusted-root FILE one of yours',
    { cause: error },
  );
}

async function readBounded(path: string, most: number): Promise<Buffer> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new Failure('MALFORMED', `${path} is no file`);
    if (info.size > most)
      throw new Failure('TOO_LARGE', `${path} has ${info.size} bytes, a trust root has fewer than ${most}`);
    return await readFile(path);
  } catch (error) {
    if (isFailure(error)) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Failure('NOT_FOUND', `${path} does not exist`, { cause: error });
    }
    throw new Failure('NO_PERMISSION', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
