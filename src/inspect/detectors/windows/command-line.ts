import { TIERS } from '../../../core/finding.ts';
import { maskSecrets } from '../secrets/mask.ts';
import { expandVariables, judgePlace, type Verdict } from './program-place.ts';

/*
 * One judgement for every command that Windows starts by itself, wherever it is written: Run keys, services, tasks, answer
 * files. What Windows and installers of agents put there is a program in Windows or Program Files with its arguments.
 * What attackers put there lies where anybody may write, or lies nowhere: the command itself fetches or decodes it
 * (ATT&CK T1059, T1218).
 */

/** As long as Windows lets a command line be. */
const LONGEST = 32_767;

const POWERSHELL = /\b(?:powershell|pwsh)(?:_ise)?\b/;
/** Any beginning of `-EncodedCommand` will do, after a dash of any kind or a slash. */
const ENCODED = /\s[-/\u2013\u2014\u2015]e(?:c|n[codema]{0,12})?[\s:]+["']?[a-z0-9+/=]{16}/;
const FETCHES =
  /\b(?:downloadstring|downloaddata|downloadfile|openread|net\.webclient|net\.http|invoke-webrequest|iwr|invoke-restmethod|irm|curl|wget|start-bitstransfer|msxml2\.|winhttp\.)/;
const RUNS =
  /\b(?:iex|invoke-expression|scriptblock\]?::create|assembly\]?::load|invoke-command)\b|\.invoke\(|\|\s{0,20}(?:powershell|pwsh|cmd|sh|bash|python)\b/;
const DECODES = /frombase64string|::deflate|gzipstream|deflatestream/;

const HOSTILE: readonly (readonly [RegExp, string])[] = [
  [/\bmshta(?:\.exe)?\b/, 'it runs an HTML application'],
  [/\brundll32(?:\.exe)?["']?\s[^\n]{0,2000}?(?:javascript|vbscript):/, 'rundll32 runs a script'],
  [/\bregsvr32(?:\.exe)?["']?\s[^\n]{0,2000}?(?:\/i:\s{0,5}["']?https?:|scrobj\b)/, 'regsvr32 runs a script'],
  [
    /\bcertutil(?:\.exe)?["']?\s[^\n]{0,2000}?[-/](?:urlcache|verifyctl|decode(?:hex)?)\b/,
    'certutil fetches or decodes',
  ],
  [
    /\bbitsadmin(?:\.exe)?["']?\s[^\n]{0,2000}?\/(?:transfer|addfile|setnotifycmdline)\b/,
    'bitsadmin fetches',
  ],
  [/\bmsiexec(?:\.exe)?["']?\s[^\n]{0,2000}?https?:\/\//, 'it installs from the network'],
  [
    /\b[wc]script(?:\.exe)?["']?\s[^\n]{0,2000}?(?:https?:\/\/|\/e:\s{0,5}["']?(?:jscript|vbscript))/,
    'it runs a script under another name',
  ],
  [
    /\bwmic(?:\.exe)?["']?\s[^\n]{0,2000}?(?:\/format:\s{0,5}["']?https?:|process\s{1,20}call\s{1,20}create)/,
    'wmic starts it',
  ],
  [
    /\b(?:installutil|msbuild|regasm|regsvcs|cmstp|odbcconf|ieexec|presentationhost)(?:\.exe)?["']?\s[^\n]{0,2000}?https?:\/\//,
    'it runs what it fetches',
  ],
];

/** Says why no honest command does this, wherever its program lies: it fetches and runs, or hides what it runs. */
export function judgeAction(text: string): Verdict | undefined {
  // Carets and back-ticks mean nothing between letters; they are there to be in the way of who looks.
  const plain = text.slice(0, LONGEST).toLowerCase().replace(/[\^`]/g, '');
  if (POWERSHELL.test(plain) && ENCODED.test(plain))
    return { tier: 'block', why: 'it runs an encoded command' };
  if (RUNS.test(plain) && FETCHES.test(plain)) return { tier: 'block', why: 'it runs what it fetches' };
  if (RUNS.test(plain) && DECODES.test(plain)) return { tier: 'block', why: 'it runs what it decodes' };
  for (const [pattern, why] of HOSTILE) if (pattern.test(plain)) return { tier: 'block', why };
  if (FETCHES.test(plain) && /https?:\/\//.test(plain))
    return { tier: 'review', why: 'it fetches from the network' };
  if (POWERSHELL.test(plain) && /\s[-/]w[a-z]{0,12}[\s:]+["']?(?:hidden|1\b)/.test(plain))
    return { tier: 'review', why: 'it hides its window' };
  return undefined;
}

/**
 * Judges a command that Windows starts by itself: what it does, and where the programs and scripts lie that it names.
 * `note`: a program that is not part of Windows, in an ordinary place. Undefined: part of Windows, and nothing odd about it.
 */
export function judgeCommand(text: string): Verdict | undefined {
  const action = judgeAction(text);
  if (action?.tier === 'block') return action;
  const { program, operands } = toWords(text);
  const verdicts = [action, judgePlace(program), ...operands.map(judgePlace)];
  if (text.length > LONGEST)
    verdicts.push({ tier: 'review', why: 'it is longer than a command line may be' });
  return gravest(verdicts);
}

export function gravest(verdicts: readonly (Verdict | undefined)[]): Verdict | undefined {
  let worst: Verdict | undefined;
  for (const verdict of verdicts)
    if (
      verdict !== undefined &&
      (worst === undefined || TIERS.indexOf(verdict.tier) < TIERS.indexOf(worst.tier))
    )
      worst = verdict;
  return worst;
}

const EXTENSION = '(?:exe|com|bat|cmd|scr|pif|dll|sys|ps1|psm1|vbs|vbe|js|jse|wsf|hta|msi|cpl|ocx|lnk)';
/** Where the next path begins: the one before it, spaces and all, has ended. */
const NEXT_PATH = `(?!\\s["']?(?:[a-z]:[\\\\/]|\\\\\\\\))`;
/** Without quotes, Windows tries a path with spaces up to each of them; that it is one is told by its beginning. */
const UNQUOTED = new RegExp(
  `^(?:[a-z]:[\\\\/]|\\\\)(?:${NEXT_PATH}[^"]){1,1024}?\\.${EXTENSION}(?=[\\s,"]|$)`,
);
const OPERAND = new RegExp(
  `(?:[a-z]:|\\\\\\\\[^\\s"'\\\\]{1,255})[\\\\/](?:${NEXT_PATH}[^"'<>|*?,;=\\n]){0,400}?\\.${EXTENSION}(?![a-z0-9.\\\\/])`,
  'g',
);
/** Operands of one command line that are looked at. */
const MAX_OPERANDS = 200;

interface Words {
  readonly program: string;
  readonly operands: readonly string[];
}

/** The program a line starts, quoted or not, and every path of a program or script after it. */
function toWords(text: string): Words {
  const line = expandVariables(text.slice(0, LONGEST)).trim();
  const program = programOf(line);
  const rest = line.slice(program.length).replace(/[\^`]/g, '');
  const operands = [...rest.matchAll(OPERAND)].slice(0, MAX_OPERANDS).map(([path]) => path);
  return { program, operands };
}

function programOf(line: string): string {
  if (line.startsWith('"')) return line.slice(0, line.indexOf('"', 1) + 1) || line;
  return UNQUOTED.exec(line)?.[0] ?? line.split(/\s/, 1)[0] ?? '';
}

/** A command as evidence shows it: secrets masked, also those that Windows' own tools take as bare words. */
export function quoteCommand(text: string): string {
  return maskSecrets(text.slice(0, 1_000))
    .replace(/(\bnet1?(?:\.exe)?\s{1,9}user\s{1,9}\S{1,100}\s{1,9})(?![/*])\S{1,200}/gi, '$1***')
    .replace(/([-/](?:p|rp|pass|passwd|password|pwd)[\s:=]{1,9}["']?)(?![-/])[^\s"']{1,200}/gi, '$1***');
}
