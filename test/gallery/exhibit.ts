import type { FindingLocation, Tier } from '../../src/core/finding.ts';
import type { OnBase } from './image-file.ts';

/** One image that shows one indicator, and the finding it must lead to. */
export interface Exhibit extends OnBase {
  /** As numbered in the list of indicators; `secret` for the secrets. */
  readonly indicator: number | 'secret';
  readonly name: string;
  /** Text of a list of known bad digests to inspect with. */
  readonly knownBad?: string;
  readonly expect: Expected;
}

export interface Expected {
  readonly rule: string;
  readonly tier: Tier;
  readonly path?: string;
  readonly config?: string;
  /** Layer index; undefined where no layer is concerned. */
  readonly layer?: number;
  readonly line?: number;
  readonly hidden?: NonNullable<FindingLocation['hidden']>['by'];
}
