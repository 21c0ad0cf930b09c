import * as z from 'zod';
import { messageOf } from '../../../core/failure.ts';
import { isLevel } from '../attestations/predicates/verification-summary.ts';
import { parseNamePattern } from './name-pattern.ts';
import { parseExact, parseSubjectPattern } from './subject-pattern.ts';

/*
 * The trust file, field by field. Nothing unknown passes: a misspelt `maxAge` would otherwise be a rule without one.
 */

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { h: DAY / 24, d: DAY, w: 7 * DAY };

const text = z.string().min(1).max(4096);
const line = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u, 'must be one line of at most 200 characters');
const name = z.string().regex(NAME, 'a name has letters, digits, and . _ - after the first');
const byName = <T extends z.ZodType>(value: T) => z.record(name, value).default({});

/** A text that a parser of ours reads; what it throws is the message. */
const parsed = <T>(parse: (text: string) => T) =>
  z.string().transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });

const exact = (what: string, patternField?: string) =>
  parsed((value) => parseExact(value, what, patternField));
const pattern = (what: string) => parsed((value) => parseSubjectPattern(value, what));
const instant = parsed(parseInstant);

const key = z
  .strictObject({
    file: text.optional(),
    pem: z.string().max(65_536).optional(),
    validFrom: instant.optional(),
    validUntil: instant.optional(),
  })
  .refine(({ file, pem }) => (file === undefined) !== (pem === undefined), 'needs either file or pem')
  .refine(
    ({ validFrom, validUntil }) =>
      validFrom === undefined || validUntil === undefined || validFrom < validUntil,
    'validFrom must be before validUntil',
  );

const root = z
  .strictObject({
    file: text.optional(),
    tuf: z.string().refine(isSafeUrl, 'must be an https URL').optional(),
    root: text.optional(),
    log: z.boolean().default(true),
    sct: z.boolean().default(true),
  })
  .refine(
    ({ file, tuf }) => (file === undefined) !== (tuf === undefined),
    'needs either file, or tuf and root',
  )
  .refine(({ tuf, root }) => (tuf === undefined) === (root === undefined), 'tuf and root go together');

const signer = z
  .strictObject({
    key: name.optional(),
    issuer: exact('issuer').optional(),
    subject: exact('subject', 'subjectPattern').optional(),
    subjectPattern: pattern('subjectPattern').optional(),
    root: name.optional(),
    notation: name.optional(),
  })
  .superRefine(({ key, issuer, subject, subjectPattern, root, notation }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    const isIdentity = [issuer, subject, subjectPattern, root].some((field) => field !== undefined);
    if ([key !== undefined, notation !== undefined, isIdentity].filter(Boolean).length !== 1) {
      refuse('a signer is one of: key; notation; issuer with subject or subjectPattern');
    } else if (isIdentity) {
      if (issuer === undefined)
        refuse('a subject counts only with the issuer that vouched for it: add issuer');
      if ((subject === undefined) === (subjectPattern === undefined)) {
        refuse('an issuer vouches for everybody it knows: add either subject or subjectPattern');
      }
    }
  });

const signed = {
  by: z.array(signer).min(1).max(64),
  atLeast: z.int().min(1).default(1),
  log: z.enum(['required', 'optional']).default('optional'),
  maxAge: parsed(parseDuration).optional(),
  since: instant.optional(),
  sameRepository: z.boolean().default(false),
};

const attested = z.strictObject({
  predicate: z.union([text, z.array(text).min(1).max(16)]),
  builder: exact('builder').optional(),
  source: exact('source', 'sourcePattern').optional(),
  sourcePattern: pattern('sourcePattern').optional(),
  verifier: exact('verifier').optional(),
  levels: z.array(text.refine(isLevel, 'is no SLSA level')).min(1).max(64).optional(),
  resource: exact('resource').optional(),
  ...signed,
});

const rule = z
  .strictObject({
    name: line,
    images: z.array(parsed(parseNamePattern)).min(1).max(1000),
    signed: z.array(z.strictObject(signed)).max(64).default([]),
    attested: z.array(attested).max(64).default([]),
  })
  .refine((one) => one.signed.length + one.attested.length > 0, 'asks for nothing: add signed or attested');

export const trustFileSchema = z.strictObject({
  version: z.literal(1),
  keys: byName(key),
  roots: byName(root),
  notation: byName(z.strictObject({ folder: text })),
  rules: z.array(rule).min(1).max(1000),
});

export type TrustFileShape = z.output<typeof trustFileSchema>;
export type SignerShape = z.output<typeof signer>;
export type SignedShape = z.output<typeof rule>['signed'][number];
export type AttestedShape = z.output<typeof attested>;

/** `90d`, `12h`, `4w` in milliseconds. */
function parseDuration(value: string): number {
  const match = /^([1-9][0-9]{0,5})([hdw])$/.exec(value);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) throw new Error('write an age as 12h, 90d or 4w');
  return Number(match[1]) * unit;
}

/** A day, which begins at midnight UTC, or an RFC 3339 time. */
function parseInstant(value: string): Date {
  const isTime = z.iso.datetime({ offset: true }).safeParse(value).success;
  if (!isTime && !z.iso.date().safeParse(value).success) {
    throw new Error('write a time as 2026-01-31 or 2026-01-31T12:00:00Z');
  }
  return new Date(value);
}

function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}
