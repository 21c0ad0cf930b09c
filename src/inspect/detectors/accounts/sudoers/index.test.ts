import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { sudoers } from './index.ts';

const FOUND = 'review accounts/passwordless-sudo';
const STOCK =
  'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n# %wheel ALL=(ALL) NOPASSWD: ALL\n@includedir /etc/sudoers.d\n';

const cases = [
  { name: 'a stock file is nothing', layers: [{ 'etc/sudoers': STOCK }], expected: [] },
  {
    name: 'a rule in the main file and in the folder',
    layers: [
      {
        'etc/sudoers': `${STOCK}app ALL=(ALL) NOPASSWD:ALL\n`,
        'etc/sudoers.d/ops': '%ops ALL = NOPASSWD : /bin/ls',
      },
    ],
    expected: [`${FOUND} etc/sudoers`, `${FOUND} etc/sudoers.d/ops`],
  },
  {
    name: 'a rule continued over lines',
    layers: [{ 'etc/sudoers': 'app \\\n ALL=(ALL) \\\n NOPASSWD: ALL' }],
    expected: [`${FOUND} etc/sudoers`],
  },
  {
    name: 'a user given by id is no comment',
    layers: [{ 'etc/sudoers': '#1000 ALL=(ALL) NOPASSWD: ALL\n# 1000 ALL=(ALL) NOPASSWD: ALL\n' }],
    expected: [`${FOUND} etc/sudoers`],
  },
  {
    name: 'authentication switched off',
    layers: [
      {
        'etc/sudoers':
          'Defaults:app !authenticate\nDefaults env_reset, !authenticate\nDefaults authenticate\n',
      },
    ],
    expected: [`${FOUND} etc/sudoers`, `${FOUND} etc/sudoers`],
  },
  {
    name: 'root without a password, and a comment after a rule, are nothing',
    layers: [{ 'etc/sudoers': 'root ALL=(ALL) NOPASSWD: ALL\napp ALL=(ALL) ALL # not NOPASSWD: ALL\n' }],
    expected: [],
  },
  {
    name: 'what sudo skips is nothing',
    layers: [{ 'etc/sudoers.d/x.bak': 'app ALL=NOPASSWD: ALL', 'etc/sudoers.d/x~': 'app ALL=NOPASSWD: ALL' }],
    expected: [],
  },
  {
    name: 'a rule that a package ships is nothing, changed it is something',
    layers: [
      {
        ...packageOf('listed', {
          'etc/sudoers.d/pkg': 'pkg ALL=NOPASSWD: /usr/bin/pkg\n',
          'etc/sudoers': STOCK,
        }),
        'etc/sudoers.d/pkg': 'pkg ALL=NOPASSWD: /usr/bin/pkg\n',
        'etc/sudoers': `${STOCK}app ALL=NOPASSWD: ALL\n`,
      },
    ],
    expected: [`${FOUND} etc/sudoers`],
  },
  {
    name: 'doas without a password',
    layers: [
      {
        'etc/doas.conf': 'permit nopass keepenv :wheel\n',
        'etc/doas.d/ops.conf': 'permit persist :wheel\npermit nopass app as root cmd apk\n',
      },
    ],
    expected: [`${FOUND} etc/doas.conf`, `${FOUND} etc/doas.d/ops.conf`],
  },
  {
    name: 'doas for root itself, with a password, or in a comment is nothing',
    layers: [{ 'etc/doas.conf': 'permit nopass keepenv root\n#permit nopass app\npermit persist :wheel\n' }],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`sudoers: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [sudoers]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('sudoers: names the line on which a continued rule begins', () => {
  const layers = [{ 'etc/sudoers': '# x\napp \\\nALL=NOPASSWD: ALL\n' }];
  assert.equal(inspectFixture({ layers }, [sudoers]).findings[0]?.location.line, 2);
});
