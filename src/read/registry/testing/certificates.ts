import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  /** Holds `ca.crt`, and `NAME.crt` with `NAME.key` for each name. */
  readonly folder: string;
  readonly caFile: string;
  pem(name: string): { cert: Buffer; key: Buffer };
  remove(): void;
}

/**
 * A private authority and certificates of it, made anew with openssl: no private key lies in the repository.
 * @param names subject -> subject alternative names, as openssl writes them.
 * @returns undefined where there is no openssl.
 */
export function makeCertificates(names: Readonly<Record<string, string>>): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-certificates-'));
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  try {
    openssl('req', '-x509', ...key, '-subj', '/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.crt');
    for (const [name, alternatives] of Object.entries(names)) {
      const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
      writeFileSync(join(folder, 'extensions'), `subjectAltName=${alternatives}\n`);
      openssl('req', ...key.slice(0, 5), '-subj', `/CN=${name}`, ...files);
      const sign = [
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
      ];
      openssl(...sign, '-days', '2', '-extfile', 'extensions', '-out', `${name}.crt`);
    }
  } catch (error) {
    rmSync(folder, { recursive: true });
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return {
    folder,
    caFile: join(folder, 'ca.crt'),
    pem: (name) => ({
      cert: readFileSync(join(folder, `${name}.crt`)),
      key: readFileSync(join(folder, `${name}.key`)),
    }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
