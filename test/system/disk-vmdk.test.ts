import { test } from 'node:test';
import { compareWithRaw, type DiskCase, makeScratch, needsQemu, run, writePattern } from './disk-cases.ts';

const SUBFORMATS = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
] as const;

/** `base.raw` is there, 24 MiB of text, noise and holes. */
const CASES: readonly DiskCase[] = [
  ...SUBFORMATS.map(
    (name): DiskCase => [name, `qemu-img convert -O vmdk -o subformat=${name} base.raw disk`],
  ),
  ['version 6', 'qemu-img convert -O vmdk -o compat6=on base.raw disk'],
  [
    'grains of zeros',
    'qemu-img convert -O vmdk -o zeroed_grain=on base.raw disk',
    'qemu-io -f vmdk -c "write -z 0 1M" -c "write -P 3 512k 64k" -c "write -z 5M 640k" disk',
  ],
  [
    'over another',
    'qemu-img convert -O vmdk base.raw one.vmdk',
    'qemu-img create -q -f vmdk -b one.vmdk -F vmdk disk',
    'qemu-io -f vmdk -c "write -P 1 100000 30000" -c "write -P 2 5M 1M" disk',
  ],
  [
    'over one that is over another',
    'qemu-img convert -O vmdk -o subformat=streamOptimized base.raw one.vmdk',
    'qemu-img create -q -f vmdk -b one.vmdk -F vmdk two.vmdk',
    'qemu-io -f vmdk -c "write -P 1 100000 30000" two.vmdk',
    'qemu-img create -q -f vmdk -o zeroed_grain=on -b two.vmdk -F vmdk disk',
    'qemu-io -f vmdk -c "write -z 1M 640k" -c "write -P 7 1500k 10k" disk',
  ],
  [
    'sparse over three extents of two gigabytes',
    'qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse disk 5G',
    'qemu-io -f vmdk -c "write -P 1 2046M 4M" -c "write -P 2 4999M 1M" -c "write -P 3 5119M 1M" disk',
  ],
  [
    'flat over three extents of two gigabytes',
    'qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentFlat disk 5G',
    'qemu-io -f vmdk -c "write -P 1 2046M 4M" -c "write -P 2 4999M 1M" -c "write -P 3 5119M 1M" disk',
  ],
  [
    'no whole grain at the end',
    'qemu-img create -q -f vmdk disk 10000384',
    'qemu-io -f vmdk -c "write -P 5 9999872 512" disk',
  ],
  [
    'no whole grain at the end, stream-optimised',
    'qemu-img convert -O raw base.raw cut.raw',
    'truncate -s 10000384 cut.raw',
    'qemu-img convert -f raw -O vmdk -o subformat=streamOptimized cut.raw disk',
  ],
];

for (const [name, ...commands] of CASES) {
  test(`VMDK: ${name}`, { skip: needsQemu }, async (t) => {
    const folder = makeScratch(t);
    writePattern(folder, 'base.raw', 24 * 2 ** 20);
    for (const command of commands) run(command, folder);
    await compareWithRaw(folder, 'vmdk');
  });
}
