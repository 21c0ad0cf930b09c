import { Refusal } from '../refusal.ts';
import type { Algorithm } from './algorithm.ts';

/*
 * What JWS and COSE envelopes have in common (signature-specification.md, "Signature Envelope"). Everything here was written
 * by whoever made the envelope; what is under `attributes` is at least covered by the signature.
 */

export interface Envelope {
  /** As the envelope has it; counts only where the certificate's key agrees. */
  readonly algorithm: Algorithm;
  /** The bytes that `signature` is over. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
  readonly attributes: SignedAttributes;
  /** Certificates in DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  /** RFC 3161 TimeStampToken over `signature`. */
  readonly timestamp?: Uint8Array;
}

/** Who owns the key and says when it signed (signing-scheme.md). */
export type SignedAttributes = {
  readonly expiry?: Date;
} & (
  | {
      /** A publisher's own key; its time is its own claim. */
      readonly scheme: 'notary.x509';
      readonly signingTime: Date;
    }
  | {
      /** A service that signs for others, and vouches for the time. */
      readonly scheme: 'notary.x509.signingAuthority';
      readonly authenticSigningTime: Date;
    }
);

export const JWS_MEDIA_TYPE = 'application/jose+json';
export const COSE_MEDIA_TYPE = 'application/cose';

export const HEADER = {
  signingScheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  plugin: 'io.cncf.notary.verificationPlugin',
  pluginVersion: 'io.cncf.notary.verificationPluginMinVersion',
  timestamp: 'io.cncf.notary.timestampSignature',
} as const;

const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
/** Headers that may be critical, because they are processed here. */
const UNDERSTOOD: ReadonlySet<unknown> = new Set([
  HEADER.signingScheme,
  HEADER.authenticSigningTime,
  HEADER.expiry,
]);
const MAX_CHAIN = 10;

/** The protected header, in the terms that both formats share. */
export interface ProtectedHeader {
  readonly contentType: unknown;
  readonly critical: unknown;
  /** Headers with a name. */
  readonly named: ReadonlyMap<string, unknown>;
  /** How this format writes a time; undefined for what is none. */
  readonly toTime: (value: unknown) => Date | undefined;
}

/** @throws Refusal PAYLOAD_TYPE, UNSUPPORTED (plugins, critical headers that are not known), MALFORMED */
export function readAttributes(header: ProtectedHeader): SignedAttributes {
  const { named, contentType } = header;
  if (contentType !== PAYLOAD_TYPE) {
    throw new Refusal(
      'PAYLOAD_TYPE',
      `the signature is over ${quote(contentType)}, not over ${PAYLOAD_TYPE}`,
    );
  }
  if (named.has(HEADER.plugin) || named.has(HEADER.pluginVersion)) {
    throw new Refusal(
      'UNSUPPORTED',
      `the signature can only be verified with Notation's plugin ${quote(named.get(HEADER.plugin))}`,
    );
  }
  const attributes = readScheme(header);
  checkCritical(header, attributes);
  return attributes;
}

function readScheme({ named, toTime }: ProtectedHeader): SignedAttributes {
  const scheme = named.get(HEADER.signingScheme);
  const times = {
    signingTime: readTime(named, HEADER.signingTime, toTime),
    authenticSigningTime: readTime(named, HEADER.authenticSigningTime, toTime),
  };
  const expiry = readTime(named, HEADER.expiry, toTime);
  const [own, foreign] =
    scheme === 'notary.x509'
      ? ([times.signingTime, times.authenticSigningTime] as const)
      : ([times.authenticSigningTime, times.signingTime] as const);
  if (scheme !== 'notary.x509' && scheme !== 'notary.x509.signingAuthority') {
    throw new Refusal('UNSUPPORTED', `the signing scheme ${quote(scheme)} is not known`);
  }
  if (own === undefined || foreign !== undefined) {
    throw malformed(`the envelope does not have the signing time of the scheme ${scheme}`);
  }
  if (expiry !== undefined && expiry <= own) throw malformed('it expires before it was signed');
  const end = expiry === undefined ? {} : { expiry };
  return scheme === 'notary.x509'
    ? { scheme, signingTime: own, ...end }
    : { scheme, authenticSigningTime: own, ...end };
}

function readTime(
  named: ReadonlyMap<string, unknown>,
  name: string,
  toTime: ProtectedHeader['toTime'],
): Date | undefined {
  if (!named.has(name)) return undefined;
  const time = toTime(named.get(name));
  if (time === undefined || Number.isNaN(time.getTime())) throw malformed(`the header ${name} is no time`);
  return time;
}

/**
 * Both ways: what is critical must be understood and there, and what decides here must be critical, so that no other verifier
 * passes over it (RFC 7515, 4.1.11; RFC 9052, 3.1).
 */
function checkCritical({ critical, named }: ProtectedHeader, { scheme, expiry }: SignedAttributes): void {
  if (!Array.isArray(critical) || critical.length === 0) throw malformed('no header is critical');
  const listed = new Set<unknown>(critical);
  if (listed.size !== critical.length) throw malformed('a header is listed as critical twice');
  for (const name of listed) {
    if (!UNDERSTOOD.has(name)) {
      throw new Refusal('UNSUPPORTED', `the critical header ${quote(name)} is not understood`);
    }
    if (!named.has(String(name))) throw malformed(`the critical header ${quote(name)} is missing`);
  }
  const needed = [
    HEADER.signingScheme,
    ...(scheme === 'notary.x509.signingAuthority' ? [HEADER.authenticSigningTime] : []),
    ...(expiry === undefined ? [] : [HEADER.expiry]),
  ];
  const lacking = needed.find((name) => !listed.has(name));
  if (lacking !== undefined) throw malformed(`the header ${lacking} is not critical`);
}

/** @throws Refusal MALFORMED, TOO_MANY */
export function checkChainLength(chain: readonly unknown[]): void {
  if (chain.length === 0) throw malformed('it has no certificate');
  if (chain.length > MAX_CHAIN) {
    throw new Refusal(
      'TOO_MANY',
      `the envelope has ${chain.length} certificates, and ${MAX_CHAIN} are looked at`,
    );
  }
}

export function malformed(what: string): Refusal {
  return new Refusal('MALFORMED', `not a Notation envelope as it must be: ${what}`);
}

export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' || typeof value === 'number'
    ? JSON.stringify(value).slice(0, 80)
    : 'no text';
}
