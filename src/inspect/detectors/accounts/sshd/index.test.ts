import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { sshd } from './index.ts';

const CONFIG = 'etc/ssh/sshd_config';
const LOGIN = `review accounts/sshd-login ${CONFIG}`;
const KEYS = `review accounts/sshd-keys ${CONFIG}`;
const DEBIAN = `Include /etc/ssh/sshd_config.d/*.conf
#PermitRootLogin prohibit-password
#PasswordAuthentication yes
#AuthorizedKeysFile	.ssh/authorized_keys .ssh/authorized_keys2
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
AcceptEnv LANG LC_*
Subsystem	sftp	/usr/lib/openssh/sftp-server
`;

const cases = [
  { name: "Debian's own file is nothing", files: { [CONFIG]: DEBIAN }, expected: [] },
  {
    name: 'root and passwords, in any letter case and with =',
    files: { [CONFIG]: `${DEBIAN}permitrootlogin=YES\n PasswordAuthentication  "yes" # why\n` },
    expected: [LOGIN, LOGIN],
  },
  {
    name: 'the first value wins',
    files: { [CONFIG]: 'PermitRootLogin no\nPermitRootLogin yes\n' },
    expected: [],
  },
  {
    name: 'a Match block counts for itself',
    files: { [CONFIG]: 'PermitRootLogin no\nMatch Address 0.0.0.0/0\n  PermitRootLogin yes\n' },
    expected: [LOGIN],
  },
  {
    name: 'a drop-in file',
    files: { 'etc/ssh/sshd_config.d/50-x.conf': 'PasswordAuthentication yes\n' },
    expected: ['review accounts/sshd-login etc/ssh/sshd_config.d/50-x.conf'],
  },
  {
    name: 'weaker values are nothing',
    files: { [CONFIG]: 'PermitRootLogin prohibit-password\nPasswordAuthentication no\n' },
    expected: [],
  },
  {
    name: 'keys from an odd file or an unowned program',
    files: {
      [CONFIG]: 'AuthorizedKeysFile .ssh/authorized_keys /var/tmp/.k\nAuthorizedKeysCommand /opt/k %u\n',
    },
    expected: [KEYS, KEYS],
  },
  {
    name: 'usual key files, and a program that a package owns, are nothing',
    files: {
      ...packageOf('listed', { 'usr/bin/sss_ssh_authorizedkeys': 'x' }),
      [CONFIG]:
        'AuthorizedKeysFile .ssh/authorized_keys %h/.ssh/authorized_keys /etc/ssh/authorized_keys/%u\nAuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\n',
    },
    expected: [],
  },
  {
    name: "a package's own file is nothing",
    files: {
      ...packageOf('listed', { [CONFIG]: 'PasswordAuthentication yes\n' }),
      [CONFIG]: 'PasswordAuthentication yes\n',
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`sshd: ${name}`, () => {
    const given = { layers: [files], catalogers: [listedPackages] };
    const { findings, problems } = inspectFixture(given, [sshd]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('sshd: says line, keyword and Match block', () => {
  const layers = [{ [CONFIG]: '# x\nMatch User a\nPermitRootLogin yes\n' }];
  const [finding] = inspectFixture({ layers }, [sshd]).findings;
  assert.equal(finding?.location.line, 3);
  assert.equal(finding?.evidence, 'permitrootlogin yes (Match User a)');
});
