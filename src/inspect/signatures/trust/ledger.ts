import type { Rejection, RejectionCode } from '../../../core/vouching.ts';
import type { Assessment } from './assess.ts';
import { countSigners } from './count-signers.ts';
import type { Unproven } from './evidence.ts';
import type { Requirement } from './rules.ts';
import type { Refused } from './signature.ts';
import { describeRequirement } from './wording.ts';

/** Reasons given for one requirement. */
const MAX_REASONS = 3;

/** How one requirement stands. */
export class Ledger {
  readonly requirement: Requirement;
  /** For each signer asked for, the identities that signed as it: no more than there are signers, as more cannot matter. */
  readonly #signed: readonly Set<string>[];
  /** The first of each code. */
  readonly #refused = new Map<RejectionCode, Refused>();

  constructor(requirement: Requirement) {
    this.requirement = requirement;
    this.#signed = requirement.by.map(() => new Set());
  }

  note(assessment: Assessment): void {
    if (assessment.kind === 'refused') {
      const { code } = assessment.rejection;
      if (!this.#refused.has(code)) this.#refused.set(code, assessment);
      return;
    }
    for (const index of assessment.signers) {
      const identities = this.#signed[index];
      if (identities !== undefined && identities.size < this.#signed.length)
        identities.add(assessment.identity);
    }
  }

  isSatisfied(): boolean {
    return this.#count() >= Math.max(1, this.requirement.atLeast);
  }

  /**
   * Why it is not satisfied: what came closest first.
   * @param proofs how many there were, good for it or not
   */
  reasons(proofs: number, { rejected, cut }: Unproven): Rejection[] {
    const { atLeast } = this.requirement;
    const asked = describeRequirement(this.requirement);
    const reasons: Rejection[] = [];
    if (rejected.length + proofs + cut.length === 0) {
      reasons.push({ code: 'NO_SIGNATURE', message: `nothing is attached; asked for is ${asked}` });
    }
    const count = this.#count();
    if (count > 0) {
      const message = `${count} of the ${atLeast} signers that are needed signed; asked for is ${asked}`;
      reasons.push({ code: 'NOT_ENOUGH_SIGNATURES', message });
    }
    const refused = [...this.#refused.values()].sort((a, b) => b.closeness - a.closeness);
    const [close, far] = [refused.filter(isOfTheKindAsked), refused.filter((one) => !isOfTheKindAsked(one))];
    const found = [...close.map(toRejection), ...rejected, ...far.map(toRejection)];
    reasons.push(...firstOfEachCode(found).slice(0, MAX_REASONS));
    for (const sentence of cut.slice(0, MAX_REASONS)) {
      reasons.push({ code: 'TOO_MANY', message: `not everything attached was looked at: ${sentence}` });
    }
    return reasons;
  }

  #count(): number {
    return countSigners(this.#signed);
  }
}

/** A plain signature where an attestation is asked for explains less than one that could not be proven. */
function isOfTheKindAsked({ closeness }: Refused): boolean {
  return closeness > 1;
}

function toRejection({ rejection }: Refused): Rejection {
  return rejection;
}

function firstOfEachCode(rejections: readonly Rejection[]): Rejection[] {
  const first = new Map<RejectionCode, Rejection>();
  for (const rejection of rejections) if (!first.has(rejection.code)) first.set(rejection.code, rejection);
  return [...first.values()];
}
