import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  fill,
  missing,
  noMount,
  readAll,
  room,
  setAttribute,
  sha256,
  toReparse,
} from './filesystem-ntfs-images.ts';

/* Content as Windows keeps its own programs, packed by wimlib. */

describe('system compression of Windows', { skip: noMount }, () => {
  const algorithms: readonly [name: string, number: number, options: readonly string[]][] = [
    ['XPRESS, 4 KiB', 0, ['--compress=XPRESS', '--chunk-size=4096']],
    ['XPRESS, 8 KiB', 2, ['--compress=XPRESS', '--chunk-size=8192']],
    ['XPRESS, 16 KiB', 3, ['--compress=XPRESS', '--chunk-size=16384']],
    ['LZX', 1, ['--compress=LZX']],
    ['LZX, squeezed', 1, ['--compress=LZX:100']],
  ];
  for (const [name, algorithm, options] of algorithms) {
    test(name, { skip: missing('wimcapture') }, async () => {
      const sources = [
        readFileSync(process.execPath).subarray(2 ** 20, 4 * 2 ** 20 + 4321),
        Buffer.concat([randomBytes(50_000), Buffer.from('text '.repeat(40_000)), randomBytes(7)]),
        Buffer.from('x'.repeat(70_000)),
      ];
      const packed = sources.map((bytes) => packAsWim(bytes, options));
      const image = fill(`system${algorithms.findIndex((row) => row[0] === name)}`, [], 32, (at) => {
        sources.forEach((bytes, index) => {
          const path = join(at, `${index}.exe`);
          writeFileSync(path, '');
          writeFileSync(`${path}:WofCompressedData`, packed[index] ?? '');
          truncateSync(path, bytes.length);
          setAttribute(path, 'ntfs_reparse_data', toWof(algorithm));
        });
      });
      const { files, problems } = await readAll(image);
      assert.deepEqual(problems, []);
      sources.forEach((bytes, index) => {
        assert.equal(files.get(`${index}.exe`)?.sha256, sha256(bytes), `${index}`);
      });
      assert.deepEqual(
        [...files.keys()].filter((path) => path.includes(':')),
        [],
      );
    });
  }
});

function toWof(algorithm: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeUInt32LE(1, 0);
  data.writeUInt32LE(2, 4);
  data.writeUInt32LE(1, 8);
  data.writeUInt32LE(algorithm, 12);
  return toReparse(0x80000017, data);
}

/** A WIM file keeps content as system compression does: a table of chunks, then the chunks. */
function packAsWim(bytes: Buffer, options: readonly string[]): Buffer {
  const folder = mkdtempSync(join(room, 'wim-'));
  const wim = `${folder}.wim`;
  writeFileSync(join(folder, 'file'), bytes);
  execFileSync('wimcapture', [folder, wim, ...options], { stdio: 'ignore' });
  const file = readFileSync(wim);
  const table = Number(file.readBigUInt64LE(56));
  const wanted = createHash('sha1').update(bytes).digest();
  for (let entry = table; entry < table + file.readUIntLE(48, 6); entry += 50) {
    const at = Number(file.readBigUInt64LE(entry + 8));
    if (file.subarray(entry + 30, entry + 50).equals(wanted))
      return file.subarray(at, at + file.readUIntLE(entry, 6));
  }
  throw new Error(`no ${readdirSync(folder)} in ${wim}`);
}
