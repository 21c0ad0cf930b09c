// First: it brings the reflection that @peculiar/x509 wants to find.
import '@sigstore/mock';
import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/*
 * Certificates, good ones and such as are wrong in each way that a verifier must notice. All names end in reserved domains, and every
 * key is made anew and forgotten.
 */

x509.cryptoProvider.set(webcrypto as typeof globalThis.crypto);

export const NOW = new Date('2026-05-06T07:08:09Z');

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A certificate, its key, and the certificates above it. */
export interface Holder {
  readonly subject: string;
  readonly keys: KeyPair;
  /** DER, this one first. */
  readonly chain: readonly Buffer[];
}

export interface IssueRequest {
  readonly subject: string;
  /** Absent: it is its own issuer. */
  readonly issuer?: Holder;
  readonly keys?: KeyPair;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Hexadecimal. */
  readonly serial?: string;
  readonly hash?: 'SHA-1' | 'SHA-256';
  readonly extensions: readonly x509.Extension[];
}

export const { Extension } = x509;
export const DAY = 24 * 60 * 60_000;
const { KeyUsageFlags } = x509;

export function makeKeys(curve: 'P-256' | 'P-384' | 'P-521' = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: curve });
}

export function makeRsaKeys(modulusLength: number): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength });
}

let serials = 0x1000;

export async function issue(request: IssueRequest): Promise<Holder> {
  const { subject, issuer, keys = makeKeys(), extensions, hash = 'SHA-256' } = request;
  const signer = issuer?.keys ?? keys;
  serials += 1;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial ?? serials.toString(16),
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: request.notBefore ?? new Date(NOW.getTime() - 30 * DAY),
    notAfter: request.notAfter ?? new Date(NOW.getTime() + 30 * DAY),
    signingAlgorithm: signingAlgorithm(signer.publicKey, hash),
    publicKey: await toWebKey(keys.publicKey, 'verify', hash),
    signingKey: await toWebKey(signer.privateKey, 'sign', hash),
    extensions: [...extensions],
  });
  return { subject, keys, chain: [Buffer.from(certificate.rawData), ...(issuer?.chain ?? [])] };
}

export function authority(pathLength?: number, usage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign) {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(usage, true),
  ];
}

export function signer(...purposes: readonly string[]): x509.Extension[] {
  return [
    new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
  ];
}

export const PURPOSE = {
  codeSigning: '1.3.6.1.5.5.7.3.3',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
} as const;

export function timeStamper(critical = true, ...more: readonly string[]): x509.Extension[] {
  return [...signer(), new x509.ExtendedKeyUsageExtension([PURPOSE.timeStamping, ...more], critical)];
}

export function ocspResponder(noCheck = true): x509.Extension[] {
  const extensions = signer(PURPOSE.ocspSigning);
  return noCheck
    ? [...extensions, new x509.Extension('1.3.6.1.5.5.7.48.1.5', false, Buffer.of(5, 0))]
    : extensions;
}

/** Where the certificate says that its revocation can be asked about. */
export function locations({ ocsp, crl }: { ocsp?: string; crl?: readonly string[] }): x509.Extension[] {
  return [
    ...(ocsp === undefined ? [] : [new x509.AuthorityInfoAccessExtension({ ocsp })]),
    ...(crl === undefined ? [] : [new x509.CRLDistributionPointsExtension([...crl])]),
  ];
}

/** Root, intermediate, signer. */
export async function makeChain(
  leaf: Partial<IssueRequest> = {},
  middle: Partial<IssueRequest> = {},
  top: Partial<IssueRequest> = {},
): Promise<{ readonly root: Holder; readonly intermediate: Holder; readonly leaf: Holder }> {
  const name = (cn: string): string => `CN=${cn}, O=Acme, ST=WA, C=US`;
  const root = await issue({ subject: name('Acme Root'), extensions: authority(), ...top });
  const intermediate = await issue({
    subject: name('Acme Signing'),
    issuer: root,
    extensions: authority(0),
    ...middle,
  });
  const end = await issue({
    subject: name('Acme Release'),
    issuer: intermediate,
    extensions: signer(PURPOSE.codeSigning),
    ...leaf,
  });
  return { root, intermediate, leaf: end };
}

export function signingAlgorithm(
  key: KeyObject,
  hash: string,
): webcrypto.EcKeyImportParams & webcrypto.EcdsaParams {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash, namedCurve: '' };
  return { name: 'ECDSA', namedCurve: curveOf(key), hash };
}

function curveOf(key: KeyObject): string {
  const curves: Record<string, string> = { secp384r1: 'P-384', secp521r1: 'P-521' };
  return curves[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'P-256';
}

export function toWebKey(
  key: KeyObject,
  usage: 'sign' | 'verify',
  hash: string,
): Promise<webcrypto.CryptoKey> {
  const isPrivate = usage === 'sign';
  const der = isPrivate
    ? key.export({ format: 'der', type: 'pkcs8' })
    : key.export({ format: 'der', type: 'spki' });
  const format = isPrivate ? 'pkcs8' : 'spki';
  return webcrypto.subtle.importKey(format, Uint8Array.from(der), signingAlgorithm(key, hash), true, [usage]);
}
