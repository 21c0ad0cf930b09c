import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POOL_DOMAINS } from '../../../content/mining/pools.ts';
import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { miningPool } from './index.ts';

const POOL = 'network/mining-pool';
const WALLET = 'network/mining-wallet';
/** Valid by its checksum, of made-up keys: nobody can hold it. */
const ADDRESS =
  '41fKjWJQySv2LxFSMtsQ5k3gsHPkECmXt52nKM8ZY8z26NhMJWtsWSA7icPFuECstJ94XRDHZYFLSAQSTAftscna8JuzEJT';
const elf = (...strings: readonly string[]) => `\x7fELF\x02\x01\x01\0\0\0\0${strings.join('\0\x01\0')}\0`;

const cases: readonly DetectorCase[] = [
  {
    name: 'stratum in a program',
    files: { 'usr/bin/a': elf('stratum+tcp://pool.invalid:3333') },
    expected: [`block ${POOL} usr/bin/a`],
  },
  {
    name: 'the protocol in a program',
    files: { 'app/a': elf('stratum+ssl://', 'mining.subscribe') },
    expected: [`block ${POOL} app/a`],
  },
  {
    name: 'the scheme alone is a look',
    files: { 'app/a': elf('stratum+tcp://') },
    expected: [`review ${POOL} app/a`],
  },
  {
    name: 'a known pool in a program',
    files: { 'app/a': elf('x', 'pool.supportxmr.com', 'y') },
    expected: [`block ${POOL} app/a`],
  },
  {
    name: 'a list of pools in a program is a note',
    files: { 'app/a': elf(...POOL_DOMAINS) },
    expected: [`note ${POOL} app/a`],
  },
  {
    name: 'a script',
    files: { 'x.sh': '#!/bin/sh\n./a -o pool.supportxmr.com:443 --tls\n' },
    expected: [`block ${POOL} x.sh`],
  },
  {
    name: 'a configuration',
    files: { 'app/config.json': '{"pools": [{"url": "stratum+tcp://pool.invalid:3333"}]}' },
    expected: [`block ${POOL} app/config.json`],
  },
  {
    name: 'an address beside a pool',
    files: { 'app/config.json': `{"pools": [{"url": "a.invalid:3333", "user": "${ADDRESS}"}]}` },
    expected: [`block ${WALLET} app/config.json`],
  },
  {
    name: 'nothing: an address for donations',
    files: { 'package.json': `{"funding": {"type": "monero", "url": "monero:${ADDRESS}"}}` },
    expected: [],
  },
  {
    name: 'nothing: no address by its checksum',
    files: { 'c.json': `{"pools": [{"user": "${ADDRESS.slice(0, -1)}U"}]}` },
    expected: [],
  },
  {
    name: 'nothing: documentation',
    files: { 'README.md': 'use stratum+tcp://pool.invalid:3333', 'docs/a.txt': 'pool.supportxmr.com:3333' },
    expected: [],
  },
  {
    name: 'nothing: a comment',
    files: { 'node_modules/a/i.js': '// stratum+tcp://pool.invalid:3333 is what xmrig uses\n' },
    expected: [],
  },
  {
    name: 'nothing: a block list',
    files: { 'etc/hosts.block.conf': POOL_DOMAINS.map((name) => `0.0.0.0 ${name}`).join('\n') },
    expected: [],
  },
  {
    name: 'nothing: the page of a pool',
    files: { 'app/a.js': 'fetch("https://supportxmr.com/api/stats")' },
    expected: [],
  },
  { name: 'nothing: stratum of clocks', files: { 'etc/chrony.conf': 'local stratum 10\n' }, expected: [] },
];

testCases(miningPool, cases);

test('mining-pool: says where', () => {
  const files = {
    'a.sh': '#!/bin/sh\n\n./a -o pool.supportxmr.com:443\n',
    b: elf('stratum+tcp://pool.invalid:3333'),
  };
  const [script, program] = inspectFixture({ layers: [files], catalogers: [] }, [miningPool]).findings;
  assert.equal(script?.location.line, 3);
  assert.equal(program?.location.offset, 11);
  assert.equal(program?.evidence, 'stratum+tcp://pool.invalid:3333');
});
