import { type FailureCode, isFailure } from '../../core/failure.ts';

/** What is wrong with content, which whoever may push can make it; anything else is wrong with the way to it. */
const FLAWS: readonly FailureCode[] = [
  'DIGEST_MISMATCH',
  'MALFORMED',
  'MEDIA_TYPE_MISMATCH',
  'TOO_LARGE',
  'TRUNCATED',
  'UNSUPPORTED',
];

/**
 * A sentence about content that could not be used, so that one bad attachment does not hide the good ones.
 * @throws whatever it is given, unless it is about content
 */
export function toFlaw(error: unknown, what: string): string {
  if (isFailure(error) && FLAWS.includes(error.code)) return `${what} could not be read: ${error.message}`;
  throw error;
}
