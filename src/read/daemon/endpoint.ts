import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { toFileFailure } from '../archive/local-file.ts';

/** Where an engine listens. */
export interface Endpoint {
  readonly kind: 'docker' | 'podman';
  /** For messages. */
  readonly where: string;
  readonly target:
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'http'; readonly host: string; readonly port: number }
    | { readonly kind: 'https'; readonly host: string; readonly port: number; readonly tls: Tls };
}

/** PEM. */
interface Tls {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Docker's endpoint as its own client finds it: `DOCKER_HOST`, else the system's socket, else a rootless one. TLS
 * where `DOCKER_TLS_VERIFY` is set, with the certificates in `DOCKER_CERT_PATH`.
 * @param host instead of `DOCKER_HOST`
 * @throws Failure USAGE, UNSUPPORTED, NOT_FOUND or NO_PERMISSION for the certificates
 */
export function dockerEndpoint(host: string | undefined, env: Env): Endpoint {
  const given = host ?? env.DOCKER_HOST;
  if (given !== undefined && given !== '') return parseHost('docker', given, env);
  return socket('docker', firstOf('/var/run/docker.sock', inRuntimeFolder(env, 'docker.sock')));
}

/**
 * Podman's: `CONTAINER_HOST`, else the user's socket, else the system's.
 * @param path of a socket, or a URL, instead of `CONTAINER_HOST`
 * @throws Failure as `dockerEndpoint`
 */
export function podmanEndpoint(path: string | undefined, env: Env): Endpoint {
  const given = path ?? env.CONTAINER_HOST;
  if (given !== undefined && given !== '')
    return given.startsWith('/') ? socket('podman', given) : parseHost('podman', given, env);
  return socket('podman', firstOf(inRuntimeFolder(env, 'podman/podman.sock'), '/run/podman/podman.sock'));
}

function inRuntimeFolder(env: Env, name: string): string | undefined {
  const folder = env.XDG_RUNTIME_DIR;
  return folder === undefined || folder === '' ? undefined : join(folder, name);
}

/** The first that exists, else the first named, for the message. */
function firstOf(...paths: readonly (string | undefined)[]): string {
  const named = paths.filter((path) => path !== undefined);
  return named.find((path) => existsSync(path)) ?? named[0] ?? '';
}

function socket(kind: Endpoint['kind'], path: string): Endpoint {
  return { kind, where: `unix://${path}`, target: { kind: 'socket', path } };
}

function parseHost(kind: Endpoint['kind'], written: string, env: Env): Endpoint {
  const shown = written.slice(0, 100);
  if (written.startsWith('unix://')) return socket(kind, written.slice('unix://'.length));
  const match = /^(tcp|https?):\/\/(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?\/?$/.exec(
    written,
  );
  if (match === null) {
    if (/^(?:ssh|npipe|fd):/.test(written))
      throw new Failure(
        'UNSUPPORTED',
        `${shown} cannot be reached from here: forward its socket and name that as unix://PATH`,
      );
    throw new Failure('USAGE', `${shown} is no address of an engine: write unix://PATH or tcp://HOST:PORT`);
  }
  const [, scheme, host = '', port] = match;
  const bare = host.replace(/^\[|\]$/g, '');
  const secure = scheme === 'https' || (scheme === 'tcp' && (env.DOCKER_TLS_VERIFY ?? '') !== '');
  if (!secure)
    return { kind, where: shown, target: { kind: 'http', host: bare, port: Number(port ?? 2375) } };
  const tls = readTls(env.DOCKER_CERT_PATH ?? join(env.HOME ?? homedir(), '.docker'));
  return { kind, where: shown, target: { kind: 'https', host: bare, port: Number(port ?? 2376), tls } };
}

function readTls(folder: string): Tls {
  const read = (name: string): Buffer => {
    const path = join(folder, name);
    try {
      return readFileSync(path);
    } catch (error) {
      throw toFileFailure(error, path);
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
