import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import type { Partitioning, Volume } from '../../src/read/partition/contract.ts';
import { findVolumes } from '../../src/read/partition/find-volumes.ts';
import { putLegacyMd, putMd } from '../../src/read/partition/testing/md-builder.ts';
import { environmentFor } from '../peers/run.ts';

/* Partition tables, LVM2, MD and what is unread, against the tools that write them. */

const MIB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), 'partition-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const EXT = {
  name: 'ext',
  probe: (head: Buffer) => head.length > 1082 && head.readUInt16LE(1080) === 0xef53,
};
const FAT = { name: 'fat', probe: (head: Buffer) => /^FAT/.test(head.toString('latin1', 54, 58)) };
const NTFS = { name: 'ntfs', probe: (head: Buffer) => head.toString('latin1', 3, 11) === 'NTFS    ' };
const ISO = { name: 'iso9660', probe: (head: Buffer) => head.toString('latin1', 32769, 32774) === 'CD001' };

function without(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  return missing.length === 0 ? false : `needs ${missing.join(', ')}`;
}

/** Whether a loop device can be had: the tools of LVM2 work on nothing else. */
function withoutLoop(...tools: readonly string[]): string | false {
  const missing = without(...tools, 'losetup');
  if (missing !== false) return missing;
  return spawnSync('losetup', ['-f']).status === 0 ? false : 'needs loop devices';
}

function run(command: string, ...args: readonly string[]): string {
  const env = environmentFor(command);
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
}

function blank(name: string, size: number): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, size);
  return path;
}

