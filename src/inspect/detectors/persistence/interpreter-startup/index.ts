import type { Tier } from '../../../../core/finding.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import { type Cut, lineCounter, lineOf } from '../../../content/shell/match.ts';
import type { Detector } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode, REMOTE_WORDS } from '../remote-code.ts';
import { LOADER_SETTINGS, STARTUP_KINDS, type StartupKind, startupKindOf } from './startup-kinds.ts';

/*
 * Interpreters run some files before the program they are asked to run. A line of a Python `.pth` that begins with `import` is
 * executed at every start of every Python of that folder; poisoned packages use it. Honest ones are many (setuptools,
 * coverage, namespace packages, editable installs), and do one thing: they import a module and call it. They start no
 * other program, and decode nothing that they then run.
 */

interface StartupFact {
  readonly tier: Tier;
  readonly why: string;
  readonly line: number;
  readonly text: string;
}

const STARTUP = 'persistence/interpreter-startup';
const LOADER = 'persistence/interpreter-loader';
/** Of each tier in one file. */
const MAX_FACTS = 50;

export const interpreterStartup: Detector<StartupFact> = {
  id: 'persistence/interpreter-startup',
  rules: [
    {
      id: STARTUP,
      tier: 'block',
      title: 'An interpreter starts hidden code with every program',
      remedy:
        'Remove the file, and the package that brought it; treat what that interpreter could read as stolen.',
      attack: ['T1546.018', 'T1059.006'],
      controls: ['TVM-06', 'CCC-04'],
      references: [
        'https://docs.python.org/3/library/site.html',
        'https://attack.mitre.org/techniques/T1546/018/',
      ],
    },
    {
      id: LOADER,
      tier: 'review',
      title: 'A setting loads code into every program of an interpreter',
      remedy: 'Remove the setting, or have the one program that needs the code load it.',
      attack: ['T1546', 'T1574'],
      controls: ['TVM-06', 'CCC-04'],
      references: [
        'https://www.php.net/manual/en/ini.core.php#ini.auto-prepend-file',
        'https://docs.npmjs.com/cli/v11/using-npm/config#node-options',
      ],
    },
  ],
  examiner: {
    id: 'persistence/interpreter-startup',
    version: 3,
    wants: [...STARTUP_KINDS, ...LOADER_SETTINGS].map(({ paths }) => ({ paths })),
    examine: (file) =>
      fewOfEach(
        factsOf(file.record.path, file.text(), (what) => file.cut(what)),
        MAX_FACTS,
        ({ tier }) => tier,
      ),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, why, line, text } = observation;
      const rule = startupKindOf(path) === undefined ? LOADER : STARTUP;
      yield { rule, layer, path, line, tier, evidence: `${why}: ${text}`, yieldsToPackages: true };
    }
  },
};

function* factsOf(path: string, text: string, cut: Cut): Generator<StartupFact> {
  const kind = startupKindOf(path);
  if (kind !== undefined) yield* startupFacts(kind, text, cut);
  for (const { paths, pattern } of LOADER_SETTINGS) if (paths.test(path)) yield* settingFacts(pattern, text);
}

function* startupFacts(kind: StartupKind, whole: string, cut: Cut): Generator<StartupFact> {
  const code = kind.codeIn(whole);
  const remote = findRemoteCode(code, cut);
  for (const { kind: how, line, text } of remote) yield { tier: 'block', why: REMOTE_WORDS[how], line, text };
  if (remote.length > 0) return;
  const decoded = kind.runs.test(code) ? kind.decodes.exec(code) : null;
  const spawned = kind.spawns.exec(code);
  const connected = kind.connects.exec(code);
  if (decoded !== null) yield factAt('block', 'decodes and runs', code, decoded.index);
  else if (spawned !== null) yield factAt('block', 'starts a program', code, spawned.index);
  else if (connected !== null) yield factAt('review', 'talks to the network', code, connected.index);
}

function* settingFacts(pattern: RegExp, text: string): Generator<StartupFact> {
  const lineAt = lineCounter(text);
  for (const { index, 0: found, 1: value = '' } of text.matchAll(pattern)) {
    if (/^(?:none|""|'')$/i.test(value.trim())) continue;
    const hidden = oddPlace(value) !== undefined || /^(?:data|php|https?|ftp|phar|zip|expect):/i.test(value);
    const line = lineAt(index + found.search(/\S/));
    yield { tier: hidden ? 'block' : 'review', why: 'loads', line, text: found.trim() };
  }
}

function factAt(tier: Tier, why: string, code: string, at: number): StartupFact {
  const start = Math.max(code.lastIndexOf('\n', at) + 1, at - 80);
  return { tier, why, line: lineOf(code, at), text: code.slice(start, at + 120).split('\n', 1)[0] ?? '' };
}
