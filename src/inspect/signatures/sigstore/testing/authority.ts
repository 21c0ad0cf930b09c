// First: it brings the reflection that @peculiar/x509 wants to find.
import '@sigstore/mock';
import { createHash, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { initializeCTLog } from '@sigstore/mock';

/*
 * A certificate authority as Fulcio is one, whose certificates can be wrong in every way that a verifier must notice.
 */

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What a leaf certificate says, and how it may be bent. */
export interface LeafRequest {
  readonly publicKey: KeyObject;
  /** A URI, an e-mail address, or `other:<name>` for Fulcio's user name form. */
  readonly identities: readonly string[];
  readonly issuer: string;
  readonly at: Date;
  readonly usages?: readonly string[];
  readonly keyUsages?: number;
  readonly authority?: boolean;
  /** False: without a signed certificate timestamp. */
  readonly sct?: boolean;
  /** Only the old issuer extension, 1.3.6.1.4.1.57264.1.1. */
  readonly oldIssuer?: boolean;
}

const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const OTHER_NAME = '1.3.6.1.4.1.57264.1.7';
const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';
const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const TEN_MINUTES = 600_000;

x509.cryptoProvider.set(webcrypto as typeof globalThis.crypto);

export interface CertificateRequest {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyPair;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serial: string;
  readonly extensions: readonly x509.Extension[];
}

/** Signs any certificate at all: DER. */
export async function issueCertificate(request: CertificateRequest): Promise<Buffer> {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial,
    subject: request.subject,
    issuer: request.issuer,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: SIGNING,
    publicKey: await toWebKey(request.publicKey, 'verify'),
    signingKey: await toWebKey(request.signer.privateKey, 'sign'),
    extensions: [...request.extensions],
  });
  return Buffer.from(certificate.rawData);
}

/** A root or intermediate certificate's extensions. */
export function authorityExtensions(pathLength?: number): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ];
}

/** Issues as Fulcio does: the certificate without its SCT goes to the certificate log, then is signed with it. */
export async function issueLeaf(
  request: LeafRequest,
  authority: { readonly name: string; readonly keys: KeyPair },
  certificateLog: KeyPair,
): Promise<Buffer> {
  const issue = (extensions: readonly x509.Extension[]): Promise<Buffer> =>
    issueCertificate({
      subject: '',
      issuer: authority.name,
      publicKey: request.publicKey,
      signer: authority.keys,
      notBefore: request.at,
      notAfter: new Date(request.at.getTime() + TEN_MINUTES),
      serial: '11182004',
      extensions,
    });
  const extensions = leafExtensions(request);
  const before = await issue(extensions);
  if (request.sct === false) return before;
  const log = await initializeCTLog(certificateLog, request.at);
  const issuerId = createHash('sha256').update(toSpki(authority.keys.publicKey)).digest();
  // Comes with its own length in front.
  const sct = Buffer.from(await log.log(toArrayBuffer(before), toArrayBuffer(issuerId)));
  const list = Buffer.concat([toUint16(sct.length), sct]);
  return issue([...extensions, new x509.Extension(SCT_LIST, false, toDer(0x04, list))]);
}

function leafExtensions(request: LeafRequest): x509.Extension[] {
  const usages = request.usages ?? [x509.ExtendedKeyUsage.codeSigning];
  const names = toDer(0x30, Buffer.concat(request.identities.map(toGeneralName)));
  return [
    new x509.KeyUsagesExtension(request.keyUsages ?? x509.KeyUsageFlags.digitalSignature, true),
    ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
    ...(request.authority === true ? [new x509.BasicConstraintsExtension(true, undefined, true)] : []),
    ...(request.identities.length > 0 ? [new x509.Extension('2.5.29.17', true, names)] : []),
    new x509.Extension(ISSUER_V1, false, Buffer.from(request.issuer)),
    ...(request.oldIssuer === true
      ? []
      : [new x509.Extension(ISSUER_V2, false, toDer(0x0c, Buffer.from(request.issuer)))]),
  ];
}

/** RFC 5280, 4.2.1.6: rfc822Name is [1], URI is [6], otherName is [0]. */
function toGeneralName(identity: string): Buffer {
  if (identity.startsWith('other:')) {
    const name = toDer(0xa0, toDer(0x0c, Buffer.from(identity.slice('other:'.length))));
    return toDer(0xa0, Buffer.concat([toOid(OTHER_NAME), name]));
  }
  if (identity.startsWith('dns:')) return toDer(0x82, Buffer.from(identity.slice('dns:'.length)));
  return toDer(identity.includes('://') ? 0x86 : 0x81, Buffer.from(identity));
}

export function toDer(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function toOid(oid: string): Buffer {
  const [first = 0, second = 0, ...arcs] = oid.split('.').map(Number);
  const bytes = arcs.flatMap((arc) => {
    const groups = [arc & 127];
    for (let rest = arc >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 127) | 128);
    return groups;
  });
  return toDer(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

export function toSpki(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function toUint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function toWebKey(key: KeyObject, usage: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const curve = namedCurve === 'secp384r1' ? 'P-384' : namedCurve === 'secp521r1' ? 'P-521' : 'P-256';
  const format = usage === 'sign' ? 'pkcs8' : 'spki';
  const der = usage === 'sign' ? key.export({ format: 'der', type: 'pkcs8' }) : toSpki(key);
  return webcrypto.subtle.importKey(format, new Uint8Array(der), { name: 'ECDSA', namedCurve: curve }, true, [
    usage,
  ]);
}
