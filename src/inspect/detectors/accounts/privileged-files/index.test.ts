import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { privilegedFiles } from './index.ts';

const ELF = '\x7fELF inert';
const SETID = 'accounts/setuid-file';
const CAPABILITY = 'accounts/capability-file';
const setuid = { data: ELF, mode: 0o4755 };
const SETUID_CAPS = '\x01\0\0\x02\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0';
const RAW_CAPS = '\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0';

const cases = [
  {
    name: 'owned, as dpkg (no mode) and apk (mode) list them, is nothing',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/su': ELF, 'bin/bbsuid': { mode: 0o4111 }, 'usr/bin/crontab': ELF }),
        'usr/bin/su': setuid,
        'bin/bbsuid': { data: ELF, mode: 0o4111 },
        'usr/bin/crontab': { data: ELF, mode: 0o2755, gid: 101 },
      },
    ],
    expected: [],
  },
  {
    name: 'an unowned setuid program',
    layers: [packageOf('listed', { 'usr/bin/su': ELF }), { 'usr/local/bin/helper': setuid }],
    expected: [`block ${SETID} usr/local/bin/helper`],
  },
  {
    name: 'an owned shell made setuid later',
    layers: [
      { ...packageOf('listed', { 'usr/bin/bash': ELF }), 'usr/bin/bash': ELF },
      { 'usr/bin/bash': setuid },
    ],
    expected: [`block ${SETID} usr/bin/bash`],
  },
  {
    name: 'interpreters by name, with versions, setgid too',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/python3.11': ELF, 'usr/bin/find': ELF }),
        'usr/bin/python3.11': { data: ELF, mode: 0o2755, gid: 5 },
        'usr/bin/find': setuid,
      },
    ],
    expected: [`block ${SETID} usr/bin/find`, `block ${SETID} usr/bin/python3.11`],
  },
  {
    name: 'an owned program whose package records no setuid bit is for review',
    layers: [{ ...packageOf('listed', { 'usr/bin/dumpcap': { mode: 0o755 } }), 'usr/bin/dumpcap': setuid }],
    expected: [`review ${SETID} usr/bin/dumpcap`],
  },
  {
    name: "an ordinary user's rights are for review",
    layers: [
      packageOf('listed', { 'usr/bin/su': ELF }),
      { 'app/a': { data: ELF, mode: 0o4755, uid: 1000 }, 'app/b': { data: ELF, mode: 0o2755, gid: 1000 } },
    ],
    expected: [`review ${SETID} app/a`, `review ${SETID} app/b`],
  },
  {
    name: 'bits without effect are nothing',
    layers: [
      packageOf('listed', { 'usr/bin/su': ELF }),
      {
        'app/a': { data: ELF, mode: 0o4644 },
        'app/b': { data: ELF, mode: 0o2705 },
        'app/': { mode: 0o2775 },
      },
    ],
    expected: [],
  },
  {
    name: 'without a package list, what every distribution ships passes and the rest does not',
    layers: [{ 'usr/bin/su': setuid, 'bin/busybox': setuid, 'bin/sh': setuid, 'usr/bin/x': setuid }],
    expected: [`block ${SETID} bin/sh`, `block ${SETID} usr/bin/x`],
  },
  {
    name: 'capabilities that amount to root on an unowned file and on an owned interpreter',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/perl': ELF, 'usr/bin/newuidmap': ELF }),
        'usr/bin/perl': { data: ELF, xattrs: { 'security.capability': SETUID_CAPS } },
        'usr/bin/newuidmap': { data: ELF, xattrs: { 'security.capability': SETUID_CAPS } },
        'opt/x': { data: ELF, xattrs: { 'security.capability': SETUID_CAPS } },
      },
    ],
    expected: [`block ${CAPABILITY} opt/x`, `block ${CAPABILITY} usr/bin/perl`],
  },
  {
    name: 'cap_net_raw and attributes that are no capability are nothing',
    layers: [
      {
        'opt/ping': { data: ELF, xattrs: { 'security.capability': RAW_CAPS } },
        'opt/x': { data: ELF, xattrs: { 'security.capability': '\x80', 'user.x': SETUID_CAPS } },
      },
    ],
    expected: [],
  },
  {
    name: 'a hard link gives its mode to the file it leads to: a shell under either name',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/bash': ELF }),
        'usr/bin/bash': { data: ELF, mode: 0o755 },
        'opt/x': { kind: 'hardlink' as const, link: 'usr/bin/bash', mode: 0o4755 },
        'opt/y': { data: ELF, mode: 0o755 },
        'opt/dash': { kind: 'hardlink' as const, link: 'opt/y', mode: 0o4755 },
        'opt/z': { kind: 'hardlink' as const, link: 'opt/y', mode: 0o2755, gid: 1000 },
      },
    ],
    expected: [`block ${SETID} opt/dash`, `block ${SETID} opt/x`, `review ${SETID} opt/z`],
  },
  {
    name: 'a hard link to what its package ships setuid is nothing',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/su': { mode: 0o4755 } }),
        'usr/bin/su': setuid,
        'usr/bin/sudoedit': { kind: 'hardlink' as const, link: 'usr/bin/su', mode: 0o4755 },
      },
    ],
    expected: [],
  },
  {
    name: 'without a package list, busybox may be setuid under all its names',
    layers: [
      { 'bin/busybox': setuid, 'bin/sh': { kind: 'hardlink' as const, link: 'bin/busybox', mode: 0o4755 } },
    ],
    expected: [],
  },
  {
    name: 'a hard link gives its capabilities too',
    layers: [
      {
        ...packageOf('listed', { 'usr/bin/python3': ELF }),
        'usr/bin/python3': { data: ELF, mode: 0o755 },
        'opt/p': {
          kind: 'hardlink' as const,
          link: 'usr/bin/python3',
          mode: 0o755,
          xattrs: { 'security.capability': SETUID_CAPS },
        },
      },
    ],
    expected: [`block ${CAPABILITY} opt/p`],
  },
  {
    name: 'a setuid file that a later layer deletes still ships',
    layers: [packageOf('listed', { 'usr/bin/su': ELF }), { 'tmp/.x': setuid }, { 'tmp/.x': null }],
    expected: [`block ${SETID} tmp/.x`],
  },
];

for (const { name, layers, expected } of cases) {
  test(`privileged-files: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [
      privilegedFiles,
    ]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}
