import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/*
 * Installs from Debian what the system tests use as peers. Elsewhere, or without root, it only says what is missing:
 * the tests that need it are then skipped by name.
 */

const PEERS: Readonly<Record<string, string>> = {
  '/usr/sbin/debootstrap': 'debootstrap',
  '/usr/bin/skopeo': 'skopeo',
  '/usr/bin/umoci': 'umoci',
  '/usr/bin/buildah': 'buildah',
  '/usr/bin/podman': 'podman',
  '/usr/bin/docker-registry': 'docker-registry',
  '/usr/sbin/dockerd': 'docker.io',
  '/usr/bin/htpasswd': 'apache2-utils',
  '/usr/bin/openssl': 'openssl',
  '/usr/bin/zstd': 'zstd',
  '/usr/bin/lz4': 'lz4',
  '/usr/bin/pigz': 'pigz',
  '/usr/bin/cpio': 'cpio',
  '/usr/bin/xz': 'xz-utils',
  '/usr/bin/bsdtar': 'libarchive-tools',
  '/usr/bin/rpm': 'rpm',
  '/usr/bin/getfattr': 'attr',
  '/usr/sbin/setcap': 'libcap2-bin',
  '/usr/bin/db5.3_load': 'db5.3-util',
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/tmux': 'tmux',
  '/usr/bin/qemu-img': 'qemu-utils',
  '/usr/sbin/mke2fs': 'e2fsprogs',
  '/usr/sbin/mkfs.xfs': 'xfsprogs',
  '/usr/sbin/mkfs.btrfs': 'btrfs-progs',
  '/usr/sbin/mkfs.vfat': 'dosfstools',
  '/usr/bin/mcopy': 'mtools',
  '/usr/sbin/mkntfs': 'ntfs-3g',
  '/usr/sbin/mkfs.f2fs': 'f2fs-tools',
  '/usr/bin/mksquashfs': 'squashfs-tools',
  '/usr/bin/genisoimage': 'genisoimage',
  '/usr/sbin/sgdisk': 'gdisk',
  '/usr/bin/eatmydata': 'eatmydata',
  '/usr/sbin/sfdisk': 'fdisk',
  '/usr/sbin/vgcreate': 'lvm2',
  '/usr/sbin/mdadm': 'mdadm',
  '/usr/sbin/cryptsetup': 'cryptsetup-bin',
  '/usr/bin/fls': 'sleuthkit',
  '/usr/bin/wimcapture': 'wimtools',
  '/usr/bin/hivexsh': 'libhivex-bin',
  '/usr/bin/hivexregedit': 'libwin-hivex-perl',
  '/usr/share/doc/python3-venv': 'python3-venv',
};

const missing = Object.entries(PEERS).filter(([file]) => !existsSync(file));
const packages = missing.map(([, name]) => name);
const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

if (packages.length === 0) process.stdout.write('all peers are installed\n');
else if (!canInstall)
  process.stdout.write(`missing, and not installed without root on Debian: ${packages.join(' ')}\n`);
else {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit', env });
  const { status } = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    stdio: 'inherit',
    env,
  });
  process.exitCode = status ?? 1;
}
