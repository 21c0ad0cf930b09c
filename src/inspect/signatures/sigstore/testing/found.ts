import { createHash, type KeyObject } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import { toDigest } from '../../../../core/digest.ts';
import type { RejectionCode } from '../../../../core/vouching.ts';
import type { FileContent, Found, Materials, Proof, ProveContext, TrustedKey } from '../../contract.ts';
import { proveBundle } from '../bundle.ts';
import { parseTrustRoot, type TrustRoot } from '../trust-root.ts';
import { toSpki } from './authority.ts';
import type { RootJson } from './keyless.ts';

/* Short forms of what every test of this room needs. */

export function toRoot(json: RootJson, name = 'mock', requirements = {}): TrustRoot {
  return parseTrustRoot(name, json, { requireLog: true, requireSct: true, ...requirements });
}

export function toTrustedKey(key: KeyObject, name = 'ours', period: Partial<TrustedKey> = {}): TrustedKey {
  const fingerprint = toDigest('sha256', createHash('sha256').update(toSpki(key)).digest('hex'));
  return { name, key, fingerprint, ...period };
}

export function toFile(bytes: Uint8Array, whole = true): FileContent {
  const digest = toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
  const chunks = async function* () {
    yield bytes;
  };
  return whole ? { digest, bytes: chunks } : { digest };
}

export function toFound(bundle: SerializedBundle | Uint8Array): Found {
  const json = bundle instanceof Uint8Array ? bundle : Buffer.from(JSON.stringify(bundle));
  return {
    format: 'sigstore-bundle',
    subject: toDigest('sha256', '0'.repeat(64)),
    body: { kind: 'bundle', json },
  };
}

export interface Outcome {
  readonly code: RejectionCode | 'PROVEN';
  readonly message: string;
  readonly proofs: readonly Proof[];
}

/** Proves with what is given; everything else is empty, and the time is `now`. */
export async function prove(
  bundle: SerializedBundle | Uint8Array,
  materials: Partial<Materials>,
  context: Partial<ProveContext> = {},
): Promise<Outcome> {
  const results = await proveBundle(
    toFound(bundle),
    { keys: [], roots: [], notation: [], ...materials },
    { now: new Date(), signal: new AbortController().signal, name: undefined, ...context },
  );
  const proofs = results.flatMap((result) => (result.kind === 'proven' ? [result.proof] : []));
  const [rejection] = results.flatMap((result) => (result.kind === 'rejected' ? [result.rejection] : []));
  return { code: rejection?.code ?? 'PROVEN', message: rejection?.message ?? '', proofs };
}

/** A minimal statement about one digest. */
export function toStatement(sha256: string, predicateType = 'https://example.invalid/predicate/v1'): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { sha256 } }],
    predicateType,
    predicate: {},
  });
}
