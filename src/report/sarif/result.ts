import { createHash } from 'node:crypto';
import type { ReportingDescriptor, Result } from 'sarif';
import type { Finding } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import { hiddenIn, placeOf } from '../place.ts';
import { toLocation } from './location.ts';
import { LEVELS } from './rule.ts';

export function toResults(findings: readonly Finding[], rules: readonly ReportingDescriptor[]): Result[] {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { rule, tier, title, location, evidence } = finding;
    const where = toLocation(location);
    const hidden = hiddenIn(location);
    const parts = [
      `${title}: ${placeOf(location)}`,
      toPrintable(evidence, 1000),
      ...(hidden === undefined ? [] : [hidden]),
    ];
    return {
      ruleId: rule,
      ruleIndex: indexes.get(rule) ?? -1,
      level: LEVELS[tier],
      message: { text: parts.filter((part) => part !== '').join('; ') },
      ...(where !== undefined && { locations: [where] }),
      partialFingerprints: { 'pratiqueFinding/v1': toFingerprint(finding, seen) },
      properties: { tier },
    };
  });
}

/**
 * What makes a finding the same one in the next build: rule, place and evidence, and which of several alike it is.
 * Layer digests and line numbers are left out, since a rebuild changes them.
 */
function toFingerprint({ rule, location, evidence }: Finding, seen: Map<string, number>): string {
  const key = JSON.stringify([rule, location.path, location.config, evidence]);
  const ordinal = seen.get(key) ?? 0;
  seen.set(key, ordinal + 1);
  return createHash('sha256').update(`${key}${ordinal}`).digest('hex').slice(0, 32);
}
