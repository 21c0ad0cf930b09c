import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostIndex } from './host-index.ts';

const hosts = new HostIndex(['docker.io', 'ghcr.io', 'gcr.io', 'quay.io', 'registry.acme.example:5000']);

test('hosts: what is below a known domain, and what only looks so', () => {
  const below = [
    'eu.gcr.io',
    'us-central2-docker.pkg.dev',
    'registry.cn-shanghai.aliyuncs.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
  ];
  for (const host of below) assert.equal(hosts.isBelowKnown(host), true, host);
  const others = ['evilgcr.io', 'docker-io.pkg.dev', 'x.aliyuncs.com', 'docker.pkg.dev.evil.example'];
  for (const host of others) assert.equal(hosts.isBelowKnown(host), false, host);
});

test('hosts: a registry inside a host', () => {
  assert.equal(hosts.inside('docker.io.evil.example'), 'docker.io');
  assert.equal(hosts.inside('cdn-ghcr.io-x.example'), 'ghcr.io');
  assert.equal(hosts.inside('mydocker.io.example'), undefined);
  assert.equal(hosts.inside('docker.io'), undefined);
  assert.equal(hosts.inside('a.'.repeat(5000)), undefined);
  assert.deepEqual(hosts.dashed('docker-io.example'), { label: 'docker-io', of: 'docker.io' });
});

test('hosts: other ends, and ends without the dot', () => {
  assert.equal(hosts.withOtherEnd('quay.com'), 'quay.io');
  assert.equal(hosts.withOtherEnd('quay.evil.example'), undefined);
  assert.equal(hosts.endOf('evilquay.io'), 'quay.io');
  assert.equal(hosts.endOf('x.evilquay.io'), 'quay.io');
  assert.equal(hosts.endOf('quay.io'), undefined);
  assert.equal(hosts.endOf(''), undefined);
});
