import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../../core/failure.ts';
import { readCrl } from '../revocation/crl.ts';
import { distributionPointsOf, respondersOf } from '../revocation/locations.ts';
import { readOcspResponse, toOcspRequest } from '../revocation/ocsp.ts';
import { issue, locations, NOW, signer } from '../testing/authority.ts';
import { der, explicit, oid, sequence } from '../testing/der.ts';
import { makeList, makeResponse } from '../testing/revocation.ts';
import { parseCertificate } from './certificate.ts';
import { hasBit, Members, onlyMember, parseDer, TAG, toNumber, toOid, toTime } from './der.ts';
import { describeSubject } from './distinguished-name.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('values', () => {
  assert.equal(toOid(parseDer(oid('2.16.840.1.101.3.4.2.1'))), '2.16.840.1.101.3.4.2.1');
  assert.equal(toOid(parseDer(hex('06 03 88 37 03'))), '2.999.3');
  assert.equal(toNumber(parseDer(hex('02 02 01 00'))), 256);
  assert.equal(toTime(parseDer(der(0x17, '491231235959Z'))).toISOString(), '2049-12-31T23:59:59.000Z');
  assert.equal(toTime(parseDer(der(0x17, '500101000000Z'))).toISOString(), '1950-01-01T00:00:00.000Z');
  assert.equal(toTime(parseDer(der(0x18, '20260506070809.25Z'))).toISOString(), '2026-05-06T07:08:09.250Z');
  assert.equal(hasBit(parseDer(hex('03 02 01 06')), 5), true);
  assert.equal(hasBit(parseDer(hex('03 02 01 06')), 7), false);
  assert.equal(hasBit(parseDer(hex('03 02 01 06')), 99), false);
});

const wrong: readonly { readonly name: string; readonly bytes: Buffer }[] = [
  { name: 'nothing', bytes: hex('') },
  { name: 'no length', bytes: hex('30') },
  { name: 'cut short', bytes: hex('30 05 02 01') },
  { name: 'bytes after the end', bytes: hex('30 00 00') },
  { name: 'indefinite length', bytes: hex('30 80 00 00') },
  { name: 'a padded length', bytes: hex('30 81 01 00') },
  { name: 'a length with a zero in front', bytes: Buffer.concat([hex('30 82 00 80'), Buffer.alloc(128)]) },
  { name: 'a length of nine octets', bytes: hex('30 89 01 01 01 01 01 01 01 01 01') },
  { name: 'a length beyond the end', bytes: hex('30 84 ff ff ff ff') },
  { name: 'a long tag', bytes: hex('3f 81 00 00') },
];
for (const { name, bytes } of wrong) {
  test(`${name}: MALFORMED`, () => assert.throws(() => parseDer(bytes), { code: 'MALFORMED' }));
}

test('what is not what was asked for: MALFORMED', () => {
  const attempts = [
    () => toOid(parseDer(hex('06 00'))),
    () => toOid(parseDer(hex('06 02 2a 86'))),
    () => toOid(parseDer(hex('06 03 2a 80 01'))),
    () => toOid(parseDer(hex('06 0a 2a ff ff ff ff ff ff ff ff 7f'))),
    () => toNumber(parseDer(hex('02 01 ff'))),
    () => toNumber(parseDer(hex('02 07 01 01 01 01 01 01 01'))),
    () => toTime(parseDer(der(0x17, '20260506070809Z'))),
    () => toTime(parseDer(der(0x18, '20261306070809Z'))),
    () => toTime(parseDer(der(0x18, '20260506070809+0100'))),
    () => new Members(parseDer(hex('30 00'))).take(TAG.oid),
    () => new Members(parseDer(hex('31 00'))),
    () => new Members(parseDer(hex('30 03 02 01 01'))).end(),
    () => new Members(parseDer(sequence(...new Array<Buffer>(65).fill(hex('0500'))))),
    () => onlyMember(parseDer(explicit(0))),
  ];
  for (const attempt of attempts) assert.throws(attempt, { code: 'MALFORMED' });
});

test('whatever the bytes are, readers end, and only with documented errors', async () => {
  const root = await issue({ subject: 'CN=Root, O=Acme, ST=WA, C=US', extensions: signer() });
  const places = locations({ ocsp: 'http://ocsp.acme.example', crl: ['http://crl.acme.example'] });
  const leaf = await issue({ subject: 'CN=Leaf', issuer: root, extensions: [...signer(), ...places] });
  const subject = {
    certificate: parseCertificate(leaf.chain[0] ?? Buffer.of()),
    issuer: parseCertificate(root.chain[0] ?? Buffer.of()),
  };
  const request = toOcspRequest(subject);
  const readers: readonly { readonly good: Buffer; readonly read: (bytes: Uint8Array) => unknown }[] = [
    {
      good: leaf.chain[0] ?? Buffer.of(),
      read: (bytes) => {
        const certificate = parseCertificate(bytes);
        return [describeSubject(certificate), respondersOf(certificate), distributionPointsOf(certificate)];
      },
    },
    { good: makeList(root, { revoked: [{ who: leaf }] }), read: (bytes) => readCrl(bytes, subject, [], NOW) },
    {
      good: makeResponse(leaf, root, root),
      read: (bytes) =>
        readOcspResponse(bytes, subject, request, NOW, async () => ({ kind: 'unknown', why: 'not asked' })),
    },
  ];
  for (const { good, read } of readers) {
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(good.length), async (bent, end) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of bent) bytes[at] = byte;
        for (const each of [bytes, bytes.subarray(0, end)]) {
          try {
            await read(each);
          } catch (error) {
            assert.ok(isFailure(error, 'MALFORMED'), String(error));
          }
        }
      }),
      { numRuns: 300 },
    );
  }
});
