import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseHive } from '../../src/inspect/registry/hive.ts';
import { at, buildHive } from '../../src/inspect/registry/testing/hive-builder.ts';
import { has } from './filesystem-tree.ts';

/* What hivex writes is read here, and what is built here is read by hivex: the builder of the tests lies no more than the reader. */

const missing = ['hivexsh', 'hivexregedit'].find((program) => !has(program));

let room = '';
before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-hive-'));
});
after(() => rmSync(room, { recursive: true, force: true }));

const RUN = 'Microsoft\\Windows\\CurrentVersion\\Run';

describe('registry hives', { skip: missing === undefined ? false : `needs ${missing}` }, () => {
  test('hivexsh reads the hives that the tests build', () => {
    for (const list of ['lf', 'lh', 'li', 'ri'] as const) {
      const hive = join(room, `${list}.hive`);
      const names = Array.from({ length: 40 }, (_, index) => `key ${index}`);
      const keys = Object.fromEntries(names.map((name) => [name, {}]));
      const values = { Start: 'C:\\x.exe', Large: { type: 3, data: Buffer.alloc(40_000, 7) } };
      writeFileSync(hive, buildHive(at(RUN, { values, keys }), { list }));
      const cd = `cd \\${RUN}\n`;
      assert.deepEqual(shell(hive, `${cd}ls\n`).split('\n').sort(), [...names].sort(), list);
      assert.equal(shell(hive, `${cd}lsval Start\n`), 'C:\\x.exe', list);
    }
  });

  test('what hivexregedit merges is read back', () => {
    const hive = join(room, 'merged.hive');
    writeFileSync(hive, buildHive({ keys: { Software: {} } }));
    const many = Array.from({ length: 3_000 }, (_, index) => `Many\\key-${index}`);
    const text = [
      'Windows Registry Editor Version 5.00\n',
      ...['Microsoft', 'Microsoft\\Windows', 'Microsoft\\Windows\\CurrentVersion', 'Many'].map(
        (path) => `[\\${path}]\n`,
      ),
      `[\\${RUN}]`,
      '"Start"="C:\\\\Program Files\\\\x.exe"',
      '"Number"=dword:0000002a',
      `"Expand"=hex(2):${hex('%TEMP%\\x.exe\0')}`,
      `"Several"=hex(7):${hex('one\0two\0\0')}`,
      '@="default"\n',
      ...many.map((path) => `[\\${path}]\n"v"="${path.length}"\n`),
    ].join('\n');
    execFileSync('hivexregedit', ['--merge', hive], { input: text });
    const read = parseHive(readFileSync(hive));
    const run = read.key(RUN);
    assert.deepEqual(
      [...(run?.values() ?? [])].map((value) => [value.name, value.type, value.text()]).sort(),
      [
        ['', 1, 'default'],
        ['Expand', 2, '%TEMP%\\x.exe'],
        ['Number', 4, '42'],
        ['Several', 7, 'one\ntwo'],
        ['Start', 1, 'C:\\Program Files\\x.exe'],
      ],
    );
    const names = [...(read.key('Many')?.subkeys() ?? [])].map(({ name }) => `Many\\${name}`);
    assert.deepEqual(names.sort(), many.sort());
    assert.equal(read.key('many\\KEY-2999')?.value('V')?.text(), String('Many\\key-2999'.length));
    assert.deepEqual(read.flaws, []);
    assert.equal(read.dirty, false);
  });
});

function shell(hive: string, commands: string): string {
  return execFileSync('hivexsh', [hive], { input: commands, encoding: 'utf8' }).trim();
}

function hex(text: string): string {
  return [...Buffer.from(text, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
}