function put(path: string, bytes: Buffer, at: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

async function look(...paths: readonly string[]): Promise<Partitioning> {
  const disks = paths.map((path) => LocalDisk.open(path, { follow: true }));
  return findVolumes(disks, [EXT, FAT, NTFS, ISO]);
}

function wordsOf({ name, content }: Volume): string {
  if (content.kind === 'file-system') return `${name}: ${content.driver}`;
  if (content.kind === 'accounted') return `${name}: ${content.what}`;
  return `${name}: ${content.kind === 'unread' ? content.problem.code : content.kind}`;
}

function withLoop<T>(path: string, work: (device: string) => T, ...args: readonly string[]): T {
  const device = run('losetup', ...args, '-f', '--show', path).trim();
  try {
    return work(device);
  } finally {
    run('losetup', '-d', device);
  }
}

describe('sgdisk', { skip: without('sgdisk', 'mke2fs') }, () => {
  const path = blank('gpt.raw', 64 * MIB);
  const entries = [
    ['1:2048:+1M', '1:ef02', '1:bios'],
    ['2:0:+8M', '2:8300', '2:rööt'],
    ['15:0:+4M', '15:ef00', '15:efi'],
  ];

  test('its partitions, with their names and identifiers', async () => {
    run('sgdisk', ...entries.flatMap(([n = '', t = '', c = '']) => ['-n', n, '-t', t, '-c', c]), path);
    run('mke2fs', '-q', '-F', '-E', `offset=${2 * MIB}`, path, '8M');
    const { volumes, flaws } = await look(path);
    assert.deepEqual(flaws, []);
    assert.deepEqual(volumes.map(wordsOf), ['partition 1: empty', 'partition 2: ext', 'partition 15: empty']);
    assert.equal(volumes[1]?.names.partLabel, 'rööt');
    for (const { names, source } of volumes) {
      const info = run('sgdisk', '-i', String(names.partition), path);
      assert.equal(/unique GUID: (\S+)/.exec(info)?.[1]?.toLowerCase(), names.partUuid);
      assert.equal(Number(/Partition size: (\d+)/.exec(info)?.[1]) * 512, source.size);
    }
  });

  test('a disk that grew', async () => {
    truncateSync(path, 80 * MIB);
    const { volumes, flaws } = await look(path);
    assert.deepEqual([volumes.length, flaws.length], [3, 0]);
  });

  test('a hybrid MBR', async () => {
    truncateSync(path, 64 * MIB);
    run('sgdisk', '-h', '2', path);
    const { volumes, flaws } = await look(path);
    assert.deepEqual(flaws, []);
    assert.deepEqual(volumes.map(wordsOf), ['partition 1: empty', 'partition 2: ext', 'partition 15: empty']);
  });

  test('sectors of 4096 bytes', { skip: withoutLoop() }, async () => {
    const large = blank('gpt4k.raw', 32 * MIB);
    withLoop(large, (device) => run('sgdisk', '-n', '1:256:+4M', '-n', '2:0:0', device), '-b', '4096');
    const { volumes, flaws } = await look(large);
    assert.deepEqual(flaws, []);
    assert.deepEqual([volumes[0]?.source.size, volumes.length], [4 * MIB, 2]);
  });
});

test('sfdisk: primary and logical partitions as it lists them', { skip: without('sfdisk') }, async () => {
  const path = blank('mbr.raw', 64 * MIB);
  const script = `label: dos
label-id: 0x1234abcd
start=2048, size=16384, type=83, bootable
start=20480, size=100000, type=5
start=22528, size=16384, type=83
start=40960, size=8192, type=82
start=60000, size=8192, type=c
`;
  execFileSync('sfdisk', ['-q', path], { input: script, env: environmentFor('sfdisk') });
  const listed: { partitiontable: { partitions: { node: string; size: number; type: string }[] } } =
    JSON.parse(run('sfdisk', '--json', path));
  const expected = listed.partitiontable.partitions
    .filter(({ type }) => type !== '5')
    .map(({ node, size }) => [Number(/\d+$/.exec(node)?.[0]), size * 512]);
  const { volumes, flaws } = await look(path);
  assert.deepEqual(flaws, []);
  assert.deepEqual(
    volumes.map(({ names, source }) => [names.partition, source.size]),
    expected,
  );
  assert.deepEqual(
    volumes.map(({ names }) => names.partUuid),
    ['01', '05', '06', '07'].map((nn) => `1234abcd-${nn}`),
  );
});

describe('one thing on a whole disk', () => {
  const MADE: readonly [string, string, readonly string[], readonly string[]][] = [
    ['FAT', 'mkfs.vfat', [], ['disk: fat', 'boot sectors: boot-code']],
    ['NTFS', 'mkntfs', ['-F', '-q', '-f'], ['disk: ntfs', 'boot sectors: boot-code']],
    ['ext4', 'mke2fs', ['-q', '-F'], ['disk: ext']],
    ['swap', 'mkswap', [], ['disk: swap']],
    ['minix', 'mkfs.minix', ['-3'], ['disk: UNSUPPORTED']],
    ['F2FS', 'mkfs.f2fs', ['-f'], ['disk: UNSUPPORTED']],
  ];
  for (const [name, tool, args, expected] of MADE)
    test(name, { skip: without(tool) }, async () => {
      const path = blank(`${name}.raw`, 64 * MIB);
      run(tool, ...args, path);
      const { volumes, flaws } = await look(path);
      assert.deepEqual(flaws, []);
      assert.deepEqual(volumes.map(wordsOf), expected);
    });

  for (const type of ['luks1', 'luks2'])
    test(type, { skip: without('cryptsetup') }, async () => {
      const path = blank(`${type}.raw`, 32 * MIB);
      const args = [
        'luksFormat',
        '-q',
        '--type',
        type,
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        path,
        '-',
      ];
      execFileSync('cryptsetup', args, { input: 'secret' });
      const { volumes, flaws } = await look(path);
      assert.deepEqual([volumes.map(wordsOf), flaws], [['disk: ENCRYPTED'], []]);
    });

  test('ISO 9660', { skip: without('genisoimage') }, async () => {
    const path = join(folder, 'cd.iso');
    run('genisoimage', '-quiet', '-r', '-o', path, join(import.meta.dirname, '../gallery'));
    const { volumes, flaws } = await look(path);
    assert.deepEqual([volumes.map(wordsOf), flaws], [['disk: iso9660'], []]);
  });
});

describe('LVM2', { skip: withoutLoop('pvcreate', 'vgcreate', 'lvcreate', 'pvs', 'lvs') }, () => {
  const CONFIG = [
    'activation/udev_sync=0',
    'activation/udev_rules=0',
    // The metadata are written, and no device is made: the kernel may have no device mapper.
    'global/activation=0',
    'backup/backup=0',
    'backup/archive=0',
    'devices/use_devicesfile=0',
  ].join(' ');
  const lvm = (command: string, ...args: readonly string[]) => run(command, '--config', CONFIG, ...args);
  const create = (...args: readonly string[]) => lvm('lvcreate', '-an', '-Zn', '-Wn', '-y', ...args);

  test('linear and striped volumes over two disks, extent by extent', async () => {
    const paths = [blank('pv0.raw', 64 * MIB), blank('pv1.raw', 64 * MIB)];
    const [first = '', second = ''] = paths;
    const segments = withLoop(first, (a) =>
      withLoop(second, (b) => {
        lvm('pvcreate', a, b);
        lvm('vgcreate', 'my-vg', a, b);
        create('-i', '2', '-I', '64k', '-l', '4', '-n', 'fast', 'my-vg');
        create('-l', '20', '-n', 'ro-ot', 'my-vg');
        return lvm('lvs', '--noheadings', '--segments', '-o', 'lv_name,devices', 'my-vg')
          .replaceAll(a, '0')
          .replaceAll(b, '1');
      }),
    );
    // Each extent of each disk says which it is.
    for (const [index, path] of paths.entries())
      for (let extent = 0; extent < 15; extent++) {
        const mark = `disk ${index} extent ${extent};`;
        for (const at of [0, 65536]) put(path, Buffer.from(mark), MIB + extent * 4 * MIB + at);
      }
    const { volumes, flaws } = await look(...paths);
    assert.deepEqual(flaws, []);
    assert.deepEqual(
      volumes.map(({ name }) => name),
      ['disk 1', 'disk 2', 'logical volume my-vg/fast', 'logical volume my-vg/ro-ot'],
    );
    const [fast, root] = volumes.slice(2);
    assert.deepEqual(root?.names.devices, ['/dev/my-vg/ro-ot', '/dev/mapper/my--vg-ro--ot']);
    assert.equal(root?.source.size, 80 * MIB);
    const marks = async (volume: Volume | undefined, at: number) =>
      (await volume?.source.read(at, 32))?.toString('latin1').split(';')[0];
    const parts = [...segments.matchAll(/ro-ot\s+(\d)\((\d+)\)/g)];
    assert.equal(parts.length, 2);
    assert.equal(await marks(root, 0), `disk ${parts[0]?.[1]} extent ${parts[0]?.[2]}`);
    const last = await marks(root, 19 * 4 * MIB);
    assert.equal(last?.startsWith(`disk ${parts[1]?.[1]} extent `), true, last);
    const [, a, ea, b, eb] = /fast\s+(\d)\((\d+)\),(\d)\((\d+)\)/.exec(segments) ?? [];
    assert.equal(await marks(fast, 0), `disk ${a} extent ${ea}`);
    assert.equal(await marks(fast, 65536), `disk ${b} extent ${eb}`);
    assert.equal(await marks(fast, 131072), `disk ${a} extent ${ea}`);
  });

  test('what is written again and again, as the ring has it', async () => {
    const path = blank('ring.raw', 64 * MIB);
    withLoop(path, (device) => {
      lvm('pvcreate', '--metadatasize', '64k', '--dataalignment', '128k', device);
      lvm('vgcreate', '-s', '1m', 'vg', device);
      for (let round = 0; round < 40; round++) {
        create('-l', '1', '-n', `volume${round}`, 'vg');
        if (round % 4 !== 0) lvm('lvremove', '-y', `vg/volume${round}`);
      }
    });
    const { volumes, flaws } = await look(path);
    assert.deepEqual(flaws, []);
    assert.equal(volumes.length, 11);
    assert.equal(volumes.at(-1)?.name, 'logical volume vg/volume36');
  });
});

describe('mdadm', { skip: without('mdadm') }, () => {
  const made: readonly [string, (disk: Buffer) => void, number][] = [
    ['1.2', (disk) => putMd(disk, 4096, { level: 1, disks: 2, role: 0, dataOffset: MIB, dataSize: MIB }), 1],
    ['0.90', (disk) => putLegacyMd(disk, { level: 1, disks: 2, role: 0, dataSize: MIB }), 0],
  ];
  for (const [version, write] of made)
    test(`takes the superblocks of our tests for its own: ${version}`, async () => {
      const disk = Buffer.alloc(4 * MIB);
      write(disk);
      const path = join(folder, `md-${version}.raw`);
      writeFileSync(path, disk);
      const said = run('mdadm', '--examine', path);
      assert.match(said, new RegExp(`Version : ${version}`));
      assert.match(said, /Raid Level : raid1/);
      assert.match(said, /Checksum : \S+ - correct/);
      assert.equal(readFileSync(path).length, disk.length);
    });
});
