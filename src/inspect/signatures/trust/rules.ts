import type { TrustedKey } from '../contract.ts';

/*
 * Whom to trust for which image, as the trust file says it or as the command line's `--key` and `--identity` mean it.
 * Every rule whose pattern matches must be satisfied: adding a rule can only tighten. No rule, no trust.
 */

export interface TrustRule {
  readonly name: string;
  readonly images: readonly NamePattern[];
  readonly requirements: readonly Requirement[];
}

/**
 * `registry.acme.example/payments/*`: matched against registry and repository, without tag. The host is literal; `*` stands
 * for one path component or a part of one, a last `**` for all that follows.
 */
export interface NamePattern {
  readonly text: string;
  matches(name: string): boolean;
}

export interface Requirement {
  readonly by: readonly Signer[];
  /** Distinct signers of `by` that must have signed. */
  readonly atLeast: number;
  /** `required`: a key's signature counts only with a proven log entry. Sigstore identities always need what their root has. */
  readonly log: 'required' | 'optional';
  /** Milliseconds since the earliest trusted signing time. */
  readonly maxAge?: number;
  /** Signatures made before this do not count. */
  readonly since?: Date;
  /** The name in the signed payload must be the image's own: what was signed in one repository is not good for another. */
  readonly sameRepository: boolean;
  /** Absent: a plain signature is asked for. */
  readonly predicate?: PredicateRequirement;
}

export type Signer =
  | { readonly kind: 'key'; readonly key: TrustedKey }
  | {
      readonly kind: 'sigstore';
      readonly issuer: string;
      /** Exact, or a pattern that must match from the first to the last character. */
      readonly subject: SubjectMatch;
      /** Name of the trust root that must have proven it. */
      readonly root: string;
    }
  | { readonly kind: 'notation'; readonly trust: string };

export type SubjectMatch =
  | { readonly kind: 'exact'; readonly text: string }
  /** `*` stands for anything but a slash, `**` for anything; everything else is literal. */
  | { readonly kind: 'pattern'; readonly text: string; matches(subject: string): boolean };

/** What an attestation must be, and say. */
export interface PredicateRequirement {
  /** Full predicate type URIs, any of which will do. */
  readonly types: readonly string[];
  /** SLSA provenance: `builder.id`, exact. */
  readonly builder?: string;
  /** SLSA provenance: where the source came from; pattern as for subjects. */
  readonly source?: SubjectMatch;
  /** VSA: `verifier.id`, exact; the signer must be one that the requirement names for it. */
  readonly verifier?: string;
  /** VSA: levels, all of which must be among `verifiedLevels` or below one of the same track. */
  readonly levels?: readonly string[];
  /** VSA: `resourceUri`, exact. */
  readonly resource?: string;
}

/** Name of the public sigstore instance's trust root, which needs no definition. */
export const PUBLIC_ROOT = 'sigstore';

/** The rules that speak of an image. @param name registry and repository; absent for what has none, a file */
export function rulesFor(rules: readonly TrustRule[], name: string | undefined): readonly TrustRule[] {
  return rules.filter(({ images }) => images.some((pattern) => pattern.matches(name ?? '')));
}

/** What must be at hand to prove what rules ask for. */
export interface NeededMaterials {
  readonly keys: readonly TrustedKey[];
  /** Names of trust roots, and of Notation configurations. */
  readonly roots: readonly string[];
  readonly notation: readonly string[];
}

/** What to load for these rules, and no more: a root that no rule asks for can neither fail nor prove anything. */
export function neededBy(rules: readonly TrustRule[]): NeededMaterials {
  const signers = rules.flatMap(({ requirements }) => requirements.flatMap(({ by }) => by));
  return {
    keys: [...new Set(signers.flatMap((signer) => (signer.kind === 'key' ? [signer.key] : [])))],
    roots: [...new Set(signers.flatMap((signer) => (signer.kind === 'sigstore' ? [signer.root] : [])))],
    notation: [...new Set(signers.flatMap((signer) => (signer.kind === 'notation' ? [signer.trust] : [])))],
  };
}
