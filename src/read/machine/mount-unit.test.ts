import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMountUnit } from './mount-unit.ts';

const DATA = [{ source: { kind: 'device', what: 'LABEL=x' }, where: 'etc' }];
const UNKNOWN = [{ source: { kind: 'device', what: 'ID=%' }, where: 'etc' }];

const units: readonly (readonly [name: string, texts: readonly string[], mounts: readonly unknown[]])[] = [
  ['plain', ['[Mount]\nWhat=LABEL=x\nWhere=/etc/\n'], DATA],
  ['memory', ['[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\n'], []],
  [
    'other sections',
    ['[Unit]\nWhat=a\n[Mount]\nWhat=LABEL=x\nWhere=/etc\n[Install]\nWhat=tmpfs\nWhere=/y'],
    DATA,
  ],
  ['a line that goes on, over a comment', ['[Mount]\nWhat=\\\n; no\n LABEL=x\nWhere=/etc'], DATA],
  ['the last one counts', ['[Mount]\nWhat=tmpfs\nWhat=LABEL=x\nWhere=/etc'], DATA],
  ['dropped in', ['[Mount]\nWhat=tmpfs\nWhere=/etc', '[Mount]\nWhat=LABEL=x'], DATA],
  ['a specifier', ['[Mount]\nWhat=LABEL=%j\nWhere=/etc'], UNKNOWN],
];

for (const [name, texts, mounts] of units) {
  test(name, () => assert.deepEqual(parseMountUnit(texts), mounts));
}
