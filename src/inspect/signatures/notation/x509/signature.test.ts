import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { ECDSA_SHA256, explicit, oid, SHA1, SHA256, sequence } from '../testing/der.ts';
import { parseDer } from './der.ts';
import { isSignedBy, isStrong, toHash } from './signature.ts';

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const algorithms: readonly { readonly name: string; readonly der: Buffer; readonly strong: boolean }[] = [
  { name: 'ECDSA with SHA-256', der: sequence(oid(ECDSA_SHA256)), strong: true },
  { name: 'ECDSA with SHA-1', der: sequence(oid('1.2.840.10045.4.1')), strong: false },
  { name: 'RSA with SHA-512', der: sequence(oid('1.2.840.113549.1.1.13')), strong: true },
  { name: 'RSA with SHA-1', der: sequence(oid('1.2.840.113549.1.1.5')), strong: false },
  { name: 'RSA with MD5', der: sequence(oid('1.2.840.113549.1.1.4')), strong: false },
  {
    name: 'PSS with SHA-256',
    der: sequence(oid(PSS), sequence(explicit(0, sequence(oid(SHA256))))),
    strong: true,
  },
  {
    name: 'PSS with SHA-1',
    der: sequence(oid(PSS), sequence(explicit(0, sequence(oid(SHA1))))),
    strong: false,
  },
  { name: 'PSS with its default, SHA-1', der: sequence(oid(PSS), sequence()), strong: false },
  { name: 'PSS without parameters', der: sequence(oid(PSS)), strong: false },
  { name: 'Ed25519', der: sequence(oid('1.3.101.112')), strong: true },
];
for (const { name, der, strong } of algorithms) {
  test(`${name} ${strong ? 'holds' : 'holds no longer'}`, () =>
    assert.equal(isStrong(parseDer(der)), strong));
}

test('an algorithm verifies with its own kind of key only', () => {
  const signed = Buffer.from('signed');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const edwards = generateKeyPairSync('ed25519');
  const rows = [
    { key: ec, type: ECDSA_SHA256, hash: 'sha256' },
    { key: rsa, type: '1.2.840.113549.1.1.11', hash: 'sha256' },
    { key: edwards, type: '1.3.101.112', hash: null },
  ];
  for (const { key, type, hash } of rows) {
    const signature = sign(hash, signed, key.privateKey);
    const algorithm = parseDer(sequence(oid(type)));
    for (const { publicKey } of [ec, rsa, edwards]) {
      assert.equal(isSignedBy(publicKey, { signed, algorithm, signature }), publicKey === key.publicKey);
    }
    assert.equal(isSignedBy(key.publicKey, { signed: Buffer.from('other'), algorithm, signature }), false);
    assert.equal(isSignedBy(key.publicKey, { signed, algorithm, signature: Buffer.of(1) }), false);
  }
});

test('RSA as CMS writes it needs the hash that stands beside', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = Buffer.from('signed');
  const given = {
    signed,
    algorithm: parseDer(sequence(oid(RSA_ENCRYPTION))),
    signature: sign('sha384', signed, privateKey),
  };
  assert.equal(isSignedBy(publicKey, given, 'sha384'), true);
  assert.equal(isSignedBy(publicKey, given, 'sha256'), false);
  assert.equal(isSignedBy(publicKey, given), false);
  assert.equal(toHash(parseDer(sequence(oid(SHA1)))), undefined);
});
