import { type Destination, findDestinations, firstDestination, toDestination } from './destination.ts';
import { isPipedIntoProgram, programRun, substitutionIn } from './execution.ts';
import { isWellKnownInstaller } from './installers.ts';
import { type Cut, findPatterns, inOrder, type ShellMatch, toMatch } from './match.ts';
import { SavedFiles } from './saved-files.ts';
import { type Statement, statementsOf } from './statements.ts';
import { FETCHER } from './words.ts';

/** A place where what the network answers is run. */
export interface FetchMatch extends ShellMatch {
  /** `piped`: straight into an interpreter. `saved`: written to a file that a later statement runs. */
  readonly how: 'piped' | 'saved';
  /** Where from, of several the first that is no well-known installer; undefined where the text does not say. */
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
export function findFetchToShell(text: string, cut?: Cut): Generator<FetchMatch> {
  const code = findPatterns(text, CODE).map((match) => toFetch(match, match.text, 'piped'));
  return inOrder<FetchMatch>(code, findCommands(text, cut));
}

function* findCommands(text: string, cut: Cut | undefined): Generator<FetchMatch> {
  if (!FETCH.test(text)) return;
  const saved = new SavedFiles<FetchMatch>('downloaded files', cut);
  for (const statement of statementsOf(text)) {
    const fetch = FETCH.exec(statement.text);
    if (fetch === null) {
      const written = saved.take(programRun(statement));
      if (written !== undefined) yield written;
      continue;
    }
    const command = statement.text.slice(fetch.index);
    const match = toMatch(statement.offset, statement.text);
    if (isRun(statement, fetch.index)) {
      if (!isPrinted(statement, fetch.index)) yield toFetch(match, command, 'piped');
      continue;
    }
    const file = fileWritten(command);
    if (file !== undefined) saved.add(file, toFetch(match, command, 'saved'));
  }
}

function isRun(statement: Statement, at: number): boolean {
  const opened = substitutionIn(statement);
  if (opened !== undefined && opened < at) return true;
  return isPipedIntoProgram(statement, (command) => FETCH.test(command));
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

/** The file a fetching command writes: named by option or redirection, else by the end of the URL. */
function fileWritten(command: string): string | undefined {
  const named =
    /\s(?:-[a-zA-Z]{0,8}[oO]|--output|--output-document)[\s=]{1,4}["']?([\w./~$][\w./${}~+-]{0,200})(?=["'\s;]|$)|>\s{0,4}["']?([\w./~$][\w./${}~+-]{0,200})/.exec(
      command,
    );
  const name = named?.[1] ?? named?.[2];
  if (name !== undefined) return name;
  const last = firstDestination(command)?.path.split(/[?#]/)[0]?.split('/').at(-1);
  return last === '' ? undefined : last;
}

function toFetch(match: ShellMatch, command: string, how: FetchMatch['how']): FetchMatch {
  return { ...match, how, from: strangestDestination(command) ?? bareDestination(command) };
}

/** A fetcher takes several URLs: one well-known installer among them vouches for no other. */
function strangestDestination(command: string): Destination | undefined {
  const all = findDestinations(command);
  return all.find((one) => !isWellKnownInstaller(one)) ?? firstDestination(command);
}

/** `curl -s evil.invalid/x`: a host without a scheme. */
function bareDestination(command: string): Destination | undefined {
  const bare =
    /\s["']?((?:(?:[a-z0-9-]{1,63}\.){1,8}[a-z][a-z0-9-]{1,62}|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:\/[^\s'"|;)]{0,200})?)(?=["'\s|;)]|$)/i.exec(
      command,
    );
  return bare?.[1] === undefined ? undefined : toDestination('', bare[1]);
}
