import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankComments } from './comments.ts';
import { findDecodeToShell } from './decode-to-shell.ts';
import { findFetchToShell } from './fetch-to-shell.ts';
import { findNetworkCode } from './network-code.ts';
import { findReverseShell } from './reverse-shell.ts';

/*
 * An image may hold megabytes of whatever makes a pattern try longest. Half a megabyte of each beginning must be
 * through in a time that only something worse than linear exceeds.
 */

const BEGINNINGS = [
  'curl ',
  'curl |',
  '|',
  'curl a;',
  'curl http://a ',
  'wget -O x http://a/ ',
  'bash -c ',
  'eval "$(',
  'sh <(',
  'nc -e ',
  'socat ',
  'exec 5<>/dev/tcp/a/1 ',
  '/dev/tcp/a/',
  '5<>/dev/tcp/a/1 read x',
  'dup2(connect(',
  'base64 -d ',
  'eval(',
  'openssl enc ',
  '| sh ',
  '> /tmp/a ',
  'x = s.recv(1)',
  '"/inet/tcp/0/a |& getline c ',
  'printf \\x41\\x41',
  ' ',
  '\\\n',
  '# ',
  '/*\n',
  'a.',
  'http://a@',
  'QUJD',
];
const SIZE = 512 * 1024;
const MOST_MILLISECONDS = 4000;

for (const beginning of BEGINNINGS) {
  test(`linear: ${JSON.stringify(beginning)}`, () => {
    const text = `${beginning.repeat(SIZE / beginning.length)}\ncurl /dev/tcp/ base64 dup2( connect( "sh" `;
    const start = performance.now();
    const finders = [findFetchToShell, findDecodeToShell, findNetworkCode, findReverseShell];
    for (const find of finders) for (const _ of find(text));
    for (const language of ['shell', 'node'] as const) blankComments(text, language);
    assert.ok(performance.now() - start < MOST_MILLISECONDS);
  });
}
