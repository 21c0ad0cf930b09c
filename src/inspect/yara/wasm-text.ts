import { outlineOf } from './rule-outline.ts';

/*
 * The WebAssembly build (YARA-X 1.20) silently misses matches that the native one finds, in two ways that real rule
 * sets run into. Both are avoided by giving it the same rules in other words.
 *
 * It searches a pattern only in files that meet what the rule's condition asks of their size and first bytes, and lets
 * rules with equal patterns share one: the second rule then inherits what the first asks. A double negation hides the
 * condition from that.
 *
 * A regular expression of literals and classes such as `[Uu]` only, with `fullword`, is searched as masked bytes: it
 * misses words, or traps. An empty group behind it takes it out of that path.
 */
export function toWasmText(text: string): string {
  const edits = outlineOf(text).rules.flatMap(({ expressions, conditionAt: { from, to } }) => {
    const condition = text.slice(from, to);
    // A comment may end the condition: the parenthesis must not fall into it.
    const close = condition.includes('//') ? '\n)' : ')';
    const whole = { from, to, by: ` not not (${condition}${close}` };
    const words = expressions.filter(({ kind, fullword }) => kind === 'regexp' && fullword);
    const grouped = words.map((word) => ({
      from: word.at,
      to: word.at + word.text.length,
      by: `/(${word.text.slice(1, -1)})()/`,
    }));
    return from < to ? [...grouped, whole] : grouped;
  });
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits) {
    pieces.push(text.slice(at, edit.from), edit.by);
    at = edit.to;
  }
  return [...pieces, text.slice(at)].join('');
}
