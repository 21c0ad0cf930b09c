import { createHash } from 'node:crypto';
import { buildElf } from '../../src/inspect/testing/elf-builder.ts';
import { dpkgDatabase, PACKAGES, program } from './base-layer.ts';
import type { Exhibit } from './exhibit.ts';
import type { LayerFiles } from './image-file.ts';

/* Indicators 54 to 58: files against the image's own package database, and the database against the files. */

const other = {
  data: buildElf({ interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'], payload: 'other' }),
  mode: 0o755,
};
const LIBC = 'usr/lib/x86_64-linux-gnu/libc.so.6';
const PAM = 'usr/lib/x86_64-linux-gnu/security/pam_unix.so';

/** A layer of Alpine's package manager: its database says what `files` should be. */
function apkLayer(name: string, files: LayerFiles, content: LayerFiles): LayerFiles {
  const lines = Object.entries(files).flatMap(([path, file]) => [
    `F:${path.slice(0, path.lastIndexOf('/'))}`,
    `R:${path.slice(path.lastIndexOf('/') + 1)}`,
    `Z:Q1${createHash('sha1').update(bytesOf(file)).digest('base64')}`,
  ]);
  const record = [`P:${name}`, 'V:1.0-r0', 'A:x86_64', 'T:test', `o:${name}`, ...lines].join('\n');
  return { ...content, 'lib/apk/db/installed': `C:Q1abc=\n${record}\n\n` };
}

function bytesOf(file: LayerFiles[string]): string | Uint8Array {
  return typeof file === 'string' || file instanceof Uint8Array ? file : (file?.data ?? '');
}

export const INTEGRITY: readonly Exhibit[] = [
  {
    indicator: 54,
    name: 'a program that differs from what dpkg records',
    layers: [{ 'usr/bin/cat': other }],
    expect: { rule: 'integrity/altered', tier: 'block', path: 'usr/bin/cat', layer: 1 },
  },
  {
    indicator: 54,
    name: 'one that is put through the link of a merged /usr',
    layers: [{ 'bin/cat': other }],
    expect: { rule: 'integrity/altered', tier: 'block', path: 'bin/cat', layer: 1 },
  },
  {
    indicator: 54,
    name: 'a library that differs from what apk records',
    layers: [
      apkLayer(
        'tool',
        { 'opt/x': 'x', 'usr/lib/tool/libtool.so': program('tool') },
        { 'usr/lib/tool/libtool.so': other },
      ),
    ],
    expect: { rule: 'integrity/altered', tier: 'block', path: 'usr/lib/tool/libtool.so', layer: 1 },
  },
  {
    indicator: 55,
    name: 'a program of no package among the packaged ones',
    layers: [{ 'usr/bin/cached': program('cached') }],
    expect: { rule: 'integrity/unowned', tier: 'review', path: 'usr/bin/cached', layer: 1 },
  },
  {
    indicator: 55,
    name: 'a program of no package before a packaged one in PATH',
    layers: [{ 'usr/local/bin/ls': program('ls') }],
    expect: { rule: 'integrity/shadowing', tier: 'review', path: 'usr/local/bin/ls', layer: 1 },
  },
  ...['usr/bin/bash', 'usr/bin/ls', 'usr/sbin/sshd', 'usr/bin/sudo', LIBC, PAM].map((path) => ({
    indicator: 56,
    name: `${path} replaced without its package`,
    layers: [{ 'app/config.json': '{}' }, { [path]: other }],
    expect: { rule: 'integrity/replaced', tier: 'block', path, layer: 2 } as const,
  })),
  {
    indicator: 58,
    name: 'the package database deleted',
    layers: [{ 'var/lib/dpkg': null }],
    expect: { rule: 'integrity/database', tier: 'review', path: 'var/lib/dpkg/status', layer: 1 },
  },
  {
    indicator: 58,
    name: 'one package left out of the database',
    layers: [dpkgDatabase(PACKAGES.filter(({ name }) => name !== 'coreutils'))],
    expect: { rule: 'integrity/database', tier: 'review', path: 'var/lib/dpkg/status', layer: 1 },
  },
];
