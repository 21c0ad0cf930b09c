import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { minerConfig } from './index.ts';

const ID = 'config/miner-config';
/** Valid by its checksum, of made-up keys: nobody can hold it. */
const ADDRESS =
  '41fKjWJQySv2LxFSMtsQ5k3gsHPkECmXt52nKM8ZY8z26NhMJWtsWSA7icPFuECstJ94XRDHZYFLSAQSTAftscna8JuzEJT';

const cases: readonly DetectorCase[] = [
  {
    name: 'a pool',
    config: { cmd: ['./a', '-o', 'stratum+tcp://pool.invalid:3333'] },
    expected: [`block ${ID} Cmd`],
  },
  {
    name: 'a known pool',
    config: { entrypoint: ['/x', '-o', 'pool.supportxmr.com:3333'] },
    expected: [`block ${ID} Entrypoint`],
  },
  { name: 'a donation level', config: { cmd: ['./a', '--donate-level=1'] }, expected: [`block ${ID} Cmd`] },
  {
    name: 'a pool in the environment',
    config: { env: ['P=stratum+ssl://pool.invalid:443'] },
    expected: [`block ${ID} Env.P`],
  },
  { name: 'a wallet', config: { env: [`A=${ADDRESS}`] }, expected: [`block ${ID} Env.A`] },
  {
    name: 'a private pool with a wallet',
    config: { env: ['POOL_URL=pool.invalid:3333', 'WALLET=bc1qxyzxyzxyzxyzxyzxyzxyz'] },
    expected: [`block ${ID} Env.POOL_URL`],
  },
  { name: 'a miner by name is a look', config: { cmd: ['/usr/bin/xmrig'] }, expected: [`review ${ID} Cmd`] },
  {
    name: 'a build step',
    config: historyOf('RUN echo stratum+tcp://pool.invalid:3333 > /p'),
    expected: [`block ${ID} history[0]`],
  },
  {
    name: 'nothing: a database pool',
    config: { env: ['DB_POOL=10', 'POOL_URL=db.example:5432'] },
    expected: [],
  },
  {
    name: 'nothing: a string shaped like an address',
    config: { env: [`A=${ADDRESS.slice(0, -1)}U`] },
    expected: [],
  },
  {
    name: 'nothing: a word',
    config: { labels: { a: 'detects xmrig' }, cmd: ['scan', '--rules', 'xmrig.yar'] },
    expected: [],
  },
];

testCases(minerConfig, cases);
