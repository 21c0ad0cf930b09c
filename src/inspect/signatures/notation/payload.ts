import * as z from 'zod';
import { type Digest, isDigest } from '../../../core/digest.ts';
import { messageOf } from '../../../core/failure.ts';
import { parseJson } from '../../../core/json.ts';
import { Refusal } from '../refusal.ts';

/** An OCI descriptor as far as it is compared; signers add what they like beside it, and it decides nothing. */
const schema = z.looseObject({
  targetArtifact: z.looseObject({
    mediaType: z.string().min(1),
    digest: z.string().refine(isDigest, 'must be a sha256 or sha512 digest'),
    size: z.int().nonnegative(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

/**
 * The digest that a verified payload speaks of (signature-specification.md, "Payload").
 * @throws Refusal MALFORMED
 */
export function parseTarget(payload: Uint8Array): Digest {
  try {
    const { digest } = schema.parse(parseJson(payload, 'the payload')).targetArtifact;
    if (isDigest(digest)) return digest;
    throw new Error('no digest');
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : messageOf(cause);
    throw new Refusal('MALFORMED', `the payload names no artifact: ${reason}`, { cause });
  }
}
