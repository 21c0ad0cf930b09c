import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { parseReparsePoint } from './reparse-point.ts';
import { linkData, reparsePoint } from './testing/ntfs-parts.ts';

const SYMLINK = 0xa000000c;
const JUNCTION = 0xa0000003;

const targets: readonly [written: string, read: string][] = [
  ['\\??\\C:\\Users', '/Users'],
  ['\\??\\C:\\', '/'],
  ['\\??\\C:', '/'],
  ['C:\\Users', '/Users'],
  ['\\??\\UNC\\server\\share', '//server/share'],
  ['\\??\\Volume{1-2}\\x', '/Volume{1-2}/x'],
  ['\\\\?\\D:\\x', '/x'],
  ['..\\a\\b', '../a/b'],
  ['\\Windows', '/Windows'],
  ['', ''],
];

describe('reparse points', () => {
  for (const [written, read] of targets)
    test(`a link to "${written}"`, () => {
      for (const [tag, flags] of [[SYMLINK, 0] as const, [JUNCTION, undefined] as const])
        assert.deepEqual(parseReparsePoint(reparsePoint(tag, linkData(written, flags))), {
          kind: 'link',
          target: Buffer.from(read),
        });
    });

  test('a link of Linux on Windows', () => {
    const data = Buffer.from('\x02\0\0\0/etc/x', 'latin1');
    assert.deepEqual(parseReparsePoint(reparsePoint(0xa000001d, data)), {
      kind: 'link',
      target: Buffer.from('/etc/x'),
    });
  });

  for (const [name, bytes] of [
    ['too short', Buffer.alloc(7)],
    ['a link without data', reparsePoint(SYMLINK, Buffer.alloc(3))],
    ['a target that leaves it', reparsePoint(JUNCTION, linkData('abc').subarray(0, 10))],
    ['system compression without data', reparsePoint(0x80000017, Buffer.alloc(4))],
  ] as const)
    test(name, () => assert.throws(() => parseReparsePoint(bytes), Unreadable));
});
