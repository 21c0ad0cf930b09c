import { isFailure, messageOf } from '../../../core/failure.ts';
import type { Rejection, RejectionCode } from '../../../core/vouching.ts';
import type { Found, Materials, Proof, ProofResult, Prove, ProveContext } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import { parseBundle } from './bundle-json.ts';
import { openContent } from './signed-content.ts';

/*
 * Proves sigstore bundles, versions 0.1 to 0.3: narrow it, open what it signs, prove who signed, and only then read what was
 * said.
 *
 * A bundle says itself what it was signed with, and that must not choose the rules: one with a certificate is held against
 * the trust roots only and one with a key against the trusted keys only. Whoever trusts a key and is given a valid keyless bundle of
 * a stranger has been given nothing.
 */

/** Step 2 of verification for bundles. An empty array for other formats. @throws Failure when a file cannot be read */
export const proveBundle: Prove = async (found, materials, context) => {
  if (found.body.kind !== 'bundle') return [];
  try {
    const proofs = await proveOrRefuse(found.body.json, found, materials, context);
    return proofs.map((proof): ProofResult => ({ kind: 'proven', proof }));
  } catch (error) {
    return [{ kind: 'rejected', rejection: toRejection(error, found) }];
  }
};

async function proveOrRefuse(
  json: Uint8Array,
  { format }: Found,
  materials: Materials,
  { now, file, signal }: ProveContext,
): Promise<Proof[]> {
  const bundle = parseBundle(json);
  const { signer } = bundle;
  checkMaterials(signer.kind, materials);
  const thing = await openContent(bundle.content, file, signal);
  const signings =
    signer.kind === 'certificate'
      ? await (await import('./by-certificate.ts')).proveByCertificate(
          bundle,
          signer.der,
          thing,
          materials.roots,
          now,
        )
      : await (await import('./by-key.ts')).proveByKey(
          bundle,
          signer.hint,
          thing,
          materials.keys,
          materials.roots,
          now,
        );
  const content = thing.read();
  return signings.map((signing) => ({ format, ...signing, content }));
}

function checkMaterials(kind: 'certificate' | 'key', { roots, keys }: Materials): void {
  if (kind === 'certificate' && roots.length === 0) {
    throw new Refusal(
      'WRONG_MATERIAL',
      'signed with a certificate, and there is no sigstore trust root to hold it against',
    );
  }
  if (kind === 'key' && keys.length === 0) {
    throw new Refusal('WRONG_MATERIAL', 'signed with a bare key, and no key is trusted');
  }
}

const REFUSING: ReadonlySet<string> = new Set<RejectionCode>(['MALFORMED', 'TOO_LARGE', 'UNSUPPORTED']);

function toRejection(error: unknown, { format, attachment }: Found): Rejection {
  // What broke on our side (a file that cannot be read, a cancelled run) is nobody's forged signature.
  if (isFailure(error) && !REFUSING.has(error.code)) throw error;
  return {
    code: toCode(error),
    message: messageOf(error),
    format,
    ...(attachment === undefined ? {} : { attachment }),
  };
}

/** Whatever else a library throws, it threw at something that the attacker wrote. */
function toCode(error: unknown): RejectionCode {
  if (error instanceof Refusal) return error.code;
  return isFailure(error) && REFUSING.has(error.code) ? (error.code as RejectionCode) : 'MALFORMED';
}
