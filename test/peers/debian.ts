import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled, run } from './run.ts';

/*
 * Real Debian root file systems, made by debootstrap once and kept outside the repository: making one takes a minute
 * or more. Only root can make them.
 */

/** Where peers and what they made are kept between runs. */
export const PEER_FOLDER = process.env.PRATIQUE_PEERS ?? join(tmpdir(), 'pratique-system');

/** Programs of which the detectors have to stay quiet. */
const RICH = [
  'nginx,openssh-server,cron,sudo,python3,perl,gcc,git,nmap,tcpdump,netcat-openbsd,netcat-traditional',
  'postgresql,redis,docker.io,python3-setuptools,curl',
].join(',');

/** As Debian's cloud images have it: a kernel, a signed boot loader, cloud-init, SSH. */
const CLOUD = [
  'linux-image-cloud-amd64,initramfs-tools,zstd,grub-efi-amd64,grub-efi-amd64-signed,shim-signed',
  'systemd-sysv,cloud-init,python3-cffi-backend,openssh-server,sudo,netplan.io,chrony,unattended-upgrades,cloud-guest-utils',
].join(',');

const VARIANTS = {
  'bookworm-minbase': [],
  'bookworm-rich': [`--include=${RICH}`],
  'bookworm-cloud': [`--include=${CLOUD}`],
} as const;

export type DebianVariant = keyof typeof VARIANTS;

/** Why a Debian root file system cannot be made here; undefined when it can. */
export function missingForDebian(variant: DebianVariant): string | undefined {
  if (existsSync(join(PEER_FOLDER, variant))) return undefined;
  if (process.getuid?.() !== 0) return 'debootstrap needs root';
  return isInstalled('debootstrap') ? undefined : 'debootstrap is not installed';
}

/** The folder of a Debian root file system. */
export async function debianRoot(variant: DebianVariant): Promise<string> {
  const folder = join(PEER_FOLDER, variant);
  if (existsSync(folder)) return folder;
  await mkdir(PEER_FOLDER, { recursive: true });
  const draft = `${folder}.part-${process.pid}`;
  try {
    run('debootstrap', ['--variant=minbase', ...VARIANTS[variant], 'bookworm', draft]);
    if (variant === 'bookworm-cloud') await generalise(draft);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** What every maker of a machine image takes out again, and the table of mounts. */
async function generalise(root: string): Promise<void> {
  run('sh', ['-c', 'rm -rf "$1"/etc/ssh/ssh_host_* "$1"/var/cache/apt/archives/*.deb', 'sh', root]);
  await writeFile(join(root, 'etc/machine-id'), '');
  await mkdir(join(root, 'boot/efi'), { recursive: true });
  await writeFile(
    join(root, 'etc/fstab'),
    'LABEL=root / ext4 rw 0 1\nLABEL=UEFI /boot/efi vfat defaults 0 0\n',
  );
}

/** A root file system as one layer tar, as a builder writes it. */
export function writeLayer(root: string, file: string): void {
  const flags = ['--sort=name', '--numeric-owner', '--xattrs', '--xattrs-include=*'];
  run('tar', [
    '-C',
    root,
    ...flags,
    '--exclude=./proc/*',
    '--exclude=./sys/*',
    '--exclude=./dev/*',
    '-cf',
    file,
    '.',
  ]);
}
