import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPrintable } from './printable.ts';

const rows: readonly [name: string, raw: string, limit: number, expected: string][] = [
  ['plain text stays', 'usr/bin/ls', 80, 'usr/bin/ls'],
  ['letters of any script stay', 'größe 大', 80, 'größe 大'],
  ['ANSI sequences cannot start', '\x1b[2Jgone', 80, '\\x1b[2Jgone'],
  ['a C1 control sequence cannot either', '\x9b2J', 80, '\\x9b2J'],
  ['a line break cannot forge a line', 'a\nALLOWED', 80, 'a\\nALLOWED'],
  ['right-to-left override', 'a\u202egpj.exe', 80, 'a\\u202egpj.exe'],
  ['zero-width space', 'root\u200b', 80, 'root\\u200b'],
  ['long text is cut and says so', 'abcdef', 4, 'abc…'],
];

for (const [name, raw, limit, expected] of rows) {
  test(`printable: ${name}`, () => assert.equal(toPrintable(raw, limit), expected));
}
