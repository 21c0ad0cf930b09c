import { createHash } from 'node:crypto';
import { buildElf } from '../../src/inspect/testing/elf-builder.ts';
import type { LayerFile, LayerFiles } from './image-file.ts';

/*
 * A tiny distribution: the commands, libraries and accounts that detectors hold an image against, each recorded by
 * dpkg with its digest. Inert: the programs are headers without code.
 */

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

/** An honest dynamic program or library of the distribution. */
export function program(name: string): { data: Uint8Array; mode: number } {
  const interpreter = '/lib64/ld-linux-x86-64.so.2';
  return { data: buildElf({ interpreter, needed: ['libc.so.6'], payload: `${name} 1.0` }), mode: 0o755 };
}

function library(soname: string): { data: Uint8Array; mode: number } {
  return { data: buildElf({ type: 3, soname, needed: ['libc.so.6'], payload: soname }), mode: 0o644 };
}

function programs(...paths: readonly string[]): Record<string, LayerFile> {
  return Object.fromEntries(paths.map((path) => [path, program(path)]));
}

interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly files: LayerFiles;
}

const SUDOERS =
  'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n';

export const PACKAGES: readonly DebianPackage[] = [
  {
    name: 'base-files',
    version: '12.4+deb12u5',
    files: {
      'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    },
  },
  {
    name: 'bash',
    version: '5.2.15-2+b2',
    files: programs('usr/bin/bash'),
  },
  {
    name: 'coreutils',
    version: '9.1-1',
    files: programs(
      'usr/bin/ls',
      'usr/bin/cat',
      'usr/bin/cp',
      'usr/bin/env',
      'usr/bin/base64',
      'usr/bin/true',
    ),
  },
  { name: 'dash', version: '0.5.12-2', files: programs('usr/bin/dash') },
  { name: 'procps', version: '2:4.0.2-3', files: programs('usr/bin/ps', 'usr/bin/pkill') },
  { name: 'curl', version: '7.88.1-10', files: programs('usr/bin/curl') },
  { name: 'python3-minimal', version: '3.11.2-1', files: programs('usr/bin/python3.11') },
  { name: 'openssh-server', version: '1:9.2p1-2', files: programs('usr/sbin/sshd') },
  {
    name: 'passwd',
    version: '1:4.13+dfsg1-1',
    files: { 'usr/bin/passwd': { ...program('usr/bin/passwd'), mode: 0o4755 } },
  },
  {
    name: 'sudo',
    version: '1.9.13p3-1',
    files: { 'usr/bin/sudo': { ...program('usr/bin/sudo'), mode: 0o4755 } },
  },
  { name: 'libc6', version: '2.36-9', files: { [`${LIBRARIES}/libc.so.6`]: library('libc.so.6') } },
  {
    name: 'libpam-modules',
    version: '1.5.2-6',
    files: { [`${LIBRARIES}/security/pam_unix.so`]: library('pam_unix.so') },
  },
  {
    name: 'liblzma5',
    version: '5.4.1-0.2',
    files: { [`${LIBRARIES}/liblzma.so.5.4.1`]: library('liblzma.so.5') },
  },
];

export const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'sync:x:4:65534:sync:/bin:/bin/sync',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  '',
].join('\n');

export const SHADOW = 'root:*:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\nnobody:*:19700::::::\n';

export const BASE: LayerFiles = {
  ...Object.fromEntries(
    ['dev/', 'etc/', 'home/', 'opt/', 'proc/', 'root/', 'run/', 'srv/', 'sys/', 'tmp/', 'usr/'].map(
      (name) => [name, name === 'tmp/' ? { mode: 0o1777 } : {}],
    ),
  ),
  bin: { type: 'symlink', linkname: 'usr/bin' },
  sbin: { type: 'symlink', linkname: 'usr/sbin' },
  lib: { type: 'symlink', linkname: 'usr/lib' },
  'usr/bin/sh': { type: 'symlink', linkname: 'dash' },
  'usr/bin/python3': { type: 'symlink', linkname: 'python3.11' },
  'etc/os-release': { type: 'symlink', linkname: '../usr/lib/os-release' },
  'etc/passwd': PASSWD,
  'etc/shadow': { data: SHADOW, mode: 0o640 },
  'etc/group': 'root:x:0:\ndaemon:x:1:\nsudo:x:27:\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
  'etc/sudoers': { data: SUDOERS, mode: 0o440 },
  'etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
  ...Object.assign({}, ...PACKAGES.map(({ files }) => files)),
  ...dpkgDatabase(PACKAGES),
};

/** dpkg's records of packages: status, lists and digests. */
export function dpkgDatabase(packages: readonly DebianPackage[]): LayerFiles {
  const status = packages.map(
    ({ name, version }) =>
      `Package: ${name}\nStatus: install ok installed\nMaintainer: Debian <debian@debian.example>\nArchitecture: amd64\nVersion: ${version}\nDescription: ${name}\n`,
  );
  const records = packages.flatMap(({ name, files }) => [
    [
      `var/lib/dpkg/info/${name}.list`,
      `/.\n${Object.keys(files)
        .map((path) => `/${path}\n`)
        .join('')}`,
    ],
    [
      `var/lib/dpkg/info/${name}.md5sums`,
      Object.entries(files)
        .map(([path, file]) => `${md5Of(file)}  ${path}\n`)
        .join(''),
    ],
  ]);
  return { 'var/lib/dpkg/status': `${status.join('\n')}`, ...Object.fromEntries(records) };
}

function md5Of(file: LayerFile): string {
  const data = typeof file === 'string' || file instanceof Uint8Array ? file : (file?.data ?? '');
  return createHash('md5').update(data).digest('hex');
}
