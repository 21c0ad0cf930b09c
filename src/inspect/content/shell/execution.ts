import { commandsOf, type Statement } from './statements.ts';
import { INTERPRETER, PREFIX, SHELL } from './words.ts';

const END = '(?=\\s{0,8}(?:$|[)\'"`\\\\}>#&]|\\d?>))';
/** Reads its program from standard input: no `-c`, no script named. */
const READS_INPUT = new RegExp(
  `^${PREFIX}(?:(?:${SHELL})(?:\\s{1,4}-[a-z]{0,6}s[a-z]{0,6}(?![\\w-])|(?:\\s{1,4}-[abd-z]{0,8})?${END})|(?:${INTERPRETER})(?:\\s{1,4}-)?${END}|(?:source|\\.)\\s{1,4}/dev/stdin)`,
  'i',
);
/** What follows is run: `eval $(…)`, `sh -c "$(…)"`, `bash <(…)`, `. <(…)`, `bash <<< $(…)`. */
const RUNS_SUBSTITUTION = new RegExp(
  `(?:(?:\\beval|${SHELL}\\s{1,4}(?:-\\w{1,8}\\s{1,4}){0,3}-[a-z]{0,4}c)\\s{1,4}(?:--\\s{1,4})?["'\\\\]{0,4}(?:\\$\\(|\`)|(?:${SHELL}|${INTERPRETER}|\\bsource|(?<=^|\\s)\\.)\\s{1,4}(?:-\\S{1,20}\\s{1,4}){0,3}<\\(|${SHELL}\\s{0,4}<<<\\s{0,4}["']?(?:\\$\\(|\`))`,
  'i',
);

/** True when, in the pipeline of a statement, something behind the first command that `isSource` holds for runs what comes in. */
export function isPipedIntoProgram(statement: Statement, isSource: (command: string) => boolean): boolean {
  let flowing = false;
  for (const command of commandsOf(statement)) {
    if (flowing && READS_INPUT.test(command)) return true;
    flowing ||= isSource(command);
  }
  return false;
}

/** From where in a statement text is substituted and then run; undefined when nothing is. */
export function substitutionIn(statement: Statement): number | undefined {
  return RUNS_SUBSTITUTION.exec(statement.text)?.index;
}

/** The file a statement runs, with or without an interpreter in front: `sh /tmp/x`, `./x`, `. /tmp/x`, `nohup /tmp/x &`. */
export function programRun(statement: Pick<Statement, 'text'>): string | undefined {
  return RUN.exec(statement.text)?.[1]?.replace(/^\.\//, '');
}

const RUN = new RegExp(
  `^${PREFIX}(?:(?:${SHELL}|${INTERPRETER}|source|\\.)\\s{1,4}(?:-(?!c\\b)\\S{1,20}\\s{1,4}){0,3})?["']?((?:[~$./]|\\w)[\\w./\${}~+-]{0,200})`,
);
