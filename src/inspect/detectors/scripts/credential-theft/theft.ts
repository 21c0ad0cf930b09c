import { CREDENTIAL_SOURCE } from '../../../content/shell/credentials.ts';
import {
  findDestinations,
  firstDestination,
  isLoopback,
  isPrivate,
  isVariable,
} from '../../../content/shell/destination.ts';
import { type Cut, toMatch } from '../../../content/shell/match.ts';
import { statementsOf } from '../../../content/shell/statements.ts';
import type { ScriptMatch } from '../script-detector.ts';

/*
 * Follows a credential from where it is read to where it is sent, in two ways.
 *
 * In shell: a statement that sends data and names a credential in it, or names a variable or file that an earlier
 * statement filled from one. Headers are taken out first, since `-H "Authorization: Bearer $TOKEN"` is how a token is
 * used for what it is for.
 *
 * In other languages: a credential file named by its path where it is opened, close to a request that posts to an
 * address written out. Libraries that look for credentials build the path from parts, and build the address too.
 */

const ASKS = /(?<![\w.-])(?:curl|wget)(?=\s)/;
const BODY =
  /\s(?:-[a-zA-Z]{0,8}[dFT](?![\w-])|-[dFT]["'@$]|--data[\w-]{0,12}|--form(?:-string)?|--json|--upload-file|--post-data|--post-file|--body-data|--body-file)(?=[\s="'@$])/;
const CARRIES = /(?<![\w.-])(?:nc|ncat|netcat|socat|scp|rsync|ftp|tftp)\s/;
const HEADER =
  /(?:\s-H\s{0,4}|\s--header[\s=]{1,4}|\s-u\s{1,4}|\s--user[\s=]{1,4})(?:"(?:[^"\\\n]|\\.){0,400}"|'[^'\n]{0,400}'|\S{1,400})/g;
const ENVIRONMENT =
  /(?:^|[\s;&(`])(?:env|printenv|export\s{1,4}-p)\s{0,4}\|[^\n]{0,400}?(?:curl|wget|nc|ncat)\b|\$\(\s{0,4}(?:env|printenv)\s{0,4}[)|]/;

/** Each is looked for in every statement behind it. */
const MAX_CARRIERS = 256;

export function* findTheftInShell(text: string, cut?: Cut): Generator<ScriptMatch> {
  const carriers = new Set<string>();
  for (const statement of statementsOf(text)) {
    const command = statement.text.replace(HEADER, ' ');
    const reads = CREDENTIAL_SOURCE.test(command) || isCarried(command, carriers);
    const dumps = ENVIRONMENT.test(command);
    if ((reads || dumps) && isSent(command, carriers) && !isAtHome(statement.text)) {
      const match = toMatch(statement.offset, statement.text);
      yield isLogin(statement.text) ? { ...match, tier: 'review' } : match;
    }
    if (!CREDENTIAL_SOURCE.test(statement.text)) continue;
    for (const carrier of carriersIn(statement.text)) {
      if (cut === undefined || carriers.size < MAX_CARRIERS) carriers.add(carrier);
      else cut(`files and variables with credentials after the first ${MAX_CARRIERS}`);
    }
  }
}

const EVERY_SOURCE = new RegExp(CREDENTIAL_SOURCE.source, 'g');
const OPENS =
  /(?:\b(?:open|read\w{0,14}|createReadStream|file_get_contents|slurp|Path|urlopen|fetch)|\.(?:get|read\w{0,14}))\s{0,4}\(?[^\n)]{0,80}["'`/][^"'`\n]{0,80}$/;
const POSTED =
  /(?:requests|httpx|axios|session|client|http|urllib\.request|Net::HTTP|got|superagent|\$http)\.(?:post|put|urlopen|post_form|Request)\s{0,4}\(\s{0,4}[^\n]{0,40}?["'`]https?:\/\/(?!localhost|127\.|169\.254\.|[^"'`/\s]{0,80}(?:amazonaws\.com|googleapis\.com|azure\.com|windows\.net|google\.internal))[^"'`\s]{4,200}|\bfetch\s{0,4}\(\s{0,4}["'`]https?:\/\/(?!localhost|127\.|169\.254\.)[^"'`\s]{4,200}["'`]\s{0,4},\s{0,4}\{[^}]{0,200}\bmethod\s{0,4}:\s{0,4}["'`](?:POST|PUT)|\.sendall?\s{0,4}\(/;

const NEAR = 1500;

export function* findTheftInCode(text: string): Generator<ScriptMatch> {
  if (!POSTED.test(text)) return;
  for (const { index, 0: source } of text.matchAll(EVERY_SOURCE)) {
    if (!OPENS.test(text.slice(Math.max(0, index - 170), index))) continue;
    if (POSTED.test(text.slice(Math.max(0, index - NEAR), index + NEAR))) yield toMatch(index, source);
  }
}

/** Sends a body, or puts what it carries into the address it asks. */
function isSent(command: string, carriers: ReadonlySet<string>): boolean {
  if (CARRIES.test(command)) return true;
  const asks = ASKS.exec(command);
  if (asks === null) return false;
  return (
    BODY.test(command.slice(asks.index)) ||
    findDestinations(command).some(({ path }) => isCarried(path, carriers) || /\$\(|`/.test(path))
  );
}

function isCarried(command: string, carriers: ReadonlySet<string>): boolean {
  for (const carrier of carriers) {
    const at = command.indexOf(carrier);
    if (at >= 0 && !/^\w/.test(command.slice(at + carrier.length, at + carrier.length + 1))) return true;
  }
  return false;
}

/** Variables assigned and files written by a statement: `TOKEN=$(…)`, `… > /tmp/x`, `… -o /tmp/x`. */
function carriersIn(statement: string): string[] {
  const variable =
    /(?:^|[\s;&(])(?:export\s{1,4}|local\s{1,4}|readonly\s{1,4})?([A-Za-z_]\w{0,40})=["']?(?:\$\(|`|\/)/.exec(
      statement,
    )?.[1];
  const file =
    /(?:>{1,2}\s{0,4}|\s-o\s{0,4}|\s-O\s{0,4}|\bcp\s[^\n]{1,200}\s|\bt(?:ar|ee)\s{1,4}(?:-?\w{0,6}f\s{1,4}|-a\s{1,4})?)["']?(\/?[\w.${}~-]{1,60}(?:\/[\w.${}~-]{1,60}){0,8})["']?/.exec(
      statement,
    )?.[1];
  const names = variable === undefined ? [] : [`$${variable}`, `\${${variable}`];
  return file === undefined || file.length < 4 || file.startsWith('/dev/') ? names : [...names, file];
}

/** Sent to this machine or to the metadata service that gave it. */
function isAtHome(command: string): boolean {
  return (
    firstDestination(command) !== undefined &&
    findDestinations(command).every(
      ({ host }) =>
        isLoopback(host) || /^169\.254\.|^metadata\.google\.internal$|^kubernetes\.default/.test(host),
    )
  );
}

/** A workload that proves itself with its own token to a service inside: `…/v1/auth/kubernetes/login`. */
function isLogin(command: string): boolean {
  return (
    /serviceaccount\/token|\bjwt\b/i.test(command) &&
    findDestinations(command).every(
      ({ host, path }) => isVariable(host) || isPrivate(host) || /\/(?:auth|login|token)\b/.test(path),
    )
  );
}
