import { blankComments } from '../../../content/shell/comments.ts';
import { programRun } from '../../../content/shell/execution.ts';
import { lineCounter } from '../../../content/shell/match.ts';
import { statementsOf } from '../../../content/shell/statements.ts';

/** Something an init system starts. */
export interface StartLine {
  readonly line: number;
  /** Absolute path of the program. */
  readonly program: string;
}

/** systemd.service(5): the settings that hold a command line, with the prefixes `@-:+!|` before the program. */
const EXEC =
  /^[ \t]*Exec(?:Start|StartPre|StartPost|Stop|StopPost|Reload|Condition)[ \t]*=[ \t]*[@:+!|-]{0,8}(?:"([^"\n]{1,1000})"|(\S{1,1000}))([^\n]*)/gm;
/** Programs that start another: the first absolute path behind them is what matters too. */
const STARTER =
  /\/(?:env|(?:ba|da|z|k|a)?sh|nohup|setsid|nice|ionice|chroot|sudo|su|runuser|start-stop-daemon|python[\d.]{0,5}|perl|node|ruby|php[\d.]{0,5}|java)$/;
const ABSOLUTE = /(?:^|[\s"'=])(\/[^\s"';&|<>$]{1,500})/;

/** The programs that a systemd unit starts. */
export function* unitPrograms(text: string): Generator<StartLine> {
  const lineAt = lineCounter(text);
  for (const match of text.matchAll(EXEC)) {
    const program = match[1] ?? match[2] ?? '';
    const line = lineAt(match.index + match[0].search(/\S/));
    if (program.startsWith('/')) yield { line, program };
    const started =
      STARTER.test(program) || !program.startsWith('/') ? ABSOLUTE.exec(match[3] ?? '')?.[1] : undefined;
    if (started !== undefined) yield { line, program: started };
  }
}

/** `id:runlevels:action:process` of inittab(5); a leading `+` or `@` belongs to init. */
const INITTAB = /^[^#:\n]{0,64}:[^:\n]{0,64}:[^:\n]{1,64}:[+@-]{0,2}(\/[^\s;]{1,500})/gm;

export function* inittabPrograms(text: string): Generator<StartLine> {
  const lineAt = lineCounter(text);
  for (const match of text.matchAll(INITTAB)) {
    const program = match[1];
    if (program !== undefined) yield { line: lineAt(match.index), program };
  }
}

/** What init scripts call their daemon, and the options of start-stop-daemon(8) that name it. */
const NAMED =
  /(?:^\s{0,16}(?:export\s{1,4})?(?:DAEMON|command|COMMAND|PROG|prog|EXEC|exec|program|BIN|daemon)=["']?|\s--?(?:exec|startas)[\s=]{1,4}["']?|\s-[xa]\s{1,4}["']?)(\/[^\s"';&|]{1,500})/gm;

/** The programs that an init script (System V, OpenRC, runit, s6) names or starts. */
export function* scriptPrograms(whole: string): Generator<StartLine> {
  const text = blankComments(whole, 'shell');
  const lineAt = lineCounter(text);
  for (const match of text.matchAll(NAMED)) {
    const program = match[1];
    if (program !== undefined) yield { line: lineAt(match.index + match[0].search(/\S/)), program };
  }
  for (const statement of statementsOf(text)) {
    const program = programRun(statement);
    if (program?.startsWith('/') !== true) continue;
    yield { line: lineAt(statement.offset + statement.text.search(/\S/)), program };
  }
}
