import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { parseAuthLines } from './auth-lines.ts';
import { pam } from './index.ts';

const PERMIT = 'block accounts/pam-permit';
const EXEC = 'block accounts/pam-exec';

const COMMON_AUTH = `# /etc/pam.d/common-auth
auth	[success=1 default=ignore]	pam_unix.so nullok
auth	requisite			pam_deny.so
auth	required			pam_permit.so
auth	optional			pam_cap.so
`;
const SU =
  'auth       sufficient pam_rootok.so\nsession required pam_env.so readenv=1\n@include common-auth\n';
const BASE_AUTH =
  'auth required pam_env.so\nauth required pam_nologin.so\nauth required pam_unix.so nullok\n';

const cases = [
  {
    name: "Debian's and Alpine's own stacks are nothing",
    files: {
      'etc/pam.d/common-auth': COMMON_AUTH,
      'etc/pam.d/su': SU,
      'etc/pam.d/base-auth': BASE_AUTH,
      'etc/pam.d/common-session': 'session [default=1] pam_permit.so\nsession required pam_permit.so\n',
      'etc/pam.d/common-account': 'account sufficient pam_permit.so\n',
    },
    expected: [],
  },
  {
    name: 'pam_permit sufficient',
    files: { 'etc/pam.d/sshd': 'auth sufficient pam_permit.so\n@include common-auth\n' },
    expected: [`${PERMIT} etc/pam.d/sshd`],
  },
  {
    name: 'by full path, in brackets, over two lines, for a rare service',
    files: { 'etc/pam.d/cron': '-auth [default=ignore success=done] \\\n /lib/security/pam_permit.so\n' },
    expected: [`${PERMIT} etc/pam.d/cron`],
  },
  {
    name: 'pam.conf names the service first',
    files: { 'etc/pam.conf': 'sshd auth sufficient pam_permit.so\nsshd session sufficient pam_permit.so\n' },
    expected: [`${PERMIT} etc/pam.conf`],
  },
  {
    name: 'a login service in which nothing else decides',
    files: { 'etc/pam.d/su': 'auth required pam_env.so\nauth required pam_permit.so\n' },
    expected: [`${PERMIT} etc/pam.d/su`],
  },
  {
    name: 'the same for an automatic login is nothing',
    files: { 'etc/pam.d/lightdm-autologin': 'auth required pam_env.so\nauth required pam_permit.so\n' },
    expected: [],
  },
  {
    name: 'pam_exec in auth',
    files: {
      'etc/pam.d/common-auth': `auth optional pam_exec.so expose_authtok quiet /opt/x\n${COMMON_AUTH}`,
    },
    expected: [`${EXEC} etc/pam.d/common-auth`],
  },
  {
    name: 'pam_exec in a session, or in a comment, is nothing',
    files: { 'etc/pam.d/sshd': 'session optional pam_exec.so /opt/x\n# auth optional pam_exec.so /opt/x\n' },
    expected: [],
  },
  {
    name: 'what a package ships unchanged is for a person to judge',
    files: {
      ...packageOf('listed', { 'etc/pam.d/kiosk': 'auth sufficient pam_permit.so\n' }),
      'etc/pam.d/kiosk': 'auth sufficient pam_permit.so\n',
    },
    expected: ['review accounts/pam-permit etc/pam.d/kiosk'],
  },
];

for (const { name, files, expected } of cases) {
  test(`pam: ${name}`, () => {
    const given = { layers: [files], catalogers: [listedPackages] };
    const { findings, problems } = inspectFixture(given, [pam]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('pam: says line and text', () => {
  const layers = [{ 'etc/pam.d/sshd': '# x\nauth  sufficient  pam_permit.so # hi\n' }];
  const [finding] = inspectFixture({ layers }, [pam]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(finding?.evidence, 'auth  sufficient  pam_permit.so');
});

test('auth lines: any text parses', () => {
  const word = fc.constantFrom(
    'auth',
    '-auth',
    'sufficient',
    '[',
    ']',
    '\\\n',
    '\n',
    ' ',
    'pam_permit.so',
    '@include',
    '#',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      for (const { line } of parseAuthLines(words.join(''), 'etc/pam.d/x')) assert.ok(line >= 1);
    }),
    { numRuns: 300 },
  );
});
