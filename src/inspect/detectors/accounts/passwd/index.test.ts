import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { parseAccountLines } from './account-lines.ts';
import { passwd } from './index.ts';

const DEBIAN = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'sync:x:4:65534:sync:/bin:/bin/sync',
  'postgres:x:101:103::/var/lib/postgresql:/bin/bash',
  'app:x:1000:1000::/home/app:/bin/sh',
  '',
].join('\n');
const HASH = '$y$j9T$inertinertinertinert$inertinertinertinertinertinertinertinert';

const cases = [
  {
    name: 'locked in every usual way is nothing',
    layers: [
      {
        'etc/passwd': DEBIAN,
        'etc/shadow': `root:*:1::::::\ndaemon:!:1::::::\nsync:!!:1::\npostgres:!*:1::\napp:!${HASH}:1::\nx:*LK*:1:\n`,
      },
    ],
    expected: [],
  },
  {
    name: "AlmaLinux 9's locked root is nothing",
    layers: [{ 'etc/passwd': DEBIAN, 'etc/shadow': 'root:!almalinux::0:99999:7:::\n' }],
    expected: [],
  },
  {
    name: 'a second uid 0 is refused, however zero is written',
    layers: [{ 'etc/passwd': `${DEBIAN}toor:x:0:0::/root:/bin/sh\nops:x:00:100::/:/bin/sh\n` }],
    expected: ['block accounts/second-root etc/passwd', 'block accounts/second-root etc/passwd'],
  },
  {
    name: 'an NIS line that grants uid 0 is refused, one that grants nothing is not',
    layers: [{ 'etc/passwd': `${DEBIAN}+::0:0:::\n+::::::\n` }],
    expected: ['block accounts/second-root etc/passwd'],
  },
  {
    name: 'uid 10 and uid 100 are not uid 0',
    layers: [{ 'etc/passwd': `${DEBIAN}a:x:10:0::/:/bin/sh\nb:x:100:0::/:/bin/sh\n` }],
    expected: [],
  },
  {
    name: 'an empty root password is refused (CVE-2019-5021)',
    layers: [{ 'etc/passwd': DEBIAN, 'etc/shadow': 'root:::0:::::\nbin:!::0:::::\n' }],
    expected: ['block accounts/empty-password etc/shadow'],
  },
  {
    name: 'an empty field in passwd itself is refused',
    layers: [{ 'etc/passwd': 'root::0:0:root:/root:/bin/sh\n' }],
    expected: ['block accounts/empty-password etc/passwd'],
  },
  {
    name: 'an empty password without a login shell is for review',
    layers: [{ 'etc/passwd': DEBIAN, 'etc/shadow': 'daemon::1::::::\n' }],
    expected: ['review accounts/empty-password etc/shadow'],
  },
  {
    name: 'a hash on root or a system account is refused, on a user noted',
    layers: [
      {
        'etc/passwd': DEBIAN,
        'etc/shadow': `root:${HASH}:1::\npostgres:abcdefghijklm:1::\napp:${HASH}:1::\n`,
      },
    ],
    expected: [
      'block accounts/password-hash etc/shadow',
      'block accounts/password-hash etc/shadow',
      'note accounts/password-hash etc/shadow',
    ],
  },
  {
    name: 'a hash on an account that passwd does not know is refused',
    layers: [{ 'etc/shadow': `ghost:${HASH}:1::\n` }],
    expected: ['block accounts/password-hash etc/shadow'],
  },
  {
    name: 'shadow and passwd may come from different layers, and be deleted',
    layers: [{ 'etc/passwd': DEBIAN }, { 'etc/shadow': `app:${HASH}:1::\n` }, { 'etc/shadow': null }],
    expected: ['note accounts/password-hash etc/shadow'],
  },
  {
    name: 'the same names elsewhere are nothing',
    layers: [{ 'usr/share/doc/etc/passwd': 'toor::0:0:::\n', 'etc/passwd-': 'toor::0:0:::\n' }],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`passwd: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers }, [passwd]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('passwd: names line and account, never the hash', () => {
  const layers = [{ 'etc/shadow': `# x\n\nroot:${HASH}:1::\n` }];
  const [finding] = inspectFixture({ layers }, [passwd]).findings;
  assert.equal(finding?.location.line, 3);
  assert.equal(finding?.evidence, 'root has a password hash');
});

test('account lines: any text parses, line numbers rise', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 500 }),
      fc.constantFrom('passwd' as const, 'shadow' as const),
      (text, kind) => {
        const lines = [...parseAccountLines(text, kind)].map(({ line }) => line);
        assert.deepEqual(
          lines,
          lines.toSorted((a, b) => a - b),
        );
        assert.ok(lines.every((line) => line >= 1 && line <= text.split('\n').length));
      },
    ),
    { numRuns: 300 },
  );
});
