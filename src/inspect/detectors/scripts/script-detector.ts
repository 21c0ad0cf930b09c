import { type Rule, TIERS, type Tier } from '../../../core/finding.ts';
import { blankComments } from '../../content/shell/comments.ts';
import { lineOf, type ShellMatch } from '../../content/shell/match.ts';
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
  /** `text` has no comments. */
  find(text: string, language: Language): readonly ScriptMatch[];
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
        const matches = gravest(script.find(blankComments(text, language), language), text);
        for (const { offset, text: evidence, tier } of matches) {
          const place = file.base === 0 ? { line: lineOf(text, offset) } : {};
          yield {
            ...place,
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

/** One match a line, the gravest first, so that milder ones cannot crowd it out. */
function gravest(matches: readonly ScriptMatch[], text: string): ScriptMatch[] {
  const byLine = new Map<number, ScriptMatch>();
  const sorted = [...matches].sort((a, b) => gravity(a) - gravity(b) || a.offset - b.offset);
  for (const match of sorted) {
    const line = text.lastIndexOf('\n', match.offset);
    if (!byLine.has(line)) byLine.set(line, match);
    if (byLine.size === MAX_PER_FILE) break;
  }
  return [...byLine.values()];
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
