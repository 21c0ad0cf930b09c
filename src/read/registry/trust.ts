import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Failure, messageOf } from '../../core/failure.ts';

/** Which certificates one host is judged by, and which client certificate it is shown. */
interface Trust {
  readonly context: SecureContext;
  /** True when certificates were set up for this host alone, so that its context serves no other. */
  readonly own: boolean;
}

interface HostFiles {
  readonly authorities: string[];
  readonly pairs: { readonly cert: string; readonly key: string }[];
}

/**
 * Builds TLS contexts: roots of Node (with `NODE_EXTRA_CA_CERTS`) and of the system, `caFile`, and for one host what
 * lies in `certs.d/HOST[:PORT]/` (Docker's "Verify repository client with certificates", containers-certs.d(5)):
 * `*.crt` are authorities, `NAME.cert` with `NAME.key` is a client certificate. A client certificate is shown to
 * its host only. Verification is never off.
 */
export class TrustStore {
  readonly #caFile: string | undefined;
  readonly #certsDirs: readonly string[];
  readonly #hosts = new Map<string, Promise<Trust>>();
  #common: Promise<SecureContext> | undefined;

  constructor(caFile: string | undefined, certsDirs: readonly string[]) {
    this.#caFile = caFile;
    this.#certsDirs = certsDirs;
  }

  /**
   * @param host as `URL.host` gives it.
   * @throws Failure USAGE (not PEM, a pair without its half), NO_PERMISSION
   */
  forHost(host: string): Promise<Trust> {
    const known = this.#hosts.get(host) ?? this.#build(host);
    this.#hosts.set(host, known);
    return known;
  }

  async #build(host: string): Promise<Trust> {
    const { authorities, pairs } = await readHostFiles(this.#certsDirs, host);
    if (authorities.length === 0 && pairs.length === 0) {
      this.#common ??= toContext(await this.#roots(), [], this.#caFile ?? 'the system’s certificates');
      return { context: await this.#common, own: false };
    }
    const roots = [...(await this.#roots()), ...authorities];
    return { context: await toContext(roots, pairs, `certs.d/${host}`), own: true };
  }

  #roots(): Promise<string[]> {
    return readRoots(this.#caFile);
  }
}

/**
 * Node's roots, the system's, and those in a file.
 * @returns PEM, each one certificate
 * @throws Failure USAGE (not PEM), NO_PERMISSION
 */
export async function readRoots(caFile: string | undefined): Promise<string[]> {
  const extra = caFile === undefined ? [] : await readAuthorities(caFile);
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')]), ...extra];
}

async function toContext(ca: string[], pairs: HostFiles['pairs'], origin: string): Promise<SecureContext> {
  try {
    return createSecureContext({ ca, cert: pairs.map(({ cert }) => cert), key: pairs.map(({ key }) => key) });
  } catch (error) {
    throw new Failure(
      'USAGE',
      `${origin} holds a certificate or key that cannot be used: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function readHostFiles(dirs: readonly string[], host: string): Promise<HostFiles> {
  const found: HostFiles = { authorities: [], pairs: [] };
  // A host comes out of a URL, so no slash is in it; a lone dot or two would still name another folder.
  if (/^\.+$/.test(host)) return found;
  for (const dir of dirs) {
    const folder = join(dir, host);
    for (const name of await listIfThere(folder)) {
      const path = join(folder, name);
      if (name.endsWith('.crt')) found.authorities.push(...(await readAuthorities(path)));
      if (name.endsWith('.cert')) {
        const keyPath = `${path.slice(0, -'.cert'.length)}.key`;
        found.pairs.push({ cert: await readPem(path), key: await readPem(keyPath) });
      }
    }
  }
  return found;
}

async function listIfThere(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new Failure('NO_PERMISSION', `${folder} cannot be read (${code})`, { cause: error });
  }
}

/** OpenSSL passes over what it cannot read, and an authority that is silently missing helps nobody. */
async function readAuthorities(path: string): Promise<string[]> {
  const text = await readPem(path);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Failure('USAGE', `${path} holds no PEM certificate`);
  try {
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (error) {
    throw new Failure('USAGE', `${path} holds a certificate that cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function readPem(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    const kind = code === 'EACCES' || code === 'EPERM' ? 'NO_PERMISSION' : 'USAGE';
    throw new Failure(kind, `${path} cannot be read (${code})`, { cause: error });
  }
  if (!text.includes('-----BEGIN ')) throw new Failure('USAGE', `${path} holds no PEM certificate or key`);
  return text;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
