import { Failure } from '../../../../core/failure.ts';
import type { KnownBad } from './samples.ts';

const LINE = /^([0-9a-f]{64})(?:\s+\*?(.{1,200}))?$/i;

/**
 * Reads a list of digests to refuse: one SHA-256 a line, then optionally blanks and a name, as `sha256sum` writes it;
 * empty lines and `#` comments are skipped.
 *
 * @param source what the report shows as where the digest is from: the list's file name.
 * @throws Failure RULES_INVALID naming the first line that is neither.
 */
export function parseDigestList(text: string, source: string): KnownBad[] {
  const samples: KnownBad[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match === null) {
      throw new Failure(
        'RULES_INVALID',
        `${source}:${index + 1}: not a SHA-256 digest; write one a line, 64 hex digits, then optionally a name`,
      );
    }
    samples.push({ sha256: (match[1] ?? '').toLowerCase(), name: match[2] ?? 'listed file', source });
  }
  return samples;
}
