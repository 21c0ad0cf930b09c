import { fewOfEach } from '../../../content/bounded.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { isPrivate } from '../../../content/shell/destination.ts';
import { type Cut, lineCounter } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import type { Detector } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode } from '../remote-code.ts';
import { HOOK_KINDS, type HookKind, hookKindOf } from './hook-kinds.ts';

/*
 * A hook runs when somebody plugs in a disk, installs a package or commits: seldom enough to be missed, often enough to come
 * back. Distributions ship many; none of them fetches code. Docker's own images hook apt to empty its cache, which is
 * ordinary: only what a hook does is judged, not that it is there.
 */

interface HookFact {
  readonly tier: 'block' | 'review';
  readonly line: number;
  readonly text: string;
}

const RULE = 'persistence/fetching-hook';
/** Of each tier in one file. */
const MAX_FACTS = 50;
const PROGRAM = /\b(?:RUN|PROGRAM|IMPORT)(?:\{[a-z]{1,10}\})?\s{0,4}[+:=]?=\s{0,4}"(\/[^"\s]{1,400})/g;

export const packageHooks: Detector<HookFact> = {
  id: 'persistence/package-hooks',
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A hook of the system or a package fetches code',
      remedy:
        'Remove the hook; for a maintainer script, remove the package and install one from a repository you trust.',
      attack: ['T1546', 'T1546.016'],
      controls: ['TVM-06', 'CCC-04'],
      references: [
        'https://attack.mitre.org/techniques/T1546/016/',
        'https://attack.mitre.org/techniques/T1546/017/',
      ],
    },
  ],
  examiner: {
    id: 'persistence/package-hooks',
    version: 3,
    wants: HOOK_KINDS.map(({ paths }) => ({ paths })),
    *examine(file) {
      const kind = hookKindOf(file.record.path);
      if (kind === undefined) return;
      const code = blankComments(kind.commandsIn(file.text()), 'shell');
      const facts = factsOf(kind, code, (what) => file.cut(what));
      yield* fewOfEach(facts, MAX_FACTS, ({ tier }) => tier);
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, line, text } = observation;
      const what = hookKindOf(path)?.name ?? 'hook';
      yield { rule: RULE, tier, layer, path, line, evidence: `${what}: ${text}`, yieldsToPackages: true };
    }
  },
};

function* factsOf(kind: HookKind, text: string, cut: Cut): Generator<HookFact> {
  const told = new Set<number>();
  for (const { line, text: code } of findRemoteCode(text, cut)) {
    told.add(line);
    yield { tier: 'block', line, text: code };
  }
  if (!kind.mayNotFetch) return;
  const lineAt = lineCounter(text);
  for (const { offset, text: code, to } of findNetworkCode(text)) {
    const line = lineAt(offset);
    if (told.has(line)) continue;
    if (to !== undefined && isPrivate(to.host)) continue;
    told.add(line);
    yield { tier: to === undefined ? 'review' : 'block', line, text: code };
  }
  for (const { index, 0: found, 1: program = '' } of text.matchAll(PROGRAM)) {
    const line = lineAt(index);
    if (oddPlace(program) === undefined || told.has(line)) continue;
    yield { tier: 'review', line, text: found };
  }
}
