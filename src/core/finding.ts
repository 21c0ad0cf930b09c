import type { LayerRef } from './problem.ts';

/** `block`: alone enough to refuse. `review`: a person should look. `note`: worth knowing. */
export type Tier = 'block' | 'review' | 'note';
export const TIERS: readonly Tier[] = ['block', 'review', 'note'];

/** The fixed part of a finding: what the rule is, whatever image it is found in. */
export interface Rule {
  /** `<group>/<kebab-name>`; stable, users write it in policies. */
  readonly id: string;
  /** The tier a finding has unless the detector, for a stated reason, gives another. */
  readonly tier: Tier;
  /** What is wrong, for a person, without a trailing dot. */
  readonly title: string;
  /** What to do about it: one or two sentences. */
  readonly remedy: string;
  /** MITRE ATT&CK technique ids. */
  readonly attack: readonly string[];
  /** CSA CCM v4 control ids. */
  readonly controls: readonly string[];
  /** Where the indicator is described: URLs. */
  readonly references: readonly string[];
}

export interface FindingLocation {
  readonly layer?: LayerRef;
  /** Without a leading slash. */
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  /** Bytes from the start of the file. */
  readonly offset?: number;
  /** Where in the image config, when no file is concerned: `Entrypoint`, `Env.LD_PRELOAD`, `history[3]`. */
  readonly config?: string;
  /** Set when a later layer takes the file away or puts another in its place: it still ships in the image. */
  readonly hidden?: { readonly by: 'deleted' | 'replaced'; readonly layer: LayerRef };
}

/** Something wrong in an image. */
export interface Finding extends Omit<Rule, 'id'> {
  readonly rule: string;
  readonly location: FindingLocation;
  /** Short, on one line, control characters escaped, secrets masked. */
  readonly evidence: string;
}
