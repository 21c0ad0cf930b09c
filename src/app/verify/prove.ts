import type {
  Find,
  Found,
  Materials,
  ProofResult,
  Prove,
  ProveContext,
} from '../../inspect/signatures/contract.ts';

/*
 * The formats, each loaded when it is met: verifying with one key must not wait for the libraries that certificates need.
 */

const PROVERS: Readonly<Record<Found['body']['kind'], () => Promise<Prove>>> = {
  'simple-signing': async () => (await import('../../inspect/signatures/cosign/prove.ts')).proveCosign,
  envelope: async () => (await import('../../inspect/signatures/cosign/prove.ts')).proveCosign,
  bundle: async () => (await import('../../inspect/signatures/sigstore/bundle.ts')).proveBundle,
  notation: async () => (await import('../../inspect/signatures/notation/prove.ts')).proveNotation,
};

/** Proves one signature with the code for its format. */
export async function prove(
  found: Found,
  materials: Materials,
  context: ProveContext,
): Promise<readonly ProofResult[]> {
  const proveFormat = await PROVERS[found.body.kind]();
  return proveFormat(found, materials, context);
}

/** What can take signatures out of attachments. */
export async function loadFinders(): Promise<readonly Find[]> {
  const [{ findCosign }, { findNotation }] = await Promise.all([
    import('../../inspect/signatures/cosign/find.ts'),
    import('../../inspect/signatures/notation/find.ts'),
  ]);
  return [findCosign, findNotation];
}
