import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { inspect, type Report } from '../../src/index.ts';
import { debianRoot, missingForDebian } from '../peers/debian.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * A real Debian as clouds have it: its kernel, its signed boot loader, cloud-init, SSH, on GPT with an EFI partition and ext4. Nothing of it is even
 * worth a look; and one changed byte in its kernel, boot loader or SSH server is.
 */

const MIB = 2 ** 20;
const SECTOR = 512;
const EFI = { first: 8192, size: 124 * MIB };
const ROOT = { first: 262_144, size: 1400 * MIB };
const TOOLS = ['sgdisk', 'mke2fs', 'mkfs.vfat', 'mcopy', 'mmd', 'debugfs', 'dd'];
/** Milliseconds, debootstrap included. */
const MOST = 15 * 60_000;

const missing = TOOLS.filter((tool) => !isInstalled(tool));
const skip =
  process.arch === 'x64'
    ? missing.length > 0
      ? `not installed: ${missing.join(', ')}`
      : (missingForDebian('bookworm-cloud') ?? false)
    : 'the boot loader is for x64';

const folder = mkdtempSync(join(tmpdir(), 'pratique-quiet-machine-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What grub-install copies, and whence. */
const COPIES = {
  'EFI/BOOT/BOOTX64.EFI': 'usr/lib/shim/shimx64.efi.signed',
  'EFI/debian/shimx64.efi': 'usr/lib/shim/shimx64.efi.signed',
  'EFI/debian/mmx64.efi': 'usr/lib/shim/mmx64.efi.signed',
  'EFI/debian/grubx64.efi': 'usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed',
};

async function makeDisk(): Promise<string> {
  const root = await debianRoot('bookworm-cloud');
  const disk = join(folder, 'debian.raw');
  run('truncate', ['-s', String(ROOT.first * SECTOR + ROOT.size + MIB), disk]);
  const efi = `8192:${EFI.first + EFI.size / SECTOR - 1}`;
  run('sgdisk', ['-n', `15:${efi}`, '-t', '15:EF00', '-n', `1:${ROOT.first}:0`, '-t', '1:8304', disk]);
  const volume = join(folder, 'efi.fat');
  run('truncate', ['-s', String(EFI.size), volume]);
  run('mkfs.vfat', ['-F', '32', '-n', 'UEFI', volume]);
  for (const name of ['::EFI', '::EFI/BOOT', '::EFI/debian']) run('mmd', ['-i', volume, name]);
  for (const [to, from] of Object.entries(COPIES)) run('mcopy', ['-i', volume, join(root, from), `::${to}`]);
  place(volume, disk, EFI.first);
  const offset = `offset=${ROOT.first * SECTOR}`;
  const blocks = String(ROOT.size / 4096);
  run('mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-L', 'root', '-E', offset, '-d', root, disk, blocks]);
  return disk;
}

function place(volume: string, disk: string, sector: number): void {
  const at = [`bs=${SECTOR}`, `seek=${sector}`];
  run('dd', [`if=${volume}`, `of=${disk}`, ...at, 'conv=notrunc,sparse', 'status=none']);
}

function look({ findings, problems }: Report): string[] {
  return [
    ...findings.map(({ rule, tier, location }) => `${tier} ${rule} ${location.path}`),
    ...problems.map(({ code, message }) => `${code} ${message}`),
  ].sort();
}

test('a Debian cloud machine is allowed; changed before the system, it is refused', {
  skip,
  timeout: MOST,
}, async () => {
  const disk = await makeDisk();
  const honest = await inspect(disk, { cache: false });
  assert.deepEqual(look(honest), []);
  assert.equal(honest.decision.outcome, 'allow');
  assert.ok(honest.packages.length > 150);

  const root = await debianRoot('bookworm-cloud');
  const kernel = readdirSync(join(root, 'boot')).find((name) => name.startsWith('vmlinuz-')) ?? '';
  for (const [index, path] of [`boot/${kernel}`, 'usr/sbin/sshd'].entries()) {
    const changed = join(folder, `changed-${index}`);
    copyFileSync(join(root, path), changed);
    appendFileSync(changed, '\n');
    const commands = `rm /${path}\nwrite ${changed} ${path}\nsif /${path} mode 0100755\n`;
    run('debugfs', ['-w', '-f', '-', `${disk}?offset=${ROOT.first * SECTOR}`], { input: commands });
  }
  const volume = join(folder, 'efi.fat');
  const grub = join(folder, 'grubx64.efi');
  copyFileSync(join(root, COPIES['EFI/debian/grubx64.efi']), grub);
  appendFileSync(grub, '\n');
  run('mcopy', ['-o', '-i', volume, grub, `::EFI/debian/${basename(grub)}`]);
  place(volume, disk, EFI.first);
  const report = await inspect(disk, { cache: false });
  assert.equal(report.decision.outcome, 'deny');
  assert.deepEqual(look(report), [
    'block integrity/altered usr/sbin/sshd',
    `block machine/boot-file boot/${kernel}`,
    'review machine/boot-file boot/efi/EFI/debian/grubx64.efi',
  ]);
});
