import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Holds a rendering against `testdata/<name>`; `UPDATE_GOLDENS=1` writes it anew instead. */
export function assertGolden(name: string, actual: string): void {
  const file = new URL(`../testdata/${name}`, import.meta.url);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, actual);
  // What UTF-8 cannot hold is not in the file.
  else
    assert.equal(
      actual.toWellFormed(),
      readFileSync(file, 'utf8'),
      `${name} changed; UPDATE_GOLDENS=1 writes it anew`,
    );
}

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** Nothing that steers a terminal or reorders text came through; line feeds are the format's own. */
export function assertInert(text: string): void {
  const at = text.search(CONTROL);
  assert.equal(
    at,
    -1,
    `a control character at ${at}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))}`,
  );
}
