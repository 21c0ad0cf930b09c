import * as z from 'zod';
import { accessShape, count, list, trustShape } from '../settings.ts';

/** Every option of `verify`, once: type, default, help and flag. */
export const verifySchema = z.strictObject({
  key: list.describe('PEM public key that must have signed; of several any will do; repeatable'),
  identity: z.string().optional().describe('subject of the sigstore certificate, exact; needs --issuer'),
  identityPattern: z
    .string()
    .optional()
    .describe('the same as a pattern over the whole subject: * but no slash, ** anything'),
  issuer: z.string().optional().describe('OIDC issuer that vouched for the identity, exact'),
  notation: z
    .string()
    .optional()
    .describe('folder with Notation’s trustpolicy.json and truststore: its policy must accept'),
  ...trustShape,
  offline: z
    .boolean()
    .default(false)
    .describe('ask nobody: use the signatures and trust roots that were remembered'),
  type: z
    .string()
    .optional()
    .describe(
      'ask for an attestation of this predicate type (slsaprovenance1, vsa, … or a URI) instead of a signature',
    ),
  verifier: z.string().optional().describe('verifier.id that a VSA must have, exact'),
  atLeast: count(1).describe('different signers that must have signed'),
  log: z
    .boolean()
    .default(false)
    .describe('a key’s signature also needs a proven entry in a transparency log'),
  tufMirror: z
    .string()
    .optional()
    .describe('TUF repository to take the sigstore trust root from; needs --tuf-root'),
  tufRoot: z.string().optional().describe('root.json that the TUF repository is trusted by'),
  bundle: z.string().optional().describe('sigstore bundle of a file, instead of what a registry keeps'),
  name: z.string().optional().describe('reference to look rules up by, instead of the location’s own'),
  ...accessShape,
});

export type VerifySettings = z.output<typeof verifySchema>;
export type VerifySettingsInput = z.input<typeof verifySchema>;
