import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseGetfattr, readCapabilities } from './capabilities.ts';

const signal = new AbortController().signal;

test('capabilities: what getfattr says is read, escapes and all', () => {
  const output = [
    '# file: /srv/root/usr/bin/ping',
    'security.capability=0x0100000200200000000000000000000000000000',
    '',
    '# file: /srv/root/opt/a\\134b',
    'security.capability=0x01000002',
    '',
    '# file: /srv/root/opt/other',
    'user.note=0x61',
    '',
  ].join('\n');
  const found = parseGetfattr(Buffer.from(output, 'latin1'), Buffer.from('/srv/root'));
  assert.deepEqual([...found.keys()], ['usr/bin/ping', 'opt/a\\b']);
  assert.equal(found.get('usr/bin/ping' as never)?.length, 20);
});

test('capabilities: no output breaks the reader', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      parseGetfattr(
        Buffer.from(`# file: ${text}\nsecurity.capability=0x${text}\n`, 'latin1'),
        Buffer.from('/r'),
      );
    }),
  );
});

const missing =
  process.getuid?.() !== 0 ||
  spawnSync('getfattr', ['--version']).status !== 0 ||
  spawnSync('setcap', ['-h']).error
    ? 'needs root, getfattr (attr) and setcap (libcap2-bin)'
    : false;

test('capabilities: a program that has one is found', { skip: missing }, async (context) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pratique-caps-')));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'tool'), 'x', { mode: 0o755 });
  writeFileSync(join(folder, 'plain'), 'x', { mode: 0o755 });
  if (spawnSync('setcap', ['cap_setuid=ep', join(folder, 'tool')]).status !== 0) {
    return context.skip('this file system keeps no capabilities');
  }
  const { found, problems } = await readCapabilities(Buffer.from(folder), signal);
  assert.deepEqual([...found.keys()], ['tool']);
  assert.deepEqual(problems, []);
});
