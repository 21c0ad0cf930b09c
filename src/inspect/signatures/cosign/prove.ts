import { Failure, isFailure, messageOf } from '../../../core/failure.ts';
import type { Rejection, RejectionCode } from '../../../core/vouching.ts';
import type { Found, FoundBody, Materials, Proof, ProofResult, Prove } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { SigstoreBundle } from '../sigstore/bundle-json.ts';
import { parseSignature, parseWitnesses, type Witnesses } from './annotations.ts';
import { openEnvelope } from './envelope.ts';
import type { OpenedSignature } from './opened-signature.ts';
import { openSimpleSigning } from './simple-signing.ts';

/*
 * Proves what cosign attached before version 3: payload or envelope in the blob, everything else in annotations. It is put
 * together to what a sigstore bundle holds, and from there on held to the same rules.
 *
 * A bundle says whether a key or a certificate is to prove it. Here a certificate may stand beside a signature that a
 * trusted key has made, so both are tried, each with its own materials only: no certificate is ever taken for a key, whoever
 * signed it. What was logged under the certificate says nothing of the key then.
 */

/** Step 2 of verification for cosign's tags. An empty array for other formats. @throws Failure CANCELLED */
export const proveCosign: Prove = async (found, materials, { now, signal }) => {
  const { body, format } = found;
  if (body.kind !== 'simple-signing' && body.kind !== 'envelope') return [];
  if (signal.aborted) throw new Failure('CANCELLED', 'verification was cancelled', { cause: signal.reason });
  try {
    const opened = await open(body, signal);
    const signed = { ...opened, witnesses: parseWitnesses(body.annotations), now };
    const signings = await proveSigner(signed, materials);
    const content = opened.thing.read();
    return signings.map(
      (signing): ProofResult => ({ kind: 'proven', proof: { format, ...signing, content } }),
    );
  } catch (error) {
    return [{ kind: 'rejected', rejection: toRejection(error, found) }];
  }
};

type CosignBody = Extract<FoundBody, { kind: 'simple-signing' | 'envelope' }>;

async function open(body: CosignBody, signal: AbortSignal): Promise<OpenedSignature> {
  return body.kind === 'envelope'
    ? openEnvelope(body.envelope, signal)
    : openSimpleSigning(body.payload, parseSignature(body.annotations));
}

type Signing = Pick<Proof, 'identity' | 'times' | 'log' | 'notes'>;

interface Signed extends OpenedSignature {
  readonly witnesses: Witnesses;
  readonly now: Date;
}

/** @throws Refusal when neither a key nor a root proves it */
async function proveSigner(signed: Signed, materials: Materials): Promise<readonly Signing[]> {
  const byKey =
    materials.keys.length === 0 ? undefined : await attempt(() => proveWithKeys(signed, materials));
  const byCertificate =
    materials.roots.length === 0 || signed.witnesses.certificate === undefined
      ? undefined
      : await attempt(() => proveWithRoots(signed, materials));
  const proven = [...(byKey?.proven ?? []), ...(byCertificate?.proven ?? [])];
  if (proven.length === 0) throw toRefusal(signed, byKey?.refusal, byCertificate?.refusal);
  return proven;
}

interface Attempt {
  readonly proven: readonly Signing[];
  readonly refusal?: unknown;
}

async function attempt(prove: () => Promise<readonly Signing[]>): Promise<Attempt> {
  try {
    return { proven: await prove() };
  } catch (refusal) {
    return { proven: [], refusal };
  }
}

/** The one that says most: a key that signed but does not count, then the certificate, then that nothing fits. */
function toRefusal({ witnesses }: Signed, byKey: unknown, byCertificate: unknown): unknown {
  const isStranger = byKey instanceof Refusal && byKey.code === 'SIGNER_NOT_TRUSTED';
  if (byKey !== undefined && !isStranger) return byKey;
  if (byCertificate !== undefined) return byCertificate;
  if (witnesses.certificate !== undefined) {
    return new Refusal(
      'WRONG_MATERIAL',
      'signed with a certificate, and there is no sigstore trust root to hold it against' +
        (isStranger ? '; none of the trusted keys has made the signature' : ''),
    );
  }
  return byKey ?? new Refusal('WRONG_MATERIAL', 'signed with a bare key, and no key is trusted');
}

async function proveWithKeys(signed: Signed, { keys, roots }: Materials): Promise<readonly Signing[]> {
  const { proveByKey } = await import('../sigstore/by-key.ts');
  const { entry } = signed.witnesses;
  const unread = whyUnread(signed.witnesses);
  const bundle = toBundle(signed, unread === undefined ? entry : undefined);
  const signings = await proveByKey(bundle, '', signed.thing, keys, roots, signed.now);
  return unread === undefined
    ? signings
    : signings.map((signing) => ({ ...signing, notes: [...signing.notes, unread] }));
}

async function proveWithRoots(signed: Signed, { roots }: Materials): Promise<readonly Signing[]> {
  const { certificate = Buffer.of(), entry } = signed.witnesses;
  if (entry !== undefined && !isKnown(entry))
    throw new Refusal('UNSUPPORTED', `${nameOf(entry)} cannot be verified`);
  const { proveByCertificate } = await import('../sigstore/by-certificate.ts');
  return proveByCertificate(toBundle(signed, entry), certificate, signed.thing, roots, signed.now);
}

/** Where a key proves who, a log entry that says nothing of the key is as good as none. */
function whyUnread({ entry, certificate }: Witnesses): string | undefined {
  if (entry === undefined) return undefined;
  if (certificate !== undefined)
    return 'the log entry was not checked: it is of the certificate, not of the key';
  return isKnown(entry) ? undefined : `${nameOf(entry)} was not checked: it cannot be verified`;
}

/**
 * `intoto` 0.0.1 logged a hash of the envelope and not the signature, `rekord` is older still; both are what cosign 1 wrote,
 * and neither is known to the library.
 */
const KNOWN_ENTRIES: ReadonlySet<string> = new Set(['hashedrekord 0.0.1', 'intoto 0.0.2', 'dsse 0.0.1']);

type Entry = NonNullable<Witnesses['entry']>;

function isKnown({ kindVersion: { kind, version } }: Entry): boolean {
  return KNOWN_ENTRIES.has(`${kind} ${version}`);
}

function nameOf({ kindVersion: { kind, version } }: Entry): string {
  return `a log entry of kind ${kind} ${version}`;
}

function toBundle({ content, witnesses }: Signed, entry: Entry | undefined): SigstoreBundle {
  const { certificate, timestamps } = witnesses;
  return {
    content,
    signer: certificate === undefined ? { kind: 'key', hint: '' } : { kind: 'certificate', der: certificate },
    entries: entry === undefined ? [] : [entry],
    timestamps,
  };
}

const REFUSING: ReadonlySet<string> = new Set<RejectionCode>(['MALFORMED', 'TOO_LARGE', 'UNSUPPORTED']);

/** Whatever a library throws, it threw at something that the attacker wrote. */
function toRejection(error: unknown, { format, attachment }: Found): Rejection {
  if (isFailure(error) && !REFUSING.has(error.code)) throw error;
  const known = error instanceof Refusal || isFailure(error) ? (error.code as RejectionCode) : 'MALFORMED';
  const place = attachment === undefined ? {} : { attachment };
  return { code: known, message: messageOf(error), format, ...place };
}
