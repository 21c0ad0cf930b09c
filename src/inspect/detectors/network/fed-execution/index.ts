import { blankComments } from '../../../content/shell/comments.ts';
import { firstDestination, isPaste, isRawAddress } from '../../../content/shell/destination.ts';
import { FETCH_NEEDLES, type FetchMatch, findFetchToShell } from '../../../content/shell/fetch-to-shell.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { languageOf } from '../../../content/shell/text-role.ts';
import type { Detector } from '../../../contract.ts';

const RULE = 'network/fed-execution';

interface FedSighting {
  readonly line: number;
  readonly text: string;
}

export const fedExecution: Detector<FedSighting> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A script runs what a paste site or a bare address gives it',
      remedy:
        'Fetch from a host with a name and an owner, over https, pinned by digest; or ship the program in the image.',
      attack: ['T1105', 'T1102'],
      controls: ['TVM-06', 'STA-08', 'IVS-03'],
      references: [
        'https://attack.mitre.org/techniques/T1105/',
        'https://attack.mitre.org/techniques/T1102/',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 4,
    wants: [{ content: ['script', 'text'], needles: FETCH_NEEDLES }],
    *examine(file) {
      const language = languageOf(file.record, file.interpreter);
      if (language === undefined) return;
      const text = blankComments(file.text(), language);
      if (!findsAnonymousHost(text)) return;
      const matches = findFetchToShell(text, (what) => file.cut(what)).filter(isAnonymous);
      for (const { offset, text: evidence } of matches.take(3)) {
        yield { line: lineOf(text, offset), text: evidence };
      }
    },
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, text } = observation;
      yield { rule: RULE, layer, path, line, evidence: text, yieldsToPackages: true };
    }
    // What is piped there, and all that the container itself starts with, config/download-to-shell reports.
    for (const { where, config, text, layer } of image.commands) {
      if (where !== 'history') continue;
      const match = findFetchToShell(text).find((fetch) => fetch.how === 'saved' && isAnonymous(fetch));
      if (match !== undefined)
        yield { rule: RULE, config, ...(layer !== undefined && { layer }), evidence: match.text };
    }
  },
};

function isAnonymous({ from }: FetchMatch): boolean {
  return from !== undefined && (isPaste(from) || isRawAddress(from.host));
}

/** Cheap, before statements are told apart. A bare `host/path` without a scheme may be anything, so it passes. */
function findsAnonymousHost(text: string): boolean {
  return (
    /\b\d{1,3}(?:\.\d{1,3}){3}\b|0x[0-9a-f]{8}|paste|bin\.|gist\.|\.sh\b|\.st\b|ix\.io|rentry|catbox|discordapp|temp\.|oshi|gofile|file\.io/i.test(
      text,
    ) &&
    (firstDestination(text) !== undefined || /\b(?:curl|wget)\b/.test(text))
  );
}
