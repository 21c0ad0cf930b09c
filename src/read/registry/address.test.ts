import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AddressClass, isWithinReach, type Reach, toAddressClass, toHostClass } from './address.ts';
import { toGuardedLookup } from './guarded-lookup.ts';

const addresses: [string, AddressClass][] = [
  ['93.184.216.34', 'public'],
  ['2606:2800:220:1::1', 'public'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::1', 'loopback'],
  ['::', 'loopback'],
  ['169.254.169.254', 'forbidden'],
  ['169.254.170.2', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['168.63.129.16', 'forbidden'],
  ['192.0.0.192', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['ff02::1', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['::ffff:a9fe:a9fe', 'forbidden'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:8.8.8.8', 'public'],
  ['::127.0.0.1', 'loopback'],
  ['64:ff9b::169.254.169.254', 'forbidden'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['2002:a9fe:a9fe::1', 'forbidden'],
  ['2002:0808:0808::1', 'public'],
  ['not an address', 'forbidden'],
];

for (const [address, expected] of addresses) {
  test(`address: ${address} is ${expected}`, () => assert.equal(toAddressClass(address), expected));
}

const hosts: [string, AddressClass | undefined][] = [
  ['registry.example', undefined],
  ['localhost', 'loopback'],
  ['localhost.', 'loopback'],
  ['a.localhost', 'loopback'],
  ['[::1]', 'loopback'],
  ['metadata.google.internal', 'forbidden'],
  [new URL('http://0x7f.1/').hostname, 'loopback'],
  [new URL('http://2852039166/').hostname, 'forbidden'],
  [new URL('http://[::ffff:169.254.169.254]/').hostname, 'forbidden'],
];

for (const [host, expected] of hosts) {
  test(`host: ${host} is ${expected ?? 'to be looked up'}`, () => assert.equal(toHostClass(host), expected));
}

test('reach: nothing lies further in than allowed', () => {
  const reaches: Reach[] = ['public', 'private', 'loopback', 'any'];
  const allowed = (kind: AddressClass): Reach[] => reaches.filter((reach) => isWithinReach(kind, reach));
  assert.deepEqual(allowed('public'), ['public', 'private', 'loopback', 'any']);
  assert.deepEqual(allowed('private'), ['private', 'loopback', 'any']);
  assert.deepEqual(allowed('loopback'), ['loopback', 'any']);
  assert.deepEqual(allowed('forbidden'), ['any']);
});

function look(reach: Reach, answers: string[], all: boolean): Promise<{ given: unknown; seen: string[] }> {
  const seen: string[] = [];
  const list: LookupAddress[] = answers.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const lookup = toGuardedLookup(
    reach,
    (_, kind) => seen.push(kind),
    (_name, _options, callback) => callback(null, list),
  );
  return new Promise((resolve, reject) => {
    lookup('name.example', { all }, (error, given) =>
      error === null ? resolve({ given, seen }) : reject(error),
    );
  });
}

test('look-up: a name that turns inwards gives nothing', async () => {
  await assert.rejects(look('public', ['127.0.0.1'], true), { code: 'FORBIDDEN' });
  await assert.rejects(look('loopback', ['169.254.169.254'], false), { code: 'FORBIDDEN' });
  await assert.rejects(look('public', [], true), { code: 'FORBIDDEN' });
});

test('look-up: only what is within reach is given, and all is remembered', async () => {
  const both = await look('public', ['10.0.0.1', '8.8.8.8'], true);
  assert.deepEqual(both, { given: [{ address: '8.8.8.8', family: 4 }], seen: ['private', 'public'] });
  assert.equal((await look('any', ['10.0.0.1'], false)).given, '10.0.0.1');
});

test('address: any text has a class', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
      assert.ok(['public', 'private', 'loopback', 'forbidden'].includes(toAddressClass(text)));
    }),
    { numRuns: 1000 },
  );
});
