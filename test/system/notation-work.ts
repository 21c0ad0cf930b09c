import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { DAY, type Holder } from '../../src/inspect/signatures/notation/testing/authority.ts';
import { PAYLOAD } from '../../src/inspect/signatures/notation/testing/envelope.ts';

/* What the tests against Notation share: a folder, and certificates that are good today. */

export const JWS = 'application/jose+json';
export const COSE = 'application/cose';
export const TARGET = PAYLOAD.targetArtifact;
export const NAME = 'registry.acme.example/app';

export const work = mkdtempSync(join(tmpdir(), 'pratique-notation-'));
export const file = (name: string): string => join(work, name);
after(() => rmSync(work, { recursive: true, force: true }));

/** Certificates that are good today: the peers know no other time. */
export const now = new Date();
export const today = { notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + DAY) };
export const bytesOf = ({ chain }: Holder): Buffer => chain[0] ?? Buffer.of();

export function policyOf(scope: string, trustStores: readonly string[]) {
  const policy = {
    name: 'all',
    registryScopes: [scope],
    signatureVerification: { level: 'strict' },
    trustStores,
    trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
  };
  return { version: '1.0', trustPolicies: [policy] };
}

export function fromPeer(made: { readonly envelope: string; readonly root: string } | undefined) {
  return {
    envelope: Buffer.from(made?.envelope ?? '', 'base64'),
    root: Buffer.from(made?.root ?? '', 'base64'),
  };
}
