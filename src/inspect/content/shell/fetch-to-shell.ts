import { type Destination, findDestinations, toDestination } from './destination.ts';
import { programRun, readsProgram, substitutionIn } from './execution.ts';
import { findPatterns, inOrder, MAX_MATCHES, type ShellMatch, toMatch } from './match.ts';
import { type Statement, statementsOf } from './statements.ts';
import { FETCHER } from './words.ts';

/** A place where what the network answers is run. */
export interface FetchMatch extends ShellMatch {
  /** `piped`: straight into an interpreter. `saved`: written to a file that a later statement runs. */
  readonly how: 'piped' | 'saved';
  /** Where from; undefined where the text does not say. */
  readonly from: Destination | undefined;
}

/** Literals of which one occurs in every text with a match. */
export const FETCH_NEEDLES = [
  'curl ',
  'wget ',
  'aria2c',
  'lynx ',
  'fetch ',
  'lwp-request',
  'lwp-download',
  'ftpget',
  'tftp ',
  'axel ',
  '"curl"',
  '"wget"',
  "'curl'",
  "'wget'",
  "get('http",
  'get("http',
  "open('http",
  'open("http',
  "contents('http",
  'contents("http',
  "fetch('http",
  'fetch("http',
] as const;

const FETCH = new RegExp(FETCHER, 'i');
const CODE = [
  /\b(?:exec|eval)\s{0,4}\(?\s{0,4}(?:compile\(\s{0,4})?(?:__import__\(['"][\w.]{1,40}['"]\)\.)?(?:[\w:]{1,40}[.:]{1,2}){0,4}(?:urlopen|get|open|file_get_contents|fetch)\s{0,2}\(?\s{0,4}['"](?:https?|ftp):\/\/[^\n]{0,160}/gi,
];

/**
 * Finds text that downloads and runs what it got: `curl … | sh`, `sh -c "$(wget …)"`, `bash <(curl …)`,
 * `exec(urlopen('http…` and, as `saved`, `wget -O f …; sh f`.
 */
export function findFetchToShell(text: string): FetchMatch[] {
  const found: FetchMatch[] = findPatterns(text, CODE).map((match) => toFetch(match, match.text, 'piped'));
  if (!FETCH.test(text)) return found;
  const saved = new Map<string, FetchMatch>();
  for (const statement of statementsOf(text)) {
    if (found.length >= MAX_MATCHES) break;
    const fetch = FETCH.exec(statement.text);
    if (fetch !== null && isRun(statement, fetch.index)) {
      const match = toMatch(statement.offset, statement.text);
      if (!isPrinted(statement, fetch.index))
        found.push(toFetch(match, statement.text.slice(fetch.index), 'piped'));
    } else if (fetch !== null) {
      const match = toFetch(
        toMatch(statement.offset, statement.text),
        statement.text.slice(fetch.index),
        'saved',
      );
      for (const file of filesWritten(statement.text.slice(fetch.index))) remember(saved, file, match);
    } else if (saved.size > 0) {
      const match = saved.get(programRun(statement) ?? '');
      if (match !== undefined) found.push(match);
    }
  }
  return inOrder(found);
}

function isRun(statement: Statement, at: number): boolean {
  const opened = substitutionIn(statement);
  if (opened !== undefined && opened < at) return true;
  const fetching = statement.commands.findIndex((command) => FETCH.test(command.text));
  return fetching >= 0 && statement.commands.slice(fetching + 1).some(readsProgram);
}

/** `echo "run: curl … | sh"` only says it, unless what is said is written somewhere or given to cron. */
function isPrinted(statement: Statement, at: number): boolean {
  const before = statement.text.slice(0, at);
  const after = statement.text.slice(at);
  return (
    /^[\s({]{0,8}(?:echo|printf|print|log\w{0,10}|warn|info|error|die|console\.\w{1,10}\(|cat)\s{0,4}[^|]{0,400}["'`]/.test(
      before,
    ) && !/>\s{0,4}["']?[/$~\w]|\b(?:crontab|tee)\b/.test(after)
  );
}

const MAX_SAVED = 256;

function remember(saved: Map<string, FetchMatch>, file: string, match: FetchMatch): void {
  if (saved.size < MAX_SAVED) saved.set(file.replace(/^\.\//, ''), match);
}

/** The files a fetching command writes: named by option or redirection, else by the end of the URL. */
function filesWritten(command: string): string[] {
  const named =
    /\s(?:-[a-zA-Z]{0,8}[oO]|--output|--output-document)[\s=]{1,4}["']?([\w./~$][\w./${}~+-]{0,200})(?=["'\s;]|$)|>\s{0,4}["']?([\w./~$][\w./${}~+-]{0,200})/.exec(
      command,
    );
  const name = named?.[1] ?? named?.[2];
  if (name !== undefined) return [name];
  const last = findDestinations(command)[0]?.path.split(/[?#]/)[0]?.split('/').at(-1);
  return last === undefined || last === '' ? [] : [last];
}

function toFetch(match: ShellMatch, command: string, how: FetchMatch['how']): FetchMatch {
  return { ...match, how, from: findDestinations(command)[0] ?? bareDestination(command) };
}

/** `curl -s evil.invalid/x`: a host without a scheme. */
function bareDestination(command: string): Destination | undefined {
  const bare =
    /\s["']?((?:(?:[a-z0-9-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62}|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:\/[^\s'"|;)]{0,200})?)(?=["'\s|;)]|$)/i.exec(
      command,
    );
  return bare?.[1] === undefined ? undefined : toDestination('', bare[1]);
}
