import { baseNameOf } from '../../../../core/layer-path.ts';
import { joinedLines } from '../joined-lines.ts';

/** One `auth` line of pam.conf(5). */
export interface AuthLine {
  readonly line: number;
  /** The file's name in pam.d, the first field in pam.conf. */
  readonly service: string;
  /** `required`, `sufficient`, …, or the bracketed form in lower case. */
  readonly control: string;
  /** Base name without `.so`: `pam_unix`; for `include`, `substack` and `@include` the file's name. */
  readonly module: string;
  readonly text: string;
}

const MAX_SHOWN = 300;
const CONTROL = /^(?:\[([^\]]*)\]|(\S+))\s+(\S+)/;

/** The `auth` lines of one PAM file; lines continued with a backslash are joined, comments left out. */
export function* parseAuthLines(text: string, path: string): Generator<AuthLine> {
  const inOneFile = path.endsWith('/pam.conf');
  for (const { line, text: raw } of joinedLines(text)) {
    const rule = raw.replace(/#.*$/s, '').trim();
    const shown = rule.slice(0, MAX_SHOWN);
    const included = /^@include\s+(\S+)/.exec(rule)?.[1];
    if (included !== undefined) {
      yield { line, service: baseNameOf(path), control: '@include', module: included, text: shown };
      continue;
    }
    const [, service = baseNameOf(path), stack] =
      (inOneFile ? /^(\S+)\s+-?auth\s+(.+)$/i : /^()-?auth\s+(.+)$/i).exec(rule) ?? [];
    const [, bracketed, word, module] = CONTROL.exec(stack ?? '') ?? [];
    const control = bracketed ?? word;
    if (control === undefined || module === undefined) continue;
    const name = baseNameOf(module).replace(/\.so$/, '');
    yield {
      line,
      service: service || baseNameOf(path),
      control: control.toLowerCase(),
      module: name,
      text: shown,
    };
  }
}

/** True when the module's success alone ends the stack with success. */
export function endsOnSuccess({ control }: AuthLine): boolean {
  return control === 'sufficient' || /\bsuccess\s{0,8}=\s{0,8}done\b/.test(control);
}
