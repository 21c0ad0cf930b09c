import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCapabilities } from './capabilities.ts';

/** Words in, as a little-endian xattr value. */
function value(...words: number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => {
    bytes.writeUInt32LE(word >>> 0, index * 4);
  });
  return bytes.toString('latin1');
}

const cases = [
  {
    name: 'revision 2, ping of Fedora: cap_net_raw=ep',
    raw: value(0x02000001, 1 << 13, 0, 0, 0),
    expected: { effective: true, permitted: ['cap_net_raw'], rootId: 0 },
  },
  {
    name: 'revision 1 has one pair of masks',
    raw: value(0x01000000, 1 << 7, 0),
    expected: { effective: false, permitted: ['cap_setuid'], rootId: 0 },
  },
  {
    name: 'revision 3 carries a root id',
    raw: value(0x03000001, (1 << 21) | (1 << 1), 0, 0, 0, 100_000),
    expected: { effective: true, permitted: ['cap_dac_override', 'cap_sys_admin'], rootId: 100_000 },
  },
  {
    name: 'bits of the second word, known and unknown',
    raw: value(0x02000000, 0x80000000, 0, (1 << 7) | 0x80000000, 0),
    expected: { effective: false, permitted: ['cap_setfcap', 'cap_bpf', 'cap_63'], rootId: 0 },
  },
  {
    name: 'inheritable alone permits nothing',
    raw: value(0x02000000, 0, 0xff, 0, 0xff),
    expected: { effective: false, permitted: [], rootId: 0 },
  },
  { name: 'an unknown revision is refused', raw: value(0x04000001, 1, 0, 0, 0, 0), expected: undefined },
  { name: 'a size that is not the revision’s is refused', raw: value(0x02000001, 1, 0), expected: undefined },
  { name: 'nothing is refused', raw: '', expected: undefined },
];

for (const { name, raw, expected } of cases) {
  test(`capabilities: ${name}`, () => assert.deepEqual(toCapabilities(raw), expected));
}

test('capabilities: any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const read = toCapabilities(Buffer.from(bytes).toString('latin1'));
      assert.ok(read === undefined || read.permitted.length <= 64);
    }),
    { numRuns: 500 },
  );
});
