import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { EXT2, EXT4, imageOf } from '../filesystem/ext/testing/images.ts';
import { LayerRecorder } from '../testing/layer-recorder.ts';
import { openOne, scratch, write } from '../testing/scratch.ts';
import { tar } from '../testing/tar-builder.ts';

/* Small disks with real file systems on them, opened as a user names them. */

const SECTOR = 512;
const FIRST = 2048;

/** An MBR with partitions of type 0x83, one after the other from 1 MiB. */
function disk(...volumes: readonly Buffer[]): Buffer {
  const sectors = volumes.map(({ length }) => Math.ceil(length / SECTOR));
  const bytes = Buffer.alloc((FIRST + sectors.reduce((sum, count) => sum + count, 0)) * SECTOR);
  let at = FIRST;
  for (const [index, volume] of volumes.entries()) {
    bytes[446 + index * 16 + 4] = 0x83;
    bytes.writeUInt32LE(at, 446 + index * 16 + 8);
    bytes.writeUInt32LE(sectors[index] ?? 0, 446 + index * 16 + 12);
    volume.copy(bytes, at * SECTOR);
    at += sectors[index] ?? 0;
  }
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

async function opened(t: TestContext, bytes: Buffer, name = 'disk.raw') {
  const image = await openOne(t, write(scratch(t), name, bytes));
  const layers = [];
  for (const layer of image.layers) {
    const recorder = new LayerRecorder();
    const { problems } = await layer.read(recorder, new AbortController().signal);
    layers.push({ volume: layer.ref.volume, tree: layer.tree, recorder, problems });
  }
  return { image, layers };
}

test('a disk with a partition, plain and in gzip', async (t) => {
  for (const [name, bytes] of [
    ['disk.raw', disk(imageOf(EXT4))],
    ['disk.raw.gz', gzipSync(disk(imageOf(EXT4)))],
  ] as const) {
    const { image, layers } = await opened(t, bytes, name);
    assert.deepEqual([image.identity.kind, image.problems], ['disk', []]);
    const [one, ...more] = layers;
    assert.equal(more.length, 0);
    assert.equal(one?.volume?.name, 'partition 1');
    assert.equal(one?.volume?.fileSystem, 'ext4');
    assert.ok((one?.recorder.files.length ?? 0) > 3);
    assert.deepEqual(one?.problems, []);
  }
});

test('no table at all, and GCP’s tar', async (t) => {
  const plain = await opened(t, imageOf(EXT2));
  assert.equal(plain.layers[0]?.volume?.name, 'disk');
  const packed = await opened(
    t,
    gzipSync(tar([{ name: 'disk.raw', data: disk(imageOf(EXT2)) }])),
    'x.tar.gz',
  );
  assert.equal(packed.layers[0]?.volume?.name, 'partition 1');
});

test('two volumes that nothing mounts are two trees', async (t) => {
  const { layers } = await opened(t, disk(imageOf(EXT4), imageOf(EXT2)));
  assert.deepEqual(
    layers.map(({ volume, tree }) => [volume?.name, volume?.mount, tree]),
    [
      ['partition 1', undefined, 0],
      ['partition 2', undefined, 1],
    ],
  );
});

test('a partition of unknown content is a problem, and code before the first one is a file', async (t) => {
  const bytes = disk(imageOf(EXT4), Buffer.alloc(4096, 'secret '));
  bytes.fill(0x90, 0, 100);
  const { image, layers } = await opened(t, bytes);
  assert.deepEqual(
    image.problems.map(({ code, effect }) => `${code} ${effect}`),
    ['UNKNOWN_CONTENT incomplete'],
  );
  assert.match(image.problems[0]?.message ?? '', /partition 2/);
  const boot = layers.find(({ volume }) => volume?.name === 'boot sectors');
  assert.equal(boot?.recorder.files[0]?.path, 'boot sectors.bin');
});

test('a disk that ends early: what is there is read, the rest is said', async (t) => {
  const whole = disk(imageOf(EXT4));
  const { image, layers } = await opened(t, whole.subarray(0, FIRST * SECTOR + 150 * 1024));
  const problems = [...image.problems, ...layers.flatMap((layer) => layer.problems)];
  assert.ok(problems.some(({ effect }) => effect === 'incomplete'));
});

test('a file system whose root folder cannot be read is a problem, and not passed over', async (t) => {
  const volume = imageOf(EXT2);
  // The table of inodes, as the first group descriptor (block 2, of 1 KiB) has it: inode 2 is the root.
  const root = volume.readUInt32LE(2048 + 8) * 1024 + 128;
  volume.fill(0, root, root + 128);
  const { image } = await opened(t, disk(volume));
  assert.ok(
    image.problems.some(({ effect, message }) => effect === 'incomplete' && /partition 1/.test(message)),
  );
});

test('an archive that is a disk too is refused', async (t) => {
  const archive = tar([{ name: 'etc/passwd', data: 'x' }]);
  const bytes = Buffer.concat([archive, Buffer.alloc(2 ** 20)]);
  bytes.writeUInt16LE(0xaa55, 510);
  // The checksum of the header is made right again.
  bytes.fill(' ', 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  await assert.rejects(opened(t, bytes), { code: 'NOT_AN_IMAGE', message: /an archive and a disk at once/ });
});

test('a backing file outside of the folder is not opened, nor one behind a link', async (t) => {
  const folder = scratch(t);
  const outside = write(scratch(t), 'base.raw', disk(imageOf(EXT4)));
  symlinkSync(outside, join(folder, 'link.raw'));
  for (const name of [outside, '../x/base.raw', 'link.raw', '/etc/passwd']) {
    const path = join(folder, 'disk.qcow2');
    writeFileSync(path, qcow2Over(name));
    await assert.rejects(openOne(t, path), { code: 'UNSUPPORTED', message: /not in its folder/ }, name);
  }
  writeFileSync(join(folder, 'disk.qcow2'), qcow2Over('none.raw'));
  await assert.rejects(openOne(t, join(folder, 'disk.qcow2')), { code: 'NOT_FOUND' });
});

test('a disk in a chain names what is below it from its own folder, as QEMU has it', async (t) => {
  const folder = scratch(t);
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'top.qcow2'), qcow2Over('sub/middle.qcow2', 'qcow2'));
  writeFileSync(join(folder, 'sub/middle.qcow2'), qcow2Over('base.raw'));
  writeFileSync(join(folder, 'base.raw'), Buffer.alloc(2 ** 20, 'decoy'));
  writeFileSync(join(folder, 'sub/base.raw'), imageOf(EXT4));
  const image = await openOne(t, join(folder, 'top.qcow2'));
  assert.equal(image.layers[0]?.ref.volume?.fileSystem, 'ext4');
  // Up again, but not out of the folder of the first.
  writeFileSync(join(folder, 'sub/middle.qcow2'), qcow2Over('../base.raw'));
  await openOne(t, join(folder, 'top.qcow2'));
  writeFileSync(join(folder, 'sub/middle.qcow2'), qcow2Over('../../base.raw'));
  await assert.rejects(openOne(t, join(folder, 'top.qcow2')), { code: 'UNSUPPORTED' });
});

