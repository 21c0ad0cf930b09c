import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Distribution } from '../../../core/package.ts';
import { inspectFixture } from '../../testing/fixture.ts';
import { parseAssignments } from './release-file.ts';

const cases: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Distribution | undefined;
}[] = [
  {
    name: 'Debian 12',
    files: {
      'usr/lib/os-release':
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
      'etc/debian_version': '12.5\n',
    },
    expected: {
      id: 'debian',
      idLike: [],
      version: '12',
      codename: 'bookworm',
      name: 'Debian GNU/Linux 12 (bookworm)',
    },
  },
  {
    name: 'etc speaks before usr/lib',
    files: { 'usr/lib/os-release': 'ID=debian\n', 'etc/os-release': 'ID=wolfi\nVERSION_ID=20230201\n' },
    expected: { id: 'wolfi', idLike: [], version: '20230201' },
  },
  {
    name: 'a file that names nothing is passed over',
    files: { 'usr/lib/os-release': 'ID=alpine\n', 'etc/os-release': 'NAME=x\n' },
    expected: { id: 'alpine', idLike: [] },
  },
  {
    name: 'ID_LIKE is a list',
    files: { 'etc/os-release': 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n' },
    expected: { id: 'almalinux', idLike: ['rhel', 'centos', 'fedora'], version: '9.3' },
  },
  {
    name: 'an ID that os-release(5) forbids is none',
    files: { 'etc/os-release': 'ID="deb ian/../x"\n' },
    expected: undefined,
  },
  {
    name: 'control characters of a name are dropped',
    files: { 'etc/os-release': 'ID=debian\nPRETTY_NAME="De\x1b[31mbian"\n' },
    expected: { id: 'debian', idLike: [], name: 'De[31mbian' },
  },
  {
    name: 'alpine-release alone',
    files: { 'etc/alpine-release': '3.20.3\n' },
    expected: { id: 'alpine', idLike: [], version: '3.20.3', name: 'Alpine Linux 3.20.3' },
  },
  {
    name: 'debian_version alone',
    files: { 'etc/debian_version': '11.9\n' },
    expected: { id: 'debian', idLike: [], version: '11', name: 'Debian 11.9' },
  },
  {
    name: 'debian_version before a release',
    files: { 'etc/debian_version': 'trixie/sid\n' },
    expected: { id: 'debian', idLike: [], codename: 'trixie', name: 'Debian trixie/sid' },
  },
  {
    name: 'lsb-release of an old Ubuntu, before its debian_version',
    files: {
      'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\n',
      'etc/debian_version': 'wheezy/sid\n',
    },
    expected: { id: 'ubuntu', idLike: [], version: '12.04', codename: 'precise' },
  },
  {
    name: 'CentOS 6, by its own file',
    files: { 'etc/centos-release': 'CentOS release 6.10 (Final)\n' },
    expected: {
      id: 'centos',
      idLike: ['rhel', 'fedora'],
      version: '6.10',
      name: 'CentOS release 6.10 (Final)',
    },
  },
  {
    name: 'RHEL 5',
    files: { 'etc/redhat-release': 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n' },
    expected: {
      id: 'rhel',
      idLike: ['fedora'],
      version: '5.11',
      name: 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)',
    },
  },
  {
    name: 'Amazon Linux 1, by system-release',
    files: { 'etc/system-release': 'Amazon Linux AMI release 2018.03\n' },
    expected: {
      id: 'amzn',
      idLike: ['rhel', 'fedora'],
      version: '2018.03',
      name: 'Amazon Linux AMI release 2018.03',
    },
  },
  {
    name: 'SLES 11',
    files: { 'etc/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\n' },
    expected: {
      id: 'sles',
      idLike: ['suse'],
      version: '11',
      name: 'SUSE Linux Enterprise Server 11 (x86_64)',
    },
  },
  { name: 'busybox has none', files: { 'etc/passwd': 'root:x:0:0::/:/bin/sh\n' }, expected: undefined },
];

for (const { name, files, expected } of cases) {
  test(`distribution: ${name}`, () => {
    assert.deepEqual(inspectFixture({ layers: [files] }, []).distribution, expected);
  });
}

test('distribution: etc/os-release as the usual symlink', () => {
  const layer = {
    'usr/lib/os-release': 'ID=fedora\nVERSION_ID=40\n',
    'etc/os-release': { link: '../usr/lib/os-release' },
  };
  assert.deepEqual(inspectFixture({ layers: [layer] }, []).distribution, {
    id: 'fedora',
    idLike: [],
    version: '40',
  });
});

const quoting = [
  { name: 'plain', line: 'A=b', value: 'b' },
  { name: 'double quotes', line: 'A="b c"', value: 'b c' },
  { name: 'single quotes', line: 'A=\'b "c" \\$\'', value: 'b "c" \\$' },
  { name: 'escapes in double quotes', line: 'A="\\"\\$HOME\\`\\\\\\n"', value: '"$HOME`\\\\n' },
  { name: 'nothing is expanded', line: 'A="$HOME$(id)"', value: '$HOME$(id)' },
  { name: 'ends at a blank', line: 'A=b c', value: 'b' },
  { name: 'the last assignment counts', line: 'A=b\nA=c', value: 'c' },
  { name: 'an open quote runs to the end of the line', line: 'A="b', value: 'b' },
  { name: 'a comment is no assignment', line: '#A=b', value: undefined },
  { name: 'empty', line: 'A=', value: '' },
];

for (const { name, line, value } of quoting) {
  test(`release file: ${name}`, () => {
    assert.equal(parseAssignments(line).A, value);
  });
}

test('release file: any text is read without throwing', () => {
  const text = fc
    .array(fc.constantFrom('A', '=', '"', "'", '\\', '$', '\n', ' ', '\0', 'é'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (raw) => {
      for (const value of Object.values(parseAssignments(raw))) assert.ok(!value.includes('\n'));
    }),
  );
});
