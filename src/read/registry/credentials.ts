import { Failure } from '../../core/failure.ts';
import { type AuthFile, readAuthFiles } from './auth-files.ts';
import { askCredentialHelper } from './credential-helper.ts';
import { type DockerConfig, parseDockerConfig, toAuthKey } from './docker-config.ts';

/** What proves to one registry who asks. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, for an OAuth2 token request (`identitytoken`). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent to the registry itself as it is (`registrytoken`). */
  | { readonly kind: 'registry-token'; readonly token: string };

/** What a look-up found, and where; or where it looked. */
export type CredentialAnswer =
  | { readonly credentials: Credentials; readonly source: string }
  | { readonly credentials?: undefined; readonly searched: readonly string[] };

interface CredentialSources {
  /** For `explicitHost` only. */
  readonly explicit?: Credentials;
  readonly explicitHost: string;
  readonly env: NodeJS.ProcessEnv;
  readonly homeDir: string;
  readonly helperMs: number;
}

/**
 * Credentials for a repository. The first source that has some wins: options; `PRATIQUE_REGISTRY_USERNAME` and
 * `_PASSWORD` for the host in `PRATIQUE_REGISTRY_AUTH_HOST`; `DOCKER_AUTH_CONFIG`; then the files of `auth-files.ts`.
 * Within one file: the helper of this host, then an entry (most specific repository path first, as Podman writes
 * them), then the common store. Every source names the host its credentials are for, and is used for no other.
 *
 * @param host the registry as named in a reference, `docker.io` for Docker Hub.
 * @throws Failure USAGE (a source is malformed), CREDENTIAL_HELPER_FAILED, NO_PERMISSION, CANCELLED
 */
export async function findCredentials(
  host: string,
  repository: string,
  sources: CredentialSources,
  signal: AbortSignal,
): Promise<CredentialAnswer> {
  if (sources.explicit !== undefined && host === sources.explicitHost) {
    return { credentials: checkCredentials(sources.explicit), source: 'the options' };
  }
  const fromEnvironment = readEnvironment(host, sources.env);
  if (fromEnvironment !== undefined) {
    return { credentials: fromEnvironment, source: 'PRATIQUE_REGISTRY_USERNAME' };
  }
  const searched: string[] = [];
  for (const { name, text } of await toConfigs(sources)) {
    searched.push(name);
    const config = parseDockerConfig(text, name);
    const found = await findInConfig(config, host, repository, sources, signal);
    if (found !== undefined) return { credentials: checkCredentials(found), source: name };
  }
  return { searched };
}

async function toConfigs(sources: CredentialSources): Promise<AuthFile[]> {
  const inline = sources.env.DOCKER_AUTH_CONFIG;
  const first = inline === undefined || inline === '' ? [] : [{ name: 'DOCKER_AUTH_CONFIG', text: inline }];
  return [...first, ...(await readAuthFiles(sources.env, sources.homeDir))];
}

async function findInConfig(
  config: DockerConfig,
  host: string,
  repository: string,
  { env, helperMs }: CredentialSources,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const ask = (helper: string | undefined): Promise<Credentials | undefined> =>
    helper === undefined
      ? Promise.resolve(undefined)
      : askCredentialHelper(helper, host, { env, timeoutMs: helperMs, signal });
  const fromHelper = await ask(config.credHelpers.get(host));
  if (fromHelper !== undefined) return fromHelper;
  for (const key of toKeys(host, repository)) {
    const entry = config.auths.get(key);
    if (entry !== undefined) return entry;
  }
  return ask(config.credsStore);
}

/** `host/a/b`, `host/a`, `host`. */
function toKeys(host: string, repository: string): string[] {
  const parts = [host, ...repository.split('/')];
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

function readEnvironment(host: string, env: NodeJS.ProcessEnv): Credentials | undefined {
  const username = env.PRATIQUE_REGISTRY_USERNAME ?? '';
  const password = env.PRATIQUE_REGISTRY_PASSWORD ?? '';
  const authHost = env.PRATIQUE_REGISTRY_AUTH_HOST ?? '';
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '' || authHost === '') {
    throw new Failure(
      'USAGE',
      'PRATIQUE_REGISTRY_USERNAME, PRATIQUE_REGISTRY_PASSWORD and PRATIQUE_REGISTRY_AUTH_HOST (the one host they are for) must be set together',
    );
  }
  if (toAuthKey(authHost) !== host) return undefined;
  return checkCredentials({ kind: 'password', username, password });
}

/** A header must hold them: no control characters, and no colon in a user name (RFC 7617 section 2). */
function checkCredentials(credentials: Credentials): Credentials {
  const texts =
    credentials.kind === 'password' ? [credentials.username, credentials.password] : [credentials.token];
  if (credentials.kind === 'password' && credentials.username.includes(':')) {
    throw new Failure('USAGE', 'a user name for a registry cannot contain a colon');
  }
  const isBroken = texts.some((text) => /[\x00-\x1f\x7f]/.test(text));
  const isUnsendable = credentials.kind !== 'password' && !/^[\x21-\x7e]+$/.test(credentials.token);
  if (isBroken || isUnsendable) {
    throw new Failure('USAGE', 'credentials for a registry contain characters that no header can carry');
  }
  return credentials;
}
