import type { Found, ProofResult, ProveContext } from '../../contract.ts';
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE } from '../envelope.ts';
import { proveNotation } from '../prove.ts';
import { type NotationTrust, toNotationTrust } from '../trust.ts';
import { type NotationPolicy, parseTrustPolicy } from '../trust-policy.ts';
import { parseCertificates, toTrustStore } from '../trust-store.ts';
import { type Holder, NOW } from './authority.ts';
import { IMAGE } from './envelope.ts';

/* Trust and a question, in few words. */

export const NAME = 'registry.acme.example/app';

/** A Notation configuration with one policy for every image: stores by `kind:name`, each with these holders' certificates. */
export function trustIn(
  stores: Readonly<Record<string, readonly Holder[]>>,
  verification: Readonly<Record<string, unknown>> = { level: 'strict' },
  more: Readonly<Record<string, unknown>> = {},
): NotationTrust {
  const policy = {
    name: 'all',
    registryScopes: ['*'],
    signatureVerification: verification,
    trustStores: Object.keys(stores),
    trustedIdentities: ['*'],
    ...more,
  };
  const document = Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: [policy] }));
  return { name: 'acme', policies: parseTrustPolicy(document, 'trustpolicy.json'), stores: toStores(stores) };
}

function toStores(stores: Readonly<Record<string, readonly Holder[]>>): NotationTrust['stores'] {
  return Object.entries(stores).map(([key, holders]) => {
    const [kind, name = ''] = key.split(':') as [NotationPolicy['stores'][number]['kind'], string];
    const certificates = holders.flatMap(({ chain }) => parseCertificates(chain[0] ?? Buffer.of(), key));
    return toTrustStore(kind, name, certificates, key);
  });
}

export function trustInRoot({ chain }: Holder, identities: readonly string[] = ['*']): NotationTrust {
  return toNotationTrust('acme', [chain[0] ?? Buffer.of()], identities);
}

/** Proves one envelope; JWS unless its first byte says CBOR. */
export function ask(
  envelope: Uint8Array,
  trust: NotationTrust | readonly NotationTrust[],
  context: Partial<ProveContext> = {},
): Promise<readonly ProofResult[]> {
  const isCose = envelope[0] === 0xd2;
  return askAs(isCose ? COSE_MEDIA_TYPE : JWS_MEDIA_TYPE, envelope, trust, context);
}

export async function askAs(
  mediaType: string,
  envelope: Uint8Array,
  trust: NotationTrust | readonly NotationTrust[],
  context: Partial<ProveContext> = {},
): Promise<readonly ProofResult[]> {
  const found: Found = {
    format: 'notation',
    subject: IMAGE,
    attachment: IMAGE,
    body: { kind: 'notation', mediaType, envelope },
  };
  const notation = 'policies' in trust ? [trust] : trust;
  const signal = new AbortController().signal;
  return await proveNotation(
    found,
    { keys: [], roots: [], notation },
    { now: NOW, signal, name: NAME, ...context },
  );
}

/** `proven`, or the code of the rejection. */
export async function outcomeOf(asked: Promise<readonly ProofResult[]>): Promise<string> {
  const results = await asked;
  return results.map((result) => (result.kind === 'proven' ? 'proven' : result.rejection.code)).join(' ');
}

/** The notes of a proof. @throws Error when it is none */
export async function notesOf(asked: Promise<readonly ProofResult[]>): Promise<readonly string[]> {
  const [result] = await asked;
  if (result?.kind === 'proven') return result.proof.notes;
  throw new Error(`rejected: ${result?.rejection.code} ${result?.rejection.message}`);
}
