import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { authorizedKeys } from './index.ts';

const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} ops@host.invalid`;
const FOUND = 'review accounts/authorized-keys';

const cases = [
  {
    name: 'a key of root and of a user',
    layers: [{ 'root/.ssh/authorized_keys': `${KEY}\n`, 'home/app/.ssh/authorized_keys2': KEY }],
    expected: [`${FOUND} home/app/.ssh/authorized_keys2`, `${FOUND} root/.ssh/authorized_keys`],
  },
  {
    name: 'a key behind options',
    layers: [{ 'root/.ssh/authorized_keys': `no-pty,command="/bin/true x" ${KEY}` }],
    expected: [`${FOUND} root/.ssh/authorized_keys`],
  },
  {
    name: 'the places sshd_config and dropbear use',
    layers: [{ 'etc/ssh/authorized_keys/root': KEY, 'etc/dropbear/authorized_keys': KEY }],
    expected: [`${FOUND} etc/dropbear/authorized_keys`, `${FOUND} etc/ssh/authorized_keys/root`],
  },
  {
    name: 'a deleted key still ships',
    layers: [{ 'root/.ssh/authorized_keys': KEY }, { 'root/.ssh/authorized_keys': null }],
    expected: [`${FOUND} root/.ssh/authorized_keys`],
  },
  {
    name: 'comments, an empty file, host keys and known hosts are nothing',
    layers: [
      {
        'root/.ssh/authorized_keys': `# ${KEY}\n\nnot a key\n`,
        'root/.ssh/known_hosts': `github.invalid ${KEY}`,
        'etc/ssh/ssh_host_ed25519_key.pub': KEY,
        'home/app/.ssh/authorized_keys': '',
      },
    ],
    expected: [],
  },
  {
    name: 'what a package ships unchanged is nothing',
    layers: [
      {
        ...packageOf('listed', { 'var/lib/x/.ssh/authorized_keys': KEY }),
        'var/lib/x/.ssh/authorized_keys': KEY,
      },
    ],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`authorized-keys: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [authorizedKeys]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('authorized-keys: says line, type, fingerprint and comment', () => {
  const layers = [{ 'root/.ssh/authorized_keys': `# ops\n${KEY}\n` }];
  const [finding] = inspectFixture({ layers }, [authorizedKeys]).findings;
  assert.equal(finding?.location.line, 2);
  assert.match(finding?.evidence ?? '', /^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43} ops@host\.invalid$/);
});
