import * as z from 'zod';
import { parseJson } from '../../../core/json.ts';
import { Refusal } from '../refusal.ts';
import { openContent } from '../sigstore/signed-content.ts';
import type { OpenedSignature } from './opened-signature.ts';

/*
 * The DSSE envelope of cosign's tag `.att` (secure-systems-lab/dsse, envelope.md). It may have several signatures by its
 * standard; with one certificate and one log entry beside it, only one could be proven, and so it must have one.
 */

const MAX_ENVELOPE = 48 * 2 ** 20;
const MAX_SIGNATURE = 8192;
const MAX_DEPTH = 8;

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const envelopeShape = z.object({
  payloadType: z.string().max(256),
  payload: z.string().regex(BASE64),
  signatures: z.array(z.object({ sig: z.string().max(MAX_SIGNATURE).regex(BASE64) })).length(1),
});

/**
 * @throws Refusal MALFORMED, TOO_LARGE, PAYLOAD_TYPE
 * @throws Failure MALFORMED
 */
export async function openEnvelope(bytes: Uint8Array, signal: AbortSignal): Promise<OpenedSignature> {
  if (bytes.length > MAX_ENVELOPE)
    throw new Refusal('TOO_LARGE', `the envelope has more than ${MAX_ENVELOPE} bytes`);
  const { success, data, error } = envelopeShape.safeParse(parseJson(bytes, 'the envelope', MAX_DEPTH));
  if (!success) {
    const [issue] = error.issues;
    throw new Refusal('MALFORMED', `the envelope: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? ''}`);
  }
  const { payloadType, payload, signatures } = data;
  const signature = Buffer.from(signatures[0]?.sig ?? '', 'base64');
  const content = {
    kind: 'envelope',
    payloadType,
    payload: Buffer.from(payload, 'base64'),
    signature,
  } as const;
  const thing = await openContent(content, undefined, signal);
  return {
    content,
    thing: {
      ...thing,
      // cosign asks the time stamping authority to stamp the whole envelope where a bundle has its signature stamped; the
      // library takes the stamped bytes from here.
      signedBy: async (key) => {
        const seen = await thing.signedBy(key);
        return seen === undefined ? undefined : { ...seen, signature: Buffer.from(bytes) };
      },
    },
  };
}
