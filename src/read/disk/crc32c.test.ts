import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32c, updateCrc32c } from './crc32c.ts';

describe('CRC-32C', () => {
  // RFC 3720, B.4, and the check value of the algorithm.
  const rows: readonly (readonly [string, Buffer, number])[] = [
    ['nothing', Buffer.alloc(0), 0],
    ['the check value', Buffer.from('123456789'), 0xe3069283],
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['ascending', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
    ['descending', Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
  ];
  for (const [name, bytes, expected] of rows) it(name, () => assert.equal(crc32c(bytes), expected));

  it('goes on over pieces of any length as over the whole', () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7919) & 0xff));
    for (let cut = 0; cut <= 40; cut++) {
      const register = updateCrc32c(updateCrc32c(0xffffffff, bytes.subarray(0, cut)), bytes.subarray(cut));
      assert.equal((register ^ 0xffffffff) >>> 0, crc32c(bytes));
    }
  });

  it('starts from any register: zero over zeros stays zero', () => {
    assert.equal(updateCrc32c(0, Buffer.alloc(100)), 0);
  });
});
