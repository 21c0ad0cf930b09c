import { type DecoyCase, ELF, each, FETCH, many, script, testDecoys } from './testing/decoys.ts';
import { buildElf } from './testing/elf-builder.ts';

const cases: readonly DecoyCase[] = [
  {
    name: 'installers that are well known',
    rule: 'config/download-to-shell',
    tier: 'block',
    files: {
      'entrypoint.sh': script(`${many(() => 'curl https://get.docker.com | sh\n')}${FETCH}\n`),
    },
    config: { entrypoint: ['/bin/sh', '-c', `${'true; '.repeat(1_000)}/entrypoint.sh`] },
  },
  {
    name: 'a protocol without an address',
    rule: 'network/mining-pool',
    tier: 'block',
    files: {
      'app/x': `${ELF}${each(3_000, () => 'stratum+tcp \0')}stratum+tcp://x.invalid:3333\0mining.subscribe`,
    },
  },
  {
    name: 'more places of a word than are kept',
    rule: 'network/mining-pool',
    tier: 'block',
    files: { 'app/x': `${ELF}${many(() => 'stratum+tcp \0')}stratum+tcp://x.invalid:3333\0` },
    mayCut: true,
  },
  {
    name: 'bots without a token',
    rule: 'network/chat-exfiltration',
    tier: 'review',
    files: {
      'app/x': `${ELF}${each(3_000, () => 'api.telegram.org/bot%s/\0')}api.telegram.org/bot123456789:AAErandomLettersOfATokenThatIsNone12\0`,
    },
  },
  {
    name: 'onion addresses that nobody made',
    rule: 'network/hidden-service',
    tier: 'review',
    files: {
      'app/x.sh': script(
        `${many(() => `curl ${'a'.repeat(56)}.onion\n`)}curl 25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion\n`,
      ),
    },
  },
  {
    name: 'symbols of no interest',
    rule: 'binaries/process-hider',
    tier: 'block',
    files: {
      'usr/lib/x.so': buildElf({
        type: 3,
        symbols: {
          ...Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`a${i}`, true])),
          readdir: true,
          dlsym: false,
        },
        payload: '/proc/self/fd/ /proc/%s/',
      }),
    },
  },
  {
    name: 'a search path of many folders',
    rule: 'binaries/runpath',
    tier: 'review',
    files: { 'app/x': buildElf({ type: 3, runpath: `${'/usr/lib/a:'.repeat(1_000)}/tmp` }) },
  },
  {
    name: 'repositories of the distribution',
    rule: 'supply-chain/package-repository',
    tier: 'review',
    files: {
      'etc/apt/sources.list': `${many(() => 'deb http://deb.debian.org/debian bookworm main\n')}deb${' '.repeat(90)}http://x.invalid/ a b\n`,
    },
  },
  {
    name: 'a host that only begins like a known one',
    rule: 'supply-chain/package-repository',
    tier: 'review',
    files: {
      'etc/apt/sources.list': `deb http://${'a'.repeat(485)}@deb.debian.org.x.invalid/debian bookworm main\n`,
    },
  },
  {
    name: 'official indexes',
    rule: 'supply-chain/language-index',
    tier: 'review',
    files: {
      'etc/pip.conf': `[global]\n${many(() => 'index-url = https://pypi.org/simple\n')}index-url = https://x.invalid/simple\n`,
    },
  },
  {
    name: 'names of no importance',
    rule: 'supply-chain/hosts-override',
    tier: 'block',
    files: { 'etc/hosts': `192.0.2.1 ${many((i) => `a${i}.example `)}registry-1.docker.io\n` },
  },
  {
    name: 'wrappers before a program',
    rule: 'config/odd-entrypoint',
    tier: 'review',
    config: { entrypoint: ['env', ...Array.from({ length: 100 }, (_, i) => `A${i}=1`), '/tmp/x'] },
  },
  {
    name: 'libraries that are well known',
    rule: 'config/preload-env',
    tier: 'block',
    config: { env: [`LD_PRELOAD=${each(500, (i) => `/opt/${i}/libjemalloc.so:`)}/opt/x.so`] },
  },
  {
    name: 'hooks that are well known',
    rule: 'config/startup-hook-environment',
    tier: 'review',
    config: { env: [`NODE_OPTIONS=${'--require dotenv/config '.repeat(50)}--require /opt/x.js`] },
  },
];

testDecoys(cases);
