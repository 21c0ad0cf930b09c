import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareWithRaw,
  type DiskCase,
  makeScratch,
  needsQemu,
  openLocal,
  run,
  writePattern,
} from './disk-cases.ts';

const MIB = 2 ** 20;

/** `base.raw` is there, 24 MiB of text, noise and holes. */
const CASES: readonly DiskCase[] = [
  ['v3', 'qemu-img convert -O qcow2 base.raw disk'],
  ['v2', 'qemu-img convert -O qcow2 -o compat=0.10 base.raw disk'],
  ['v2, compressed', 'qemu-img convert -c -O qcow2 -o compat=0.10 base.raw disk'],
  ['zlib', 'qemu-img convert -c -O qcow2 -o compression_type=zlib base.raw disk'],
  ['zstd', 'qemu-img convert -c -O qcow2 -o compression_type=zstd base.raw disk'],
  [
    'zstd, clusters of 2 MiB',
    'qemu-img convert -c -O qcow2 -o compression_type=zstd,cluster_size=2M base.raw disk',
  ],
  ['zlib, clusters of 512 bytes', 'qemu-img convert -c -O qcow2 -o cluster_size=512 base.raw disk'],
  ['clusters of 512 bytes', 'qemu-img convert -O qcow2 -o cluster_size=512 base.raw disk'],
  ['clusters of 4 KiB', 'qemu-img convert -O qcow2 -o cluster_size=4k base.raw disk'],
  ['clusters of 2 MiB', 'qemu-img convert -O qcow2 -o cluster_size=2M base.raw disk'],
  ['extended L2', 'qemu-img convert -O qcow2 -o extended_l2=on base.raw disk'],
  [
    'extended L2, compressed with zstd',
    'qemu-img convert -c -O qcow2 -o extended_l2=on,compression_type=zstd base.raw disk',
  ],
  ['metadata allocated before', 'qemu-img convert -O qcow2 -o preallocation=metadata base.raw disk'],
  ['all allocated before', 'qemu-img convert -O qcow2 -o preallocation=full base.raw disk'],
  [
    'external data file',
    'qemu-img create -q -f qcow2 -o data_file=data.raw disk 24M',
    'qemu-img convert -n -O qcow2 base.raw disk',
  ],
  [
    'external raw data file',
    'qemu-img create -q -f qcow2 -o data_file=data.raw,data_file_raw=on disk 24M',
    'qemu-img convert -n -O qcow2 base.raw disk',
  ],
  [
    'external data file, written in places',
    'qemu-img create -q -f qcow2 -o data_file=data.raw disk 24M',
    'qemu-io -f qcow2 -c "write -P 7 0 3k" -c "write -P 8 24575k 1k" -c "write -z 1M 1M" disk',
  ],
  [
    'external data file, extended L2',
    'qemu-img create -q -f qcow2 -o data_file=data.raw,extended_l2=on disk 24M',
    'qemu-io -f qcow2 -c "write -P 7 0 3k" -c "write -P 8 24575k 1k" -c "write -z 1M 4k" disk',
  ],
  ['over raw', 'qemu-img create -q -f qcow2 -b base.raw -F raw disk', ...writes('disk')],
  [
    'over raw, in subclusters',
    'qemu-img create -q -f qcow2 -o extended_l2=on -b base.raw -F raw disk',
    ...writes('disk'),
  ],
  [
    'larger than what it is over',
    'qemu-img create -q -f qcow2 -b base.raw -F raw disk 40M',
    ...writes('disk'),
    'qemu-io -f qcow2 -c "write -P 9 36M 100k" disk',
  ],
  [
    'smaller than what it is over',
    'qemu-img create -q -f qcow2 -b base.raw -F raw disk 10M',
    ...writes('disk'),
  ],
  [
    'a chain of four',
    'qemu-img convert -c -O qcow2 base.raw one',
    'qemu-img create -q -f qcow2 -o extended_l2=on -b one -F qcow2 two',
    ...writes('two'),
    'qemu-img create -q -f qcow2 -o cluster_size=4k -b two -F qcow2 three 30M',
    'qemu-io -f qcow2 -c "write -P 65 5000000 70000" -c "write -z 9M 100k" three',
    'qemu-img create -q -f qcow2 -o compat=0.10 -b three -F qcow2 disk',
    'qemu-io -f qcow2 -c "write -P 66 6000000 70000" disk',
  ],
  [
    'over VMDK',
    'qemu-img convert -O vmdk base.raw one',
    'qemu-img create -q -f qcow2 -b one -F vmdk disk',
    ...writes('disk'),
  ],
  [
    'an internal snapshot',
    'qemu-img convert -O qcow2 base.raw disk',
    'qemu-img snapshot -c first disk',
    ...writes('disk'),
  ],
  [
    'zeroed and discarded',
    'qemu-img convert -O qcow2 base.raw disk',
    'qemu-io -f qcow2 -c "write -z 0 1M" -c "write -z -u 1M 1M" -c "discard 2M 1M" -c "write -P 3 1500000 9999" disk',
  ],
  [
    'zeroed, allocated before',
    'qemu-img create -q -f qcow2 -o preallocation=falloc disk 24M',
    'qemu-io -f qcow2 -c "write -P 3 0 4M" -c "write -z 1M 1M" disk',
  ],
  [
    'lazy reference counts',
    'qemu-img convert -O qcow2 -o lazy_refcounts=on base.raw disk',
    ...writes('disk'),
  ],
  [
    'no whole cluster at the end',
    'qemu-img create -q -f qcow2 disk 10000384',
    'qemu-io -f qcow2 -c "write -P 5 9999872 512" disk',
  ],
];

function writes(disk: string): string[] {
  return [
    `qemu-io -f qcow2 -c "write -P 1 100000 30000" -c "write -z 3M 200k" -c "write -z 4200k 4k" -c "write -P 2 5M 1M" ${disk}`,
    `qemu-io -f qcow2 -c "discard 6M 1M" -c "write -P 4 4202k 2k" ${disk}`,
  ];
}

for (const [name, ...commands] of CASES) {
  test(`qcow2: ${name}`, { skip: needsQemu }, async (t) => {
    const folder = makeScratch(t);
    writePattern(folder, 'base.raw', 24 * MIB);
    for (const command of commands) run(command, folder);
    await compareWithRaw(folder, 'qcow2');
  });
}

test('qcow2: encrypted with LUKS', { skip: needsQemu }, async (t) => {
  const folder = makeScratch(t);
  run(
    // It measures its own key derivation, and gives up where the clock is too coarse for a busy processor.
    'for turn in 1 2 3 4 5 6 7 8; do qemu-img create -q -f qcow2 --object secret,id=s,data=abc -o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=50 disk 4M && break; done',
    folder,
  );
  await assert.rejects(openLocal(folder, 'disk'), { code: 'ENCRYPTED', message: /LUKS/ });
});

test('qcow2: two terabytes of nothing cost nothing', { skip: needsQemu }, async (t) => {
  const folder = makeScratch(t);
  run('qemu-img create -q -f qcow2 disk 2T', folder);
  run('qemu-io -f qcow2 -c "write -P 6 1T 64k" disk', folder);
  const disk = await openLocal(folder, 'disk');
  t.after(() => disk.close());
  assert.equal(disk.size, 2 * 2 ** 40);
  assert.deepEqual(await disk.read(2 ** 40, 65536), Buffer.alloc(65536, 6));
  assert.deepEqual(await disk.read(2 ** 40 + 65536, 2 ** 20), Buffer.alloc(2 ** 20));
});
