import * as z from 'zod';
import { accessShape } from '../settings.ts';

const { cacheDir: _, ...access } = accessShape;

/** Every option of `sign`, once: type, default, help and flag. */
export const signSchema = z.strictObject({
  key: z.string().optional().describe('private key to sign with: PEM, or cosign’s own encrypted format'),
  ...access,
});

/** Every option of `attest`. */
export const attestSchema = signSchema.extend({
  type: z
    .string()
    .optional()
    .describe('predicate type: slsaprovenance1, vsa, cyclonedx, spdxjson, vuln, openvex or a URI'),
  predicate: z.string().optional().describe('JSON file with the predicate'),
});

export type SignSettings = z.output<typeof signSchema>;
export type AttestSettings = z.output<typeof attestSchema>;
