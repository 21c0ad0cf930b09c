import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenedVolume } from './opened-volume.ts';
import { planTrees } from './plan.ts';
import { laid, root, SYSTEM } from './testing/laid.ts';
import { type Files, memoryVolume } from './testing/memory-volume.ts';

/* What an image may have looked at is bounded, and what is not looked at is said. */

function data(): OpenedVolume {
  return memoryVolume('data', { x: '' }, { label: 'data', uuid: 'aa' });
}

test('what a table costs is bounded', async () => {
  const lines = (line: (index: number) => string): string =>
    Array.from({ length: 2000 }, (_, index) => line(index)).join('\n');
  for (const table of [
    lines((index) => `UUID=aa /etc/${index} ext4`),
    lines((index) => `/dev/disk/by-id/${index} /etc/${index} ext4`),
    lines((index) => `/usr/${index} /etc/${index} none bind`),
  ]) {
    const folders = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`usr/${index}/x`, '']));
    const { placements, problems } = await planTrees([root(table, folders), data()]);
    assert.ok(placements.length < 200 && problems.length > 0 && problems.length < 40);
  }
});

async function messages(...volumes: readonly OpenedVolume[]): Promise<string> {
  const { problems } = await planTrees(volumes);
  return problems.map(({ code, message }) => `${code} ${message}`).join('\n');
}

test('mount units with a gigabyte of additions are read as far as there is room for them', async () => {
  const addition = `[Mount]\nWhat=UUID=aa\n#${'x'.repeat(1_000_000)}`;
  const units: Record<string, string> = {};
  for (let index = 0; index < 100; index++)
    units[`etc/systemd/system/srv.mount.d/${String(index).padStart(3, '0')}.conf`] = addition;
  const said = await messages(root('', units), data());
  assert.match(
    said,
    /LIMIT_BYTES .*srv\.mount\.d\/0\d\d\.conf, which says what is mounted, was not read: all such files/,
  );
});

test('a boot loader’s file that is too long to be read is said', async () => {
  const grub = `# ${'x'.repeat(5_000_000)}\nlinux /v rootflags=subvol=a`;
  const files: Files = { ...SYSTEM, 'boot/grub/grub.cfg': grub, 'a/x': '' };
  const volume = memoryVolume('disk', files, { kind: 'btrfs', subvolumes: { a: 256 } });
  assert.match(
    await messages(volume),
    /LIMIT_BYTES \/boot\/grub\/grub\.cfg of disk, .* was not read: it has 5000/,
  );
});

test('deployments beyond those that are looked into are said', async () => {
  const files: Record<string, string | Buffer> = { ...SYSTEM };
  for (let index = 0; index < 1100; index++) files[`ostree/deploy/os/deploy/${index}.0/x`] = '';
  const lines = await laid(memoryVolume('disk', files));
  assert.deepEqual(lines, ['0 disk /', 'LIMIT_FILES incomplete']);
});
