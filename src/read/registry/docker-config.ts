import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { toRegistryName } from '../../core/reference.ts';
import type { Credentials } from './credentials.ts';

/** The parts of Docker's config.json and Podman's auth.json that say who one is. Keys as `toAuthKey` gives them. */
export interface DockerConfig {
  readonly auths: ReadonlyMap<string, Credentials>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore?: string;
}

/**
 * @param origin names the text in messages; what it holds never stands in one.
 * @throws Failure USAGE
 */
export function parseDockerConfig(text: string, origin: string): DockerConfig {
  const refuse = (what: string): Failure => new Failure('USAGE', `${origin}: ${what}`);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    throw refuse('not valid JSON');
  }
  if (!isObject(root)) throw refuse('not a JSON object');
  const auths = new Map<string, Credentials>();
  for (const [key, entry] of entriesOf(root.auths, 'auths', refuse)) {
    const credentials = toCredentials(entry, () =>
      refuse(`auths["${toOneLine(key, 80)}"] is not well formed: log in again`),
    );
    if (credentials !== undefined && !auths.has(toAuthKey(key))) auths.set(toAuthKey(key), credentials);
  }
  const credHelpers = new Map<string, string>();
  for (const [key, helper] of entriesOf(root.credHelpers, 'credHelpers', refuse)) {
    if (typeof helper !== 'string') throw refuse(`credHelpers["${toOneLine(key, 80)}"] is no helper's name`);
    if (helper !== '') credHelpers.set(toAuthKey(key), helper);
  }
  const store = root.credsStore;
  if (store === undefined || store === null || store === '') return { auths, credHelpers };
  if (typeof store !== 'string') throw refuse("credsStore is no helper's name");
  return { auths, credHelpers, credsStore: store };
}

/**
 * Brings a key to the form that is looked up: `https://index.docker.io/v1/` is `docker.io`, `https://r.example/v2/` is
 * `r.example`; `r.example/team/app` (a Podman key, for these repositories only) stays.
 */
export function toAuthKey(key: string): string {
  const bare = key.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  const slash = bare.indexOf('/');
  const host = toRegistryName(slash === -1 ? bare : bare.slice(0, slash));
  const path = slash === -1 ? '' : bare.slice(slash);
  const isWholeHost = bare.length < key.replace(/\/$/, '').length || path === '/v1' || path === '/v2';
  return isWholeHost ? host : `${host}${path}`;
}

/** An entry without any credentials (`{}`: they are in the credential store) is nothing. */
function toCredentials(entry: unknown, refuse: () => Failure): Credentials | undefined {
  if (!isObject(entry)) throw refuse();
  const field = (name: string): string => {
    const value = entry[name] ?? '';
    if (typeof value !== 'string') throw refuse();
    return value;
  };
  const registryToken = field('registrytoken');
  if (registryToken !== '') return { kind: 'registry-token', token: registryToken };
  const identityToken = field('identitytoken');
  if (identityToken !== '') return { kind: 'identity-token', token: identityToken };
  const auth = field('auth');
  if (auth !== '') return parseAuth(auth, refuse);
  const [username, password] = [field('username'), field('password')];
  return username === '' ? undefined : { kind: 'password', username, password };
}

/** `auth` is base64 of `user:password`; Docker pads with NUL bytes at the end. */
function parseAuth(auth: string, refuse: () => Failure): Credentials {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(auth)) throw refuse();
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon < 1) throw refuse();
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function entriesOf(value: unknown, name: string, refuse: (what: string) => Failure): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) throw refuse(`${name} is not a JSON object`);
  return Object.entries(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
