import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageKind } from '../../../../core/image.ts';
import { type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { bootFiles } from './index.ts';

const GRUB = 'usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed';
const SHIM = 'usr/lib/shim/shimx64.efi.signed';
const KERNEL = 'usr/lib/modules/6.12.0-1.el10.x86_64/vmlinuz';

const LOADERS = {
  [GRUB]: 'GRUB',
  [SHIM]: 'SHIM',
  ...packageOf('grub-efi-amd64-signed', { [GRUB]: 'GRUB' }),
  ...packageOf('shim-signed', { [SHIM]: 'SHIM' }),
};

const cases: readonly (readonly [
  name: string,
  files: Readonly<Record<string, FixtureFile>>,
  expected: readonly string[],
  kind?: ImageKind,
])[] = [
  [
    'a kernel that is not the package’s',
    { 'boot/vmlinuz-6.1.0-1-amd64': 'EVIL', ...packageOf('linux', { 'boot/vmlinuz-6.1.0-1-amd64': 'GOOD' }) },
    ['block machine/boot-file boot/vmlinuz-6.1.0-1-amd64'],
  ],
  [
    'one that is',
    { 'boot/vmlinuz-6.1.0-1-amd64': 'GOOD', ...packageOf('linux', { 'boot/vmlinuz-6.1.0-1-amd64': 'GOOD' }) },
    [],
  ],
  [
    'a boot loader on the EFI partition that a package owns, in other letter case',
    {
      'boot/efi/EFI/rocky/grubx64.efi': 'EVIL',
      ...packageOf('grub2', { 'boot/efi/EFI/rocky/grubx64.efi': 'GOOD' }),
    },
    ['block machine/boot-file boot/efi/EFI/rocky/grubx64.efi'],
  ],
  [
    'copies that are what packages brought',
    {
      ...LOADERS,
      'boot/efi/EFI/debian/grubx64.efi': 'GRUB',
      'boot/efi/EFI/debian/shimx64.efi': 'SHIM',
      'boot/efi/EFI/BOOT/BOOTX64.EFI': 'SHIM',
    },
    [],
  ],
  [
    'copies that are not',
    {
      ...LOADERS,
      'boot/efi/EFI/debian/grubx64.efi': 'EVIL',
      'boot/efi/EFI/BOOT/BOOTX64.EFI': 'EVIL',
    },
    [
      'review machine/boot-file boot/efi/EFI/BOOT/BOOTX64.EFI',
      'review machine/boot-file boot/efi/EFI/debian/grubx64.efi',
    ],
  ],
  [
    'GRUB under the name that firmware starts, and one made on the machine',
    {
      ...LOADERS,
      'boot/grub/x86_64-efi/core.efi': 'MADE',
      'boot/efi/EFI/BOOT/BOOTX64.EFI': 'GRUB',
      'boot/efi/EFI/debian/grubx64.efi': 'MADE',
    },
    [],
  ],
  ['nothing to hold it against', { 'boot/efi/EFI/debian/grubx64.efi': 'X', 'boot/vmlinuz': 'X' }, []],
  [
    'a copy of the kernel that lies with its modules',
    {
      [KERNEL]: 'GOOD',
      ...packageOf('kernel-core', { [KERNEL]: 'GOOD', 'boot/vmlinuz-6.12.0-1.el10.x86_64': { ghost: true } }),
      'boot/vmlinuz-6.12.0-1.el10.x86_64': 'EVIL',
    },
    ['review machine/boot-file boot/vmlinuz-6.12.0-1.el10.x86_64'],
  ],
  [
    'an original that no package owns says nothing',
    { [GRUB]: 'GRUB', 'boot/efi/EFI/debian/grubx64.efi': 'X' },
    [],
  ],
  [
    'a container starts no kernel',
    { 'boot/vmlinuz-6.1': 'EVIL', ...packageOf('linux', { 'boot/vmlinuz-6.1': 'GOOD' }) },
    [],
    'oci-layout',
  ],
];

for (const [name, files, expected, kind = 'disk'] of cases) {
  test(`machine/boot-files: ${name}`, () => {
    const fixture = { layers: [files], catalogers: [listedPackages], kind };
    const { findings, problems } = inspectFixture(fixture, [bootFiles]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}
