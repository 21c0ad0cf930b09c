import { isStandIn, maskSecret } from '../evidence/secret-text.ts';

/** A password or token in a file that a client reads it from. */
export interface StoredCredential {
  /** What opens with it: a host, a profile, a registry. */
  readonly service: string;
  readonly masked: string;
  /** From 1; absent in JSON. */
  readonly line?: number;
}

interface FileKind {
  readonly path: RegExp;
  parse(text: string): Iterable<StoredCredential>;
}

/** More in one file say no more. */
const MAX_FOUND = 100;

/** The files, by path, of the programs that keep passwords in their own format. */
const KINDS: readonly FileKind[] = [
  {
    path: /(?:^|\/)(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|containers\/auth\.json)$/,
    parse: parseDocker,
  },
  { path: /(?:^|\/)[._]netrc$/, parse: parseNetrc },
  {
    path: /(?:^|\/)\.git-credentials$/,
    parse: (text) => byLine(text, /^https?:\/\/([^:\s/@]{1,200}):([^@\s]{1,500})@([^\s/]{1,200})/, 3, 2),
  },
  {
    path: /(?:^|\/)\.pgpass$/,
    parse: (text) => byLine(text, /^([^:#\s]{1,200}):[^:]{0,20}:[^:]{0,200}:[^:]{0,200}:(.{1,500})$/, 1, 2),
  },
  {
    path: /(?:^|\/)\.aws\/credentials$/,
    parse: (text) =>
      byLine(text, /^\s{0,8}(aws_secret_access_key)\s{0,8}=\s{0,8}([A-Za-z0-9+/]{40})\s*$/, 1, 2),
  },
  {
    path: /(?:^|\/)\.npmrc$/,
    parse: (text) =>
      byLine(text, /^(\/\/[^\s:]{1,200}):_(?:authToken|password|auth)\s{0,8}=\s{0,8}"?([^\s"]{1,500})/, 1, 2),
  },
  {
    path: /(?:^|\/)\.pypirc$/,
    parse: (text) => byLine(text, /^\s{0,8}(password)\s{0,8}[=:]\s{0,8}(\S{1,1000})/, 1, 2),
  },
  {
    path: /(?:^|\/)(?:\.kube\/config|kubeconfig|admin\.conf|kubelet\.conf)$/,
    parse: (text) => byLine(text, /^\s{0,40}(token|password):\s{1,8}"?([^\s"]{8,2000})/, 1, 2),
  },
];

export const CREDENTIAL_PATHS = new RegExp(KINDS.map(({ path }) => path.source).join('|'));

/** Every credential in a file of a known name; stand-ins are none. Never throws. */
export function parseCredentials(path: string, text: string): Iterable<StoredCredential> {
  const kind = KINDS.find((one) => one.path.test(path));
  return kind === undefined ? [] : Iterator.from(kind.parse(text)).take(MAX_FOUND);
}

function* byLine(text: string, shape: RegExp, service: number, secret: number): Generator<StoredCredential> {
  for (const [index, line] of text.split('\n').entries()) {
    const match = shape.exec(line.trimEnd());
    const value = match?.[secret];
    if (value === undefined || isStandIn(value) || /^\$\{?\w/.test(value)) continue;
    yield { service: match?.[service] ?? '', masked: maskSecret(value), line: index + 1 };
  }
}

/** netrc(5): words in any layout; `password` belongs to the `machine` before it. */
function* parseNetrc(text: string): Generator<StoredCredential> {
  const words = text.split(/\s+/);
  let machine = 'default';
  for (const [index, word] of words.entries()) {
    const next = words[index + 1] ?? '';
    if (word === 'machine') machine = next;
    if (word === 'password' && next !== '' && !isStandIn(next))
      yield { service: machine, masked: maskSecret(next) };
  }
}

/** Docker's config.json: `auths.<registry>.auth` is `user:password` in base 64. */
function* parseDocker(text: string): Generator<StoredCredential> {
  const document = parseJson(text);
  const auths = isObject(document) && isObject(document.auths) ? document.auths : document;
  if (!isObject(auths)) return;
  for (const [registry, entry] of Object.entries(auths)) {
    if (!isObject(entry)) continue;
    const auth = typeof entry.auth === 'string' ? Buffer.from(entry.auth, 'base64').toString('latin1') : '';
    const password =
      auth.slice(auth.indexOf(':') + 1) || toText(entry.identitytoken) || toText(entry.password);
    if (password !== '' && !isStandIn(password)) yield { service: registry, masked: maskSecret(password) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
