import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../core/failure.ts';
import { checksumOf } from './base-block.ts';
import { type Hive, type HiveKey, parseHive } from './hive.ts';
import { at, buildHive, type KeyDraft } from './testing/hive-builder.ts';

const LARGE = Buffer.alloc(40_000, 'large');
const DRAFT: KeyDraft = at('Microsoft\\Windows', {
  values: {
    '': 'default',
    Text: 'C:\\x.exe',
    Expand: { type: 2, data: Buffer.from('%TEMP%\\x\0junk', 'utf16le') },
    Several: ['one', 'two'],
    Number: 3_000_000_000,
    Big: { type: 3, data: LARGE },
    Näme: 'ü',
    Ключ: 'x',
  },
  keys: { A: {}, b: { values: { Deep: 'y' } }, Ключ: {}, z: {} },
});

for (const list of ['lf', 'lh', 'li', 'ri'] as const)
  test(`keys and values are read back from lists of kind ${list}`, () => {
    const hive = parseHive(buildHive(DRAFT, { list }));
    const key = hive.key('MICROSOFT\\windows');
    assert.ok(key !== undefined);
    assert.equal(key.lastWritten?.toISOString(), '2024-01-01T00:00:00.000Z');
    assert.deepEqual([...key.subkeys()].map(({ name }) => name).sort(), ['A', 'b', 'z', 'Ключ']);
    assert.deepEqual(
      [...key.values()].map((value) => [value.name, value.type, value.text()]),
      [
        ['', 1, 'default'],
        ['Text', 1, 'C:\\x.exe'],
        ['Expand', 2, '%TEMP%\\x'],
        ['Several', 7, 'one\ntwo'],
        ['Number', 4, '3000000000'],
        ['Big', 3, undefined],
        ['Näme', 1, 'ü'],
        ['Ключ', 1, 'x'],
      ],
    );
    assert.deepEqual(key.value('BIG')?.data, LARGE);
    assert.equal(hive.key('Microsoft\\Windows\\B')?.value('deep')?.text(), 'y');
    assert.equal(hive.key('Microsoft\\Linux'), undefined);
    assert.equal(hive.key('')?.name, 'ROOT');
    assert.deepEqual(hive.flaws, []);
    assert.equal(hive.dirty, false);
  });

test('what is no hive is refused with one class of error', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(8192), Buffer.from('regf')])
    assert.throws(
      () => parseHive(bytes),
      (error) => error instanceof Failure && error.code === 'MALFORMED',
    );
});

test('an unfinished write is told', () => {
  assert.equal(parseHive(buildHive(DRAFT, { dirty: true })).dirty, true);
});

test('a wrong checksum, a cut file and a damaged bin are flaws', () => {
  const wrong = buildHive(DRAFT);
  wrong.writeUInt32LE(1, 508);
  assert.match(flawsOf(parseHive(wrong)), /checksum/);
  assert.match(flawsOf(parseHive(buildHive(DRAFT).subarray(0, 4096 + 8192))), /ends before/);
  const damaged = buildHive(DRAFT);
  damaged.write('xxxx', 4096);
  assert.match(flawsOf(parseHive(damaged)), /bin is damaged/);
});

test('a key that is its own child ends', () => {
  const bytes = buildHive(at('A\\B', {}), { list: 'li' });
  const list = bytes.lastIndexOf('li');
  assert.ok(list > 0);
  // The list of the deepest key points back at the root.
  for (let from = bytes.indexOf('li'); from >= 0; from = bytes.indexOf('li', from + 1))
    if (bytes.readUInt16LE(from + 2) === 1) bytes.writeUInt32LE(bytes.readUInt32LE(36), from + 4);
  const hive = parseHive(bytes);
  assert.ok(countOf(hive) <= 600);
  assert.match(flawsOf(hive), /deeper than Windows allows/);
});

test('two keys of one name are told', () => {
  const bytes = buildHive({ keys: { aa: {}, bb: {} } });
  const name = bytes.indexOf('bb');
  bytes.write('AA', name, 'latin1');
  const hive = parseHive(bytes);
  assert.ok(hive.key('aa') !== undefined);
  assert.match(flawsOf(hive), /two keys of one name/);
});

test('no change of bytes makes it throw or hang', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const good = buildHive(DRAFT, { list: 'ri' });
  for (let round = 0; round < 3_000; round++) {
    const bytes = Buffer.from(good.subarray(0, round % 5 === 0 ? random(good.length) : good.length));
    // The first part holds nearly all structure; the rest is the large value.
    for (let flips = 1 + random(6); flips > 0 && bytes.length > 0; flips--)
      bytes[random(2) === 0 ? random(bytes.length) : 4096 + random(2_000)] = random(256);
    if (bytes.length >= 512 && random(2) === 0) bytes.writeUInt32LE(checksumOf(bytes), 508);
    try {
      countOf(parseHive(bytes));
    } catch (error) {
      assert.ok(error instanceof Failure, String(error));
    }
  }
});

function flawsOf(hive: Hive): string {
  countOf(hive);
  return hive.flaws.map(({ what }) => what).join('\n');
}

/** Walks all of it. */
function countOf(hive: Hive): number {
  const open: HiveKey[] = hive.root === undefined ? [] : [hive.root];
  let count = 0;
  for (let key = open.pop(); key !== undefined && count < 100_000; key = open.pop()) {
    count++;
    assert.ok(key.lastWritten === undefined || key.lastWritten instanceof Date);
    for (const value of key.values()) count += (value.text()?.length ?? value.data.length) > -1 ? 1 : 0;
    open.push(...key.subkeys());
  }
  return count;
}
