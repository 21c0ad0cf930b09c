import type { Rejection, RuleVerdict, VerifiedSignature, Vouching } from '../../../core/vouching.ts';
import { type Assessment, assess } from './assess.ts';
import type { FoundProof, TrustQuestion, Unproven } from './evidence.ts';
import { Ledger } from './ledger.ts';
import type { Requirement, TrustRule } from './rules.ts';
import { examine } from './signature.ts';

export type { FoundProof, Unproven } from './evidence.ts';

/*
 * Whom the proven signatures make the image trusted by: policy only. Every input stands in the signature, nothing is fetched,
 * and each way out but one is "no".
 *
 * What others fell to, and what is done here: that *some* signature exists says nothing, so each requirement counts its own;
 * what a signature is for is compared here once more, whatever step 2 said; an attestation is not a signature, nor one
 * type of attestation another; a key, a sigstore identity and a Notation identity never stand in for each other.
 */

/** Listed in an answer, of each kind; what is beyond still counts. */
const MAX_LISTED = 1_000;

/** A judgement in the making. */
export interface Judgement {
  /** Tells whether all rules are satisfied by what came so far, so that no more need be fetched. */
  add(proof: FoundProof): boolean;
  close(rest: Unproven): Vouching;
}

/**
 * A fold: every proof is looked at once and not kept, however many there are. Anybody can get a good certificate of a public
 * instance for his own name and sign the largest statements with it: proofs that count for nothing must cost nothing.
 */
export function openJudgement(question: TrustQuestion): Judgement {
  const tally = new Tally(question);
  return {
    add: (proof) => tally.add(proof) && tally.isSatisfied(),
    close: (rest) => {
      const { rules } = question;
      const verdicts = rules.map((rule) => tally.verdictOn(rule, rest));
      const isTrusted = verdicts.length > 0 && verdicts.every(({ satisfied }) => satisfied);
      return {
        outcome: isTrusted ? 'trusted' : 'untrusted',
        reasons:
          rules.length === 0
            ? [noRule(question)]
            : withoutRepeats(verdicts.flatMap(({ reasons }) => reasons)),
        rules: verdicts,
        verified: tally.verified,
        rejected: listed([...rest.rejected, ...tally.rejected]),
      };
    },
  };
}

/** What proofs count for, requirement by requirement. */
class Tally {
  readonly verified: VerifiedSignature[] = [];
  readonly rejected: Rejection[] = [];
  readonly #question: TrustQuestion;
  readonly #ledgers: ReadonlyMap<Requirement, Ledger>;
  #proofs = 0;

  constructor(question: TrustQuestion) {
    this.#question = question;
    const requirements = question.rules.flatMap((rule) => rule.requirements);
    this.#ledgers = new Map(requirements.map((requirement) => [requirement, new Ledger(requirement)]));
  }

  /** @returns whether it counts for anything */
  add(proof: FoundProof): boolean {
    this.#proofs++;
    const examined = examine(proof, this.#question);
    const assessments: Assessment[] = [];
    for (const ledger of this.#ledgers.values()) {
      const assessment =
        examined.kind === 'refused'
          ? examined
          : assess(examined.signature, ledger.requirement, this.#question);
      ledger.note(assessment);
      assessments.push(assessment);
    }
    if (examined.kind === 'refused') {
      this.#refuse([examined]);
      return false;
    }
    if (!assessments.some(({ kind }) => kind === 'counts')) {
      this.#refuse(assessments);
      return false;
    }
    if (this.verified.length < MAX_LISTED) this.verified.push(examined.signature.verified);
    return true;
  }

  isSatisfied(): boolean {
    return this.#ledgers.size > 0 && [...this.#ledgers.values()].every((ledger) => ledger.isSatisfied());
  }

  verdictOn(rule: TrustRule, rest: Unproven): RuleVerdict {
    const ledgers = rule.requirements.flatMap((requirement) => this.#ledgers.get(requirement) ?? []);
    const open = ledgers.filter((ledger) => !ledger.isSatisfied());
    return {
      rule: rule.name,
      // A rule that asks for nothing is no rule.
      satisfied: ledgers.length > 0 && open.length === 0,
      reasons: withoutRepeats(open.flatMap((ledger) => ledger.reasons(this.#proofs, rest))),
    };
  }

  /** Lists what counts for nothing, with the reason of the requirement that it came closest to. */
  #refuse(assessments: readonly Assessment[]): void {
    const closest = assessments
      .filter((assessment) => assessment.kind === 'refused')
      .sort((a, b) => b.closeness - a.closeness)[0];
    if (closest !== undefined && this.rejected.length <= MAX_LISTED) this.rejected.push(closest.rejection);
  }
}

function noRule({ name }: TrustQuestion): Rejection {
  const message = `no rule covers ${name ?? 'what has no name'}: it is unsigned by anyone you trust`;
  return { code: 'NO_MATCHING_RULE', message };
}

function withoutRepeats(rejections: readonly Rejection[]): Rejection[] {
  return [
    ...new Map(rejections.map((rejection) => [`${rejection.code} ${rejection.message}`, rejection])).values(),
  ];
}

function listed(rejections: readonly Rejection[]): readonly Rejection[] {
  if (rejections.length <= MAX_LISTED) return rejections;
  const more: Rejection = { code: 'TOO_MANY', message: `only the first ${MAX_LISTED} rejections are listed` };
  return [...rejections.slice(0, MAX_LISTED), more];
}
