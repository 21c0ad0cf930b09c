import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '../../../core/failure.ts';
import type { StoreKind } from './trust-policy.ts';
import { basicConstraintsOf, type Certificate, isSelfSigned, parseCertificate } from './x509/certificate.ts';

/*
 * Notation's trust store: folders of certificates (trust-store-trust-policy.md, "Trust Store"). Only certificates lie there;
 * anything else, links among them, is refused and not passed over, because an authority that is silently missing, or one that
 * lies somewhere else, is not what anybody configured.
 */

/** A named store that a policy trusts. */
export interface TrustStore {
  readonly kind: StoreKind;
  readonly name: string;
  readonly certificates: readonly Certificate[];
}

const FILE_NAME = /\.(?:crt|pem|cer)$/;
const MAX_FILES = 1_000;
const MAX_BYTES = 2 ** 20;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,100000})-----END CERTIFICATE-----/g;

/**
 * @param folder `truststore/x509` of a Notation configuration
 * @throws Failure NOT_FOUND, NO_PERMISSION; USAGE for what is no certificate file, MALFORMED for certificates
 */
export async function readTrustStore(folder: string, kind: StoreKind, name: string): Promise<TrustStore> {
  const path = join(folder, kind, name);
  const files = await listFiles(path);
  const certificates: Certificate[] = [];
  for (const file of files) certificates.push(...parseCertificates(await readPlainFile(file), file));
  if (certificates.length === 0) throw new Failure('USAGE', `the trust store ${path} holds no certificate`);
  return toTrustStore(kind, name, certificates, path);
}

/**
 * @param origin where the certificates came from, for messages
 * @throws Failure MALFORMED when one is neither an authority nor its own issuer; a time stamping root must be its own issuer
 */
export function toTrustStore(
  kind: StoreKind,
  name: string,
  certificates: readonly Certificate[],
  origin: string,
): TrustStore {
  for (const certificate of certificates) {
    const isAuthority = kind !== 'tsa' && basicConstraintsOf(certificate)?.authority === true;
    if (isAuthority || isSelfSigned(certificate)) continue;
    const wanted = kind === 'tsa' ? 'a root' : 'an authority or its own issuer';
    throw new Failure('MALFORMED', `${origin}: the certificate ${certificate.fingerprint} is not ${wanted}`);
  }
  return { kind, name, certificates };
}

/** Certificates of one file: PEM, any number, or one in DER. @throws Failure MALFORMED */
export function parseCertificates(bytes: Uint8Array, origin: string): readonly Certificate[] {
  try {
    if (bytes[0] === 0x30) return [parseCertificate(bytes)];
    const text = Buffer.from(bytes).toString('latin1');
    const blocks = [...text.matchAll(PEM)].map(([, base64 = '']) =>
      parseCertificate(Buffer.from(base64, 'base64')),
    );
    // A block that the pattern does not see must not go missing in silence.
    const begun = text.split('-----BEGIN ').length - 1;
    if (blocks.length === 0 || blocks.length !== begun)
      throw new Error('it holds something that is no certificate');
    return blocks;
  } catch (cause) {
    throw new Failure('MALFORMED', `${origin}: ${messageOf(cause)}`, { cause });
  }
}

async function listFiles(path: string): Promise<string[]> {
  const entries = await refuseSystemErrors(path, async () => {
    if (!(await lstat(path)).isDirectory())
      throw new Failure('USAGE', `${path} is no folder (links are not followed)`);
    return readdir(path, { withFileTypes: true });
  });
  if (entries.length > MAX_FILES) throw new Failure('TOO_LARGE', `${path} has more than ${MAX_FILES} files`);
  for (const entry of entries) {
    if (entry.isFile() && FILE_NAME.test(entry.name)) continue;
    throw new Failure(
      'USAGE',
      `${join(path, entry.name)} is no .crt, .pem or .cer file (links are not followed)`,
    );
  }
  return entries.map(({ name }) => join(path, name)).sort();
}

/** A configuration file that is one, and no link. @throws Failure NOT_FOUND, NO_PERMISSION, USAGE, TOO_LARGE */
export async function readPlainFile(path: string): Promise<Uint8Array> {
  return refuseSystemErrors(path, async () => {
    const status = await lstat(path);
    if (!status.isFile()) throw new Failure('USAGE', `${path} is no plain file (links are not followed)`);
    if (status.size > MAX_BYTES) throw new Failure('TOO_LARGE', `${path} has more than ${MAX_BYTES} bytes`);
    return readFile(path);
  });
}

async function refuseSystemErrors<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new Failure('NOT_FOUND', `${path} does not exist`, { cause: error });
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Failure('NO_PERMISSION', `${path} must not be read: ${messageOf(error)}`, { cause: error });
    }
    throw error;
  }
}
