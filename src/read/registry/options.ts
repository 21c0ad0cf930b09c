import type { Credentials } from './credentials.ts';

/** How a registry is reached. Everything that comes from outside can be handed in. */
export interface RegistryOptions {
  /** For the registry in the reference only: not for its mirrors, not for anything it points to. */
  readonly credentials?: Credentials;
  /** PEM certificates that are trusted besides those of Node and of the system. */
  readonly caFile?: string;
  /** `true`: the registry in the reference speaks http. A list: these `host[:port]` do. Nothing else ever does. */
  readonly plainHttp?: boolean | readonly string[];
  /**
   * Registry host -> base URLs asked before it, in order. A path in a base stands before the repository:
   * `https://harbor.example/hub` serves `docker.io/library/alpine` as `hub/library/alpine`. `http://` is asking for http.
   */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** Registry host -> hosts (`host[:port]`) of token realms that may get its credentials; see `realm.ts`. */
  readonly authRealms?: Readonly<Record<string, readonly string[]>>;
  /** Bytes of one manifest or index. */
  readonly documentBytes: number;
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: the user's. */
  readonly homeDir?: string;
  /** Folders with `HOST[:PORT]/*.crt` and `*.cert` with `*.key`. Default: Docker's and Podman's. */
  readonly certsDirs?: readonly string[];
  readonly timing?: Partial<Timing>;
}

/** Times in milliseconds. */
export interface Timing {
  readonly connectMs: number;
  /** From request to the end of the response's head. */
  readonly headersMs: number;
  /** Between two pieces of a body. */
  readonly idleMs: number;
  /** For one whole document or token response. */
  readonly documentMs: number;
  readonly helperMs: number;
  /** Tries of one request, the first among them. */
  readonly attempts: number;
  /** Blob downloads that broke in a row without getting on by `RESUME_PROGRESS` bytes. */
  readonly resumes: number;
  /** Before the second try; doubles with each further one, up to `backoffCapMs`. */
  readonly backoffMs: number;
  readonly backoffCapMs: number;
  /** A `Retry-After` beyond this ends the operation instead. */
  readonly retryAfterCapMs: number;
}

export const DEFAULT_TIMING: Timing = {
  connectMs: 15_000,
  headersMs: 60_000,
  idleMs: 60_000,
  documentMs: 120_000,
  helperMs: 30_000,
  attempts: 4,
  resumes: 5,
  backoffMs: 500,
  backoffCapMs: 15_000,
  retryAfterCapMs: 60_000,
};
