/** A configuration line with the lines that continue it. */
export interface JoinedLine {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Joins lines that end in a backslash with the next one, so that a rule cannot hide behind a line break. */
export function* joinedLines(text: string): Generator<JoinedLine> {
  let joined = '';
  let first = 0;
  let open = false;
  for (const [index, raw] of text.split('\n').entries()) {
    if (!open) first = index + 1;
    open = raw.endsWith('\\');
    joined += open ? `${raw.slice(0, -1)} ` : raw;
    if (open) continue;
    yield { line: first, text: joined };
    joined = '';
  }
  if (open) yield { line: first, text: joined };
}
