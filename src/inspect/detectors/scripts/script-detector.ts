import { type Rule, TIERS, type Tier } from '../../../core/finding.ts';
import { blankComments } from '../../content/shell/comments.ts';
import { type Cut, lineCounter, type ShellMatch } from '../../content/shell/match.ts';
import { type Language, languageOf } from '../../content/shell/text-role.ts';
import type { Detector, FindingDraft, Seen } from '../../contract.ts';

/*
 * What the detectors of scripts share: one rule over every text that is run, wherever it is written (a script, a
 * unit, a cron table, a command line of the config).
 */

/** A match, with another tier than the rule's where what stands around it says so. */
export interface ScriptMatch extends ShellMatch {
  readonly tier?: Tier;
}

export interface ScriptRule {
  readonly rule: Rule;
  readonly version: number;
  /** One of them is in every text with a match. */
  readonly needles: readonly string[];
  /** In order of place, every one. `text` has no comments. */
  find(text: string, language: Language, cut?: Cut): Iterable<ScriptMatch>;
  /** False for what a build does honestly while it seals an image. */
  readonly history: boolean;
}

export interface ScriptSighting {
  readonly line?: number;
  readonly offset: number;
  readonly text: string;
  readonly tier?: Tier;
}

/** More places in one file say no more. */
const MAX_PER_FILE = 5;

export function toScriptDetector(script: ScriptRule): Detector<ScriptSighting> {
  const { id } = script.rule;
  return {
    id,
    rules: [script.rule],
    examiner: {
      id,
      version: script.version,
      wants: [{ content: ['script', 'text'], needles: script.needles }],
      *examine(file) {
        const language = languageOf(file.record, file.interpreter);
        if (language === undefined) return;
        const text = file.text();
        const matches = script.find(blankComments(text, language), language, (what) => file.cut(what));
        for (const { offset, text: evidence, tier, line } of gravest(matches, text)) {
          yield {
            ...(file.base === 0 && { line }),
            offset: file.base + offset,
            text: evidence,
            ...(tier !== undefined && { tier }),
          };
        }
      },
    },
    *judge(image, seen) {
      yield* draftsOfFiles(seen, id);
      for (const { where, config, text, layer } of image.commands) {
        if (where === 'history' && !script.history) continue;
        for (const match of gravest(script.find(text, 'shell'), text).slice(0, 1)) {
          const place = { config, ...(layer !== undefined && { layer }) };
          yield {
            rule: id,
            ...place,
            ...(match.tier !== undefined && { tier: match.tier }),
            evidence: match.text,
          };
        }
      }
    },
  };
}

interface PlacedMatch extends ScriptMatch {
  readonly line: number;
}

/**
 * One match a line, the gravest first, so that milder ones cannot crowd it out. As many are kept of each tier as are
 * told, so nothing else of a million has to be.
 */
function gravest(matches: Iterable<ScriptMatch>, text: string): PlacedMatch[] {
  const kept = new Map<number, PlacedMatch[]>();
  const lineAt = lineCounter(text);
  for (const match of matches) {
    const known = kept.get(gravity(match)) ?? [];
    if (known.length === MAX_PER_FILE) continue;
    const line = lineAt(match.offset);
    if (known.at(-1)?.line !== line) kept.set(gravity(match), [...known, { ...match, line }]);
  }
  const sorted = [...kept].sort(([a], [b]) => a - b).flatMap(([, placed]) => placed);
  const lines = sorted.map(({ line }) => line);
  return sorted.filter(({ line }, index) => lines.indexOf(line) === index).slice(0, MAX_PER_FILE);
}

/** A match without a tier of its own has its rule's, which is the gravest there is. */
function gravity({ tier }: ScriptMatch): number {
  return tier === undefined ? -1 : TIERS.indexOf(tier);
}

function* draftsOfFiles(seen: readonly Seen<ScriptSighting>[], rule: string): Iterable<FindingDraft> {
  for (const { layer, path, observation } of seen) {
    const { line, offset, text, tier } = observation;
    const place = line !== undefined ? { line } : { offset };
    const own = tier !== undefined ? { tier } : {};
    yield { rule, layer, path, ...place, ...own, evidence: text, yieldsToPackages: true };
  }
}