test('a disk in a format that starts as a raw disk is said to be both', async (t) => {
  const folder = scratch(t);
  write(folder, 'base.raw', imageOf(EXT4));
  const bytes = qcow2Over('base.raw', 'raw', 1024);
  const inFormat = write(folder, 'plain.qcow2', bytes);
  assert.deepEqual((await openOne(t, inFormat)).problems, []);
  bytes.writeUInt16BE(0x55aa, 510);
  bytes.writeUInt32LE(64, 446 + 12);
  const packed = gzipSync(disk(imageOf(EXT4)), { level: 0 });
  const both = {
    'both.qcow2': bytes,
    'tail.qcow2': Buffer.concat([Buffer.from(bytes).fill(0, 440, 512), fixedFooter()]),
  };
  for (const [name, content] of Object.entries(both)) {
    const { problems } = await openOne(t, write(folder, name, content));
    assert.ok(
      problems.some(
        ({ effect, message }) => effect === 'incomplete' && /depends on who reads it/.test(message),
      ),
      name,
    );
  }
  assert.deepEqual((await openOne(t, write(folder, 'x.gz', packed))).problems, []);
});

function fixedFooter(): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  return footer;
}

/** A qcow2 (version 3) of 1 MiB that is nothing but its backing file. */
function qcow2Over(name: string, format = 'raw', nameAt = 512): Buffer {
  const bytes = Buffer.alloc(4 * 65536);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(3, 4);
  bytes.writeBigUInt64BE(BigInt(nameAt), 8);
  bytes.writeUInt32BE(Buffer.byteLength(name), 16);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(2n ** 20n, 24);
  bytes.writeUInt32BE(1, 36);
  bytes.writeBigUInt64BE(65536n, 40);
  bytes.writeBigUInt64BE(2n * 65536n, 48);
  bytes.writeUInt32BE(1, 56);
  bytes.writeUInt32BE(4, 96);
  bytes.writeUInt32BE(104, 100);
  // The header extension that says that the backing file is raw.
  bytes.writeUInt32BE(0xe2792aca, 104);
  bytes.writeUInt32BE(format.length, 108);
  bytes.write(format, 112);
  bytes.write(name, nameAt);
  return bytes;
}
