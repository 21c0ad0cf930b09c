import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { isDigest } from '../../../core/digest.ts';
import { parseJson } from '../../../core/json.ts';
import type { SignedContent } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import { isSignatureOf } from '../sigstore/public-key.ts';
import type { OpenedSignature } from './opened-signature.ts';

/*
 * The payload that cosign signed before version 3: "simple signing" (containers/image, docs/containers-signature.5.md), which
 * names a manifest's digest. What is `critical` must be understood completely by whoever reads it, so a field that is not
 * known refuses the whole; what is `optional` is the signer's word and counts for nothing here.
 */

/** Others than cosign sign for other ways to compare names, which are not done here. */
const TYPE = 'cosign container image signature';

const payloadShape = z.strictObject({
  critical: z.strictObject({
    identity: z.strictObject({ 'docker-reference': z.string().max(4096) }),
    image: z.strictObject({ 'docker-manifest-digest': z.string().refine(isDigest, 'is no digest') }),
    type: z.string().max(200),
  }),
  optional: z.record(z.string(), z.unknown()).nullish(),
});

const MAX_DEPTH = 16;

/** What a key, a log and a reader see of it. Nothing of the payload is read before its signature holds. */
export function openSimpleSigning(payload: Uint8Array, signature: Buffer): OpenedSignature {
  const digest = createHash('sha256').update(payload).digest();
  const isDigestOfPayload = (other: Buffer): boolean => isDigestOf(payload, other);
  const content = { kind: 'message', algorithm: 'sha256', digest, signature } as const;
  return {
    content,
    thing: {
      kind: 'message',
      signedBy: async (key) =>
        (await isSignatureOf(key, payload, signature))
          ? {
              signature,
              compareSignature: (other) => isEqual(signature, other),
              compareDigest: isDigestOfPayload,
              compareSignedDigest: isDigestOfPayload,
              verifySignature: (asked) => asked.equals(key),
            }
          : undefined,
      read: () => parsePayload(payload),
    },
  };
}

/**
 * @throws Refusal PAYLOAD_TYPE, MALFORMED
 * @throws Failure MALFORMED
 */
function parsePayload(payload: Uint8Array): SignedContent {
  const { success, data, error } = payloadShape.safeParse(
    parseJson(payload, 'the signed payload', MAX_DEPTH),
  );
  if (!success) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') || 'it';
    throw new Refusal('MALFORMED', `the signed payload: ${field}: ${issue?.message ?? 'is not understood'}`);
  }
  const { type, image, identity } = data.critical;
  if (type !== TYPE) throw new Refusal('PAYLOAD_TYPE', `the signed payload is a "${type}", not a "${TYPE}"`);
  const name = identity['docker-reference'];
  return {
    kind: 'image',
    digest: image['docker-manifest-digest'],
    ...(name === '' ? {} : { claimedName: name }),
  };
}

const HASHES: ReadonlyMap<number, string> = new Map([
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);

function isDigestOf(bytes: Uint8Array, digest: Uint8Array): boolean {
  const algorithm = HASHES.get(digest.length);
  return algorithm !== undefined && isEqual(createHash(algorithm).update(bytes).digest(), digest);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
