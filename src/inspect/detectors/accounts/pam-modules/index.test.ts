import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { pamModules } from './index.ts';

const ELF = '\x7fELF inert';
const FOUND = 'block accounts/unowned-auth-module';
const UNIX = 'usr/lib/x86_64-linux-gnu/security/pam_unix.so';
const base = {
  ...packageOf('listed', { [UNIX]: ELF, 'usr/lib/x86_64-linux-gnu/libnss_sss.so.2.0': ELF }),
  [UNIX]: ELF,
};

const cases = [
  { name: 'owned modules are nothing', layers: [base], expected: [] },
  {
    name: 'an unowned PAM module in a later layer',
    layers: [base, { 'usr/lib/x86_64-linux-gnu/security/pam_x.so': ELF }],
    expected: [`${FOUND} usr/lib/x86_64-linux-gnu/security/pam_x.so`],
  },
  {
    name: 'an unowned NSS library, deleted again',
    layers: [base, { 'lib64/libnss_x.so.2': ELF }, { 'lib64/libnss_x.so.2': null }],
    expected: [`${FOUND} lib64/libnss_x.so.2`],
  },
  {
    name: "ldconfig's link to an owned library is nothing, a link to an unowned one is found",
    layers: [
      {
        ...base,
        'usr/lib/x86_64-linux-gnu/libnss_sss.so.2.0': ELF,
        'usr/lib/x86_64-linux-gnu/libnss_sss.so.2': { link: 'libnss_sss.so.2.0' },
        'opt/x.so': ELF,
        'usr/lib/x86_64-linux-gnu/security/pam_y.so': { link: '/opt/x.so' },
      },
    ],
    expected: [`${FOUND} usr/lib/x86_64-linux-gnu/security/pam_y.so`],
  },
  {
    name: 'a module that a package of the same layer owns through merged-usr is nothing',
    layers: [
      {
        ...packageOf('listed', { 'lib/security/pam_z.so': ELF }),
        lib: { link: 'usr/lib' },
        'usr/lib/security/pam_z.so': ELF,
      },
    ],
    expected: [],
  },
  {
    name: 'where no package lists files, nothing is said',
    layers: [{ 'lib/security/pam_x.so': ELF }],
    expected: [],
  },
  {
    name: 'other places, other names and texts are nothing',
    layers: [
      base,
      {
        'usr/local/lib/security/pam_x.so': ELF,
        'opt/x/lib/libnss_x.so.2': ELF,
        'usr/lib/libnss3.so': ELF,
        'usr/lib/security/pam_x.so': 'text',
      },
    ],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`pam-modules: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [pamModules]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}
