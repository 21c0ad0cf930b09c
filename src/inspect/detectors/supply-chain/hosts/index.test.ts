import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { hosts } from './index.ts';

const FOUND = 'block supply-chain/hosts-override etc/hosts';

const cases = [
  { name: 'a registry sent to a stranger', text: '192.0.2.1 registry-1.docker.io\n', expected: [FOUND] },
  { name: 'an update server blocked', text: '0.0.0.0\tSECURITY.debian.org.\n', expected: [FOUND] },
  {
    name: 'a scanner blocked among other names',
    text: '127.0.0.1 localhost www.virustotal.com x\n',
    expected: [FOUND],
  },
  { name: 'IPv6', text: '::1 pypi.org\n', expected: [FOUND] },
  {
    name: 'what images and runtimes write is nothing',
    text: '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n172.17.0.2 0123456789ab\n10.0.0.5 db.internal\n',
    expected: [],
  },
  {
    name: 'comments, look-alikes and the metadata address are nothing',
    text: '# 127.0.0.1 pypi.org\n10.0.0.1 notgithub.com # github.com\n169.254.169.254 metadata.google.internal metadata\n',
    expected: [],
  },
];

for (const { name, text, expected } of cases) {
  test(`hosts: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ 'etc/hosts': text }] }, [hosts]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('hosts: says line, names and address', () => {
  const [finding] = inspectFixture({ layers: [{ 'etc/hosts': '\n0.0.0.0 a ghcr.io github.com\n' }] }, [
    hosts,
  ]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(finding?.evidence, 'ghcr.io, github.com is sent to 0.0.0.0');
});
