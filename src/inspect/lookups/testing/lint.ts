import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNameBook } from '../../names/book.ts';
import { CATALOGUE } from '../../names/catalogue/index.ts';
import { lookupReaderFor } from '../read-lookups.ts';
import { judgeLookup } from '../rules.ts';

/* Look-ups as people and tools write them: what is found, and what is not accused. */

const { clouds } = toNameBook(CATALOGUE);

/** `rule:line` of each finding. */
export function lint(file: string, text: string): string[] {
  const read = lookupReaderFor(file);
  assert.ok(read);
  return [...read(text)].flatMap((lookup) =>
    judgeLookup(lookup, file, clouds).map(({ rule, line }) => `${rule.slice('ami-lint/'.length)}:${line}`),
  );
}

export type Case = readonly [name: string, text: string, expected: readonly string[]];

/** The newest image of a name, in the first line. */
export const NEWEST = ['most-recent-without-owner:1'];

/** A test for each case: what is found in a file of that name. */
export function testCases(kind: string, file: string, cases: readonly Case[]): void {
  for (const [name, text, expected] of cases)
    test(`${kind}: ${name}`, () => assert.deepEqual(lint(file, text), expected));
}
