import type { X509Certificate } from '@sigstore/core';
import { VerificationError } from '@sigstore/verify';
import { Refusal } from '../refusal.ts';
import type { SigstoreBundle } from './bundle-json.ts';
import { openCertificate, type SigningCertificate } from './certificate.ts';
import { type Evidence, timesOf, verifyWithCertificate } from './library.ts';
import { checkSigner } from './log-binding.ts';
import { checkDistinct, checkPeriods, toLogEntry } from './log-entries.ts';
import type { LibraryContent, SignedThing, Signing } from './signed-content.ts';
import { checkAuthorities, checkNotFuture, type ParsedStamp, parseStamps } from './timestamps.ts';
import type { TrustRoot } from './trust-root.ts';

/*
 * Keyless: the certificate was good for ten minutes, so everything hangs on when the signature was made. Each trust root
 * that certified the signer is asked on its own, with its own logs and authorities: what one root's log says about another's
 * certificate is worth nothing.
 */

interface Attempt {
  readonly bundle: SigstoreBundle;
  readonly kind: SignedThing['kind'];
  readonly content: LibraryContent;
  readonly stamps: readonly ParsedStamp[];
  readonly certificate: SigningCertificate;
}

/**
 * A proof for each root that proves it.
 * @throws Refusal when none does
 */
export async function proveByCertificate(
  bundle: SigstoreBundle,
  der: Buffer,
  thing: SignedThing,
  roots: readonly TrustRoot[],
  now: Date,
): Promise<readonly Signing[]> {
  const certificate = openCertificate(der);
  const certifying = roots.filter((root) => hasCertified(root, certificate.parsed));
  if (certifying.length === 0) {
    throw new Refusal('CERTIFICATE_UNTRUSTED', 'no authority of a trust root has issued the certificate');
  }
  checkDistinct(bundle.entries);
  const stamps = parseStamps(bundle.timestamps);
  const content = await thing.signedBy(certificate.key);
  if (content === undefined) {
    throw new Refusal('SIGNATURE_INVALID', "the signature is not of the certificate's key over this content");
  }
  const attempt: Attempt = { bundle, kind: thing.kind, content, stamps, certificate };
  return firstRefusalUnlessProven(certifying.map((root) => () => proveWith(root, attempt, now)));
}

function firstRefusalUnlessProven(attempts: readonly (() => Signing)[]): Signing[] {
  const proven: Signing[] = [];
  let refusal: unknown;
  for (const attempt of attempts) {
    try {
      proven.push(attempt());
    } catch (error) {
      refusal ??= error;
    }
  }
  if (proven.length === 0) throw refusal;
  return proven;
}

function proveWith(root: TrustRoot, attempt: Attempt, now: Date): Signing {
  const { bundle, kind, content, stamps, certificate } = attempt;
  const { entries } = bundle;
  const { material } = root;
  const evidence: Evidence = { content, entries, stamps };
  const signed = timesOf(evidence);
  if (root.requireLog && entries.length === 0) {
    throw new Refusal('LOG_MISSING', 'the signature is in no transparency log');
  }
  if (signed.length === 0)
    throw new Refusal('TIMESTAMP_MISSING', 'nothing that is trusted says when it was signed');
  const times = signed.map(({ time }) => new Date(time));
  verifyOrExplain(root, evidence, certificate.parsed, times);
  checkAuthorities(stamps, material.timestampAuthorities);
  checkPeriods(entries, times, material.tlogs);
  for (const entry of entries) checkSigner(entry, kind, { kind: 'certificate', der: certificate.der });
  checkNotFuture(times, now);
  const [entry] = entries;
  return {
    identity: { kind: 'sigstore', ...certificate.identity, root: root.name },
    times: signed,
    ...(entry === undefined ? {} : { log: toLogEntry(entry, material.tlogs) }),
    notes: [],
  };
}

function verifyOrExplain(
  root: TrustRoot,
  evidence: Evidence,
  certificate: X509Certificate,
  times: readonly Date[],
): void {
  const thresholds = { logs: root.requireLog ? 1 : 0, scts: root.requireSct ? 1 : 0, times: 1 } as const;
  try {
    verifyWithCertificate(evidence, certificate, root.material, thresholds);
  } catch (error) {
    throw error instanceof VerificationError ? explain(error, root, certificate, times) : error;
  }
}

/** The library has one code for all that can be wrong with a certificate. */
function explain(
  error: VerificationError,
  { material }: TrustRoot,
  certificate: X509Certificate,
  times: readonly Date[],
): Refusal {
  const chains = material.certificateAuthorities.filter(({ certChain }) => hasIssued(certChain, certificate));
  const good = chains.some(({ certChain, validFor }) =>
    times.every(
      (time) =>
        validFor.start <= time &&
        time <= validFor.end &&
        [certificate, ...certChain].every((member) => member.validForDate(time)),
    ),
  );
  if (!good) {
    return new Refusal(
      'CERTIFICATE_EXPIRED',
      'the certificate, or one that it hangs on, was not valid when it was signed with',
    );
  }
  // Only a broken chain has a cause; what is left then is the certificate log.
  return error.cause === undefined
    ? new Refusal('SCT_INVALID', 'the certificate is in no certificate log of the trust root')
    : new Refusal('CERTIFICATE_UNTRUSTED', 'the certificate does not lead to an authority of the trust root');
}

function hasCertified({ material }: TrustRoot, certificate: X509Certificate): boolean {
  return material.certificateAuthorities.some(({ certChain }) => hasIssued(certChain, certificate));
}

function hasIssued(chain: readonly X509Certificate[], certificate: X509Certificate): boolean {
  return chain.some((issuer) => {
    try {
      return issuer.subject.equals(certificate.issuer) && certificate.verify(issuer);
    } catch {
      return false;
    }
  });
}
