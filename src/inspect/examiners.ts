import { createHash } from 'node:crypto';
import type { Limits } from '../core/limits.ts';
import { DETECTORS } from './all.ts';
import type { AnyExaminer } from './contract.ts';
import { CATALOGERS } from './inventory/all.ts';
import { distributionExaminer } from './inventory/distribution/index.ts';
import type { Scope } from './pool/messages.ts';
import type { RuleSet } from './yara/rule-source.ts';
import { YARA_EXAMINER, YARA_VERSION } from './yara/yara-examiner.ts';

/** Raised when the shape of the facts changes. */
const FACTS_VERSION = 9;

export function examinersFor(scope: Scope): AnyExaminer[] {
  const inventory = [distributionExaminer, ...CATALOGERS];
  if (scope === 'packages') return inventory;
  return [...inventory, ...DETECTORS.flatMap(({ examiner }) => (examiner === undefined ? [] : [examiner]))];
}

/** Names what the facts of a layer depend on besides the layer: hex, changes with any examiner's version. */
export function examinersFingerprint(scope: Scope, rules: RuleSet, limits: Limits): string {
  const versions = examinersFor(scope).map(({ id, version }) => `${id}@${version}`);
  if (scope === 'all') versions.push(`${YARA_EXAMINER}@${YARA_VERSION} ${rules.digest}`);
  return createHash('sha256')
    .update(`${FACTS_VERSION} ${scope} ${JSON.stringify(limits)} ${versions.sort().join(' ')}`)
    .digest('hex');
}
