import { toNameBook } from '../src/inspect/names/book.ts';
import { CATALOGUE } from '../src/inspect/names/catalogue/index.ts';
import { judgeName } from '../src/inspect/names/judge.ts';
import { HONEST_NAMES } from '../src/inspect/names/testing/honest-names.ts';
import { type Row, seconds } from './table.ts';

const COUNT = 100_000;

/** A hundred thousand names against the full catalogue, on this one core: honest ones, with a letter gone, with one too many. */
export function names(rows: Row[]): void {
  const asked = Array.from({ length: COUNT }, (_, at) =>
    spoil(HONEST_NAMES[at % HONEST_NAMES.length] ?? '', at),
  );
  const start = performance.now();
  const book = toNameBook(CATALOGUE);
  let suspicious = 0;
  for (const name of asked) if (judgeName(name, book).suspicions.length > 0) suspicious++;
  const took = (performance.now() - start) / 1000;
  rows.push({
    what: '100,000 names against the full catalogue',
    value: seconds(took),
    bound: '< 5 s',
    holds: took < 5,
  });
  if (suspicious === 0) throw new Error('no spoiled name was noticed');
}

function spoil(name: string, at: number): string {
  const place = at % name.length;
  if (at % 3 === 0) return name;
  return at % 3 === 1 ? name.slice(0, place) + name.slice(place + 1) : `${name}${at}`;
}
