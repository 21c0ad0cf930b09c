import { Refusal } from '../../refusal.ts';
import { toKeyFlaw } from '../algorithm.ts';
import {
  basicConstraintsOf,
  type Certificate,
  EXTENSION,
  isIssuedBy,
  isSelfSigned,
  KEY_USAGE,
  mayUse,
  purposesOf,
} from './certificate.ts';
import { describeSubject } from './distinguished-name.ts';

/*
 * What a chain of certificates must be (signature-specification.md, "Certificate Requirements"; RFC 5280, 6.1 as far as that page
 * asks for it). The chain comes with the signature, from an attacker, and in order: leaf first, each issued by the next, the last
 * by itself. Whether anybody trusts it, and when it was valid, is asked elsewhere.
 *
 * Other extensions are not looked at, critical or not, because the page says so.
 */

export type Purpose = 'code-signing' | 'time-stamping';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** serverAuth, clientAuth, emailProtection, OCSPSigning and anyExtendedKeyUsage: keys that do other things do not sign images. */
const OTHER_PURPOSES: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.9',
  '2.5.29.37.0',
]);
const NOT_FOR_LEAVES = [
  KEY_USAGE.keyEncipherment,
  KEY_USAGE.dataEncipherment,
  KEY_USAGE.keyAgreement,
  KEY_USAGE.certificateSigning,
  KEY_USAGE.crlSigning,
  KEY_USAGE.encipherOnly,
  KEY_USAGE.decipherOnly,
];

/** At least one, leaf first. */
export type Chain = readonly [Certificate, ...Certificate[]];

/** @throws Refusal CERTIFICATE_UNTRUSTED where the links do not hold, CERTIFICATE_USAGE where a certificate is for something else */
export function checkChain(chain: Chain, purpose: Purpose): void {
  for (const [index, certificate] of chain.entries()) {
    checkLink(certificate, chain[index + 1], index);
    const flaw = index === 0 ? leafFlaw(certificate, purpose) : authorityFlaw(certificate, index - 1);
    if (flaw !== undefined) throw new Refusal('CERTIFICATE_USAGE', `${nameOf(certificate)} ${flaw}`);
  }
}

function checkLink(certificate: Certificate, issuer: Certificate | undefined, index: number): void {
  if (issuer === undefined) {
    if (isSelfSigned(certificate)) return;
    throw untrusted(`the chain ends in ${nameOf(certificate)}, which is not its own issuer`);
  }
  if (isSelfSigned(certificate)) {
    throw untrusted(`${nameOf(certificate)}, number ${index + 1} of the chain, is its own issuer`);
  }
  if (!isIssuedBy(certificate, issuer)) {
    throw untrusted(`${nameOf(certificate)} was not issued by the next certificate, ${nameOf(issuer)}`);
  }
}

function leafFlaw(leaf: Certificate, purpose: Purpose): string | undefined {
  if (basicConstraintsOf(leaf)?.authority === true) return 'is an authority, and must not sign by itself';
  const usage = leaf.extensions.get(EXTENSION.keyUsage);
  if (usage === undefined) return 'does not say what its key is for';
  if (purpose === 'code-signing' && !usage.critical) return 'says what its key is for, but not as critical';
  if (mayUse(leaf, KEY_USAGE.digitalSignature) !== true) return 'is not for digital signatures';
  if (NOT_FOR_LEAVES.some((bit) => mayUse(leaf, bit) === true)) return 'is for more than digital signatures';
  return purposeFlaw(leaf, purpose) ?? toKeyFlaw(leaf.key) ?? algorithmFlaw(leaf);
}

function purposeFlaw(leaf: Certificate, purpose: Purpose): string | undefined {
  const purposes = purposesOf(leaf);
  if (purpose === 'time-stamping') {
    // RFC 3161, 2.3: only this purpose, and critical.
    if (purposes?.length !== 1 || purposes[0] !== TIME_STAMPING) return 'is not for time stamping alone';
    const critical = leaf.extensions.get(EXTENSION.extendedKeyUsage)?.critical === true;
    return critical ? undefined : 'does not insist on being for time stamping';
  }
  if (purposes === undefined) return undefined;
  if (!purposes.includes(CODE_SIGNING)) return 'is not for code signing';
  const other = purposes.find((oid) => oid === TIME_STAMPING || OTHER_PURPOSES.has(oid));
  return other === undefined ? undefined : `is for another purpose too (${other})`;
}

/** @param below intermediate certificates between this one and the leaf */
function authorityFlaw(certificate: Certificate, below: number): string | undefined {
  const constraints = basicConstraintsOf(certificate);
  if (constraints?.authority !== true || !constraints.critical) return 'is no authority';
  if (constraints.pathLength !== undefined && constraints.pathLength < below) {
    return `allows ${constraints.pathLength} authorities below it, and there are ${below}`;
  }
  if (certificate.extensions.get(EXTENSION.keyUsage)?.critical !== true) {
    return 'does not say, as critical, what its key is for';
  }
  if (mayUse(certificate, KEY_USAGE.certificateSigning) !== true) return 'is not for signing certificates';
  return algorithmFlaw(certificate);
}

function algorithmFlaw(certificate: Certificate): string | undefined {
  if (!certificate.strongSignature) return 'is signed by an algorithm that no longer holds';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.key;
  const weak = (type === 'rsa' || type === 'rsa-pss') && (details?.modulusLength ?? 0) < 2048;
  return weak ? 'has an RSA key of less than 2048 bits' : undefined;
}

/** @throws Refusal CERTIFICATE_EXPIRED when a certificate was not valid all the time from `from` to `to` */
export function checkValidity(chain: Chain, from: Date, to: Date): void {
  for (const certificate of chain) {
    if (certificate.validFrom <= from && to <= certificate.validTo) continue;
    const { validFrom, validTo } = certificate;
    throw new Refusal(
      'CERTIFICATE_EXPIRED',
      `${nameOf(certificate)} is valid from ${validFrom.toISOString()} to ${validTo.toISOString()}, and not at ${from.toISOString()}`,
    );
  }
}

function nameOf(certificate: Certificate): string {
  return `the certificate ${describeSubject(certificate)}`;
}

function untrusted(message: string): Refusal {
  return new Refusal('CERTIFICATE_UNTRUSTED', message);
}
