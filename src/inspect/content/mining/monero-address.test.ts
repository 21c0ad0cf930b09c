import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keccak256 } from './keccak.ts';
import { findMoneroAddresses, isMoneroAddress } from './monero-address.ts';

/** Of made-up keys: nobody can hold it. */
const ADDRESS =
  '41fKjWJQySv2LxFSMtsQ5k3gsHPkECmXt52nKM8ZY8z26NhMJWtsWSA7icPFuECstJ94XRDHZYFLSAQSTAftscna8JuzEJT';
/** The project's own, as its site shows it: an address nobody computed here. */
const PUBLISHED =
  '888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H';

const digests = [
  { name: 'nothing', message: '', hex: 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470' },
  { name: 'abc', message: 'abc', hex: '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45' },
  {
    name: 'more than a block',
    message: '\xa3'.repeat(200),
    hex: '3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a',
  },
];

for (const { name, message, hex } of digests) {
  test(`keccak-256: ${name}`, () => {
    assert.equal(Buffer.from(keccak256(Buffer.from(message, 'latin1'))).toString('hex'), hex);
  });
}

test('monero address: valid ones, wherever they stand', () => {
  assert.ok(isMoneroAddress(ADDRESS));
  assert.ok(isMoneroAddress(PUBLISHED));
  assert.deepEqual([...findMoneroAddresses(`{"user":"${ADDRESS}"}`)], [{ offset: 9, address: ADDRESS }]);
});

test('monero address: any change of one character is told', () => {
  const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  fc.assert(
    fc.property(fc.nat(94), fc.constantFrom(...digits), (at, digit) => {
      const changed = ADDRESS.slice(0, at) + digit + ADDRESS.slice(at + 1);
      assert.equal(isMoneroAddress(changed), changed === ADDRESS);
    }),
    { numRuns: 200 },
  );
});

test('monero address: whatever is given, an answer', () => {
  fc.assert(fc.property(fc.string({ maxLength: 120 }), (text) => typeof isMoneroAddress(text) === 'boolean'));
});
