import type { Tier } from '../../../core/finding.ts';
import type { FindingDraft, Seen } from '../../contract.ts';
import { quoteCommand } from './command-line.ts';
import type { Verdict } from './program-place.ts';

/** What examiners of this group say of a file: a finding but for its place. */
export interface Told {
  readonly rule: string;
  readonly tier: Tier;
  readonly evidence: string;
  /** From 1. */
  readonly line?: number;
}

/** What starts a command, as evidence: where it is written, the command, and what is odd about it. */
export function toldOf(rule: string, where: string, command: string, { tier, why }: Verdict): Told {
  return { rule, tier, evidence: `${where}: ${why}: ${quoteCommand(command)}` };
}

/** Findings as they were told; of one file each once, however often it is kept in it. */
export function* toFindings(seen: readonly Seen<Told>[]): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const { layer, path, observation } of seen) {
    const { rule, tier, evidence, line } = observation;
    const key = JSON.stringify([layer, path, rule, evidence]);
    if (told.has(key)) continue;
    told.add(key);
    yield { rule, tier, layer, path, evidence, ...(line !== undefined && { line }) };
  }
}
