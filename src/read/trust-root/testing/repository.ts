import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROLES, type Role } from '../memory.ts';

/* A TUF repository, signed here with Ed25519, and a server for one. Only for tests. */

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export type Keys = Readonly<Record<Role, KeyPair>>;

export function newKeys(): Keys {
  const pair = (): KeyPair => generateKeyPairSync('ed25519');
  return { root: pair(), timestamp: pair(), snapshot: pair(), targets: pair() };
}

/** One state of a repository. */
export interface State {
  readonly versions?: Partial<Record<Role, number>>;
  readonly expires?: Partial<Record<Role, Date>>;
  /** Keys that sign, where they are others than those in the root. */
  readonly signers?: Partial<Keys>;
  readonly trustedRoot?: string;
  /** Whether the target is in the repository. */
  readonly target?: string;
}

const SPEC = '1.0.31';
export const TRUSTED_ROOT = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
});

/** Files by their path below the repository's base. */
export type Files = Map<string, Buffer>;

/** Writes a whole repository with consistent snapshots; roots from 1 to the version. */
export function makeRepository(keys: Keys, state: State = {}): Files {
  const { versions = {}, signers = {}, trustedRoot = TRUSTED_ROOT, target = 'trusted_root.json' } = state;
  const versionOf = (role: Role): number => versions[role] ?? 1;
  const common = (role: Role, version = versionOf(role)) => ({
    _type: role,
    spec_version: SPEC,
    version,
    expires: (state.expires?.[role] ?? new Date(Date.now() + 30 * 86_400_000))
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
  });
  const seal = (role: Role, signed: object): Buffer => toDocument(signed, [signers[role] ?? keys[role]]);
  const content = Buffer.from(trustedRoot);
  const hash = sha256(content);
  const targets = seal('targets', {
    ...common('targets'),
    targets: { [target]: { length: content.length, hashes: { sha256: hash } } },
  });
  const snapshot = seal('snapshot', {
    ...common('snapshot'),
    meta: {
      'targets.json': {
        version: versionOf('targets'),
        length: targets.length,
        hashes: { sha256: sha256(targets) },
      },
    },
  });
  const timestamp = seal('timestamp', {
    ...common('timestamp'),
    meta: {
      'snapshot.json': {
        version: versionOf('snapshot'),
        length: snapshot.length,
        hashes: { sha256: sha256(snapshot) },
      },
    },
  });
  const files: Files = new Map([
    ['timestamp.json', timestamp],
    [`${versionOf('snapshot')}.snapshot.json`, snapshot],
    [`${versionOf('targets')}.targets.json`, targets],
    [`targets/${hash}.trusted_root.json`, content],
  ]);
  for (let version = 1; version <= versionOf('root'); version++) {
    const signed = { ...common('root', version), consistent_snapshot: true, ...toTrust(keys) };
    files.set(`${version}.root.json`, seal('root', signed));
  }
  return files;
}

function toTrust(keys: Keys) {
  return {
    keys: Object.fromEntries(ROLES.map((role) => [idOf(keys[role]), toKey(keys[role])])),
    roles: Object.fromEntries(ROLES.map((role) => [role, { keyids: [idOf(keys[role])], threshold: 1 }])),
  };
}

function toKey({ publicKey }: KeyPair) {
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } };
}

function idOf(pair: KeyPair): string {
  return sha256(Buffer.from(canonical(toKey(pair))));
}

function toDocument(signed: object, signers: readonly KeyPair[]): Buffer {
  const bytes = Buffer.from(canonical(signed));
  const signatures = signers.map((pair) => ({
    keyid: idOf(pair),
    sig: sign(null, bytes, pair.privateKey).toString('hex'),
  }));
  return Buffer.from(JSON.stringify({ signed, signatures }));
}

/** OLPC's canonical JSON, which TUF signs. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface RepositoryServer {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  files: Files;
  /** Answers instead of the file. */
  answer?: (
    path: string,
  ) => { readonly status: number; readonly body?: string | Buffer; readonly location?: string } | undefined;
  close(): Promise<void>;
}

/** Serves `files` on this machine by http. */
export async function serve(files: Files): Promise<RepositoryServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/tuf/', '');
    asked.push(path);
    const answer = serving.answer?.(path);
    const bytes = answer === undefined ? serving.files.get(path) : answer.body;
    const status = answer?.status ?? (bytes === undefined ? 404 : 200);
    response.writeHead(status, answer?.location === undefined ? {} : { location: answer.location });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const serving: RepositoryServer = {
    url: `http://127.0.0.1:${port}/tuf`,
    asked,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return serving;
}
