import * as z from 'zod';
import { MAX_TEXT, narrowPredicate, type PredicateType, toSays } from '../predicate.ts';

const text = z.string().max(MAX_TEXT);
const LEVEL = /^SLSA_([A-Z]{1,32})_LEVEL_(?:[0-9]|UNEVALUATED)$/;

const schema = z.object({
  verifier: z.object({ id: text.min(1) }),
  timeVerified: z.iso.datetime({ offset: true }).nullish(),
  resourceUri: text.min(1),
  policy: z.object({ uri: text.nullish(), digest: z.record(z.string(), z.string().max(256)).nullish() }),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z
    .array(text.min(1).refine(isLevel, 'a level of its own must not begin with SLSA_'))
    .max(64)
    .refine(hasOneLevelPerTrack, 'has more than one level of a track'),
});

/** SLSA verification summary attestation (slsa.dev/spec/v1.0/verification_summary): somebody else's verdict. */
export const verificationSummary: PredicateType = {
  uris: ['https://slsa.dev/verification_summary/v1'],
  aliases: ['vsa'],
  parse(predicate) {
    const summary = narrowPredicate(schema, predicate, 'verification summary');
    const { verifier, resourceUri, verificationResult, verifiedLevels, policy, timeVerified } = summary;
    const says = toSays({
      verifier: verifier.id,
      result: verificationResult,
      levels: verifiedLevels.join(', '),
      resource: resourceUri,
      policy: policy.uri ?? undefined,
      'time verified': timeVerified ?? undefined,
    });
    return {
      kind: 'summary',
      verifier: verifier.id,
      resource: resourceUri,
      passed: verificationResult === 'PASSED',
      levels: verifiedLevels,
      says,
    };
  },
};

/** A level of a SLSA track, or a word of the verifier's own. */
export function isLevel(text: string): boolean {
  return !text.startsWith('SLSA_') || LEVEL.test(text);
}

/** Each level of a track implies those below it: that is why a summary names one a track. */
export function impliesLevel(verified: readonly string[], asked: string): boolean {
  if (verified.includes(asked)) return true;
  const track = trackOf(asked);
  const number = Number(asked.slice(-1));
  if (track === undefined || Number.isNaN(number)) return false;
  return verified.some((level) => trackOf(level) === track && Number(level.slice(-1)) >= number);
}

function hasOneLevelPerTrack(levels: readonly string[]): boolean {
  const tracks = levels.map(trackOf).filter((track) => track !== undefined);
  return new Set(tracks).size === tracks.length;
}

function trackOf(level: string): string | undefined {
  return LEVEL.exec(level)?.[1];
}
