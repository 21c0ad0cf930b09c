import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../refusal.ts';
import {
  authority,
  DAY,
  type Holder,
  issue,
  NOW,
  PURPOSE,
  signer,
  timeStamper,
} from './testing/authority.ts';
import { SHA1 } from './testing/der.ts';
import { type StampRequest, stamp } from './testing/time-stamp.ts';
import { verifyTimeStamp } from './time-stamp.ts';
import { parseCertificates, toTrustStore } from './trust-store.ts';

const root = await issue({ subject: 'CN=Stamp Root', extensions: authority() });
const middle = await issue({ subject: 'CN=Stamp Middle', issuer: root, extensions: authority(0) });
const stamper = await issue({ subject: 'CN=Stamper', issuer: middle, extensions: timeStamper() });
const stranger = await issue({ subject: 'CN=Stamp Root', extensions: authority() });
const SIGNATURE = Buffer.from('a signature');

function verify(token: Uint8Array, trusted: Holder = root) {
  const certificates = parseCertificates(trusted.chain[0] ?? Buffer.of(), 'test');
  return verifyTimeStamp(token, SIGNATURE, [toTrustStore('tsa', 'stamps', certificates, 'test')]);
}

function codeOf(token: Uint8Array, trusted?: Holder): string {
  try {
    verify(token, trusted);
    return 'proven';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

test('a stamp gives a time, as exact as it says it is', () => {
  const verified = verify(stamp(stamper, SIGNATURE, { accuracy: 2 }));
  assert.equal(verified.time.getTime(), NOW.getTime());
  assert.equal(verified.from.getTime(), NOW.getTime() - 2000);
  assert.equal(verified.to.getTime(), NOW.getTime() + 2000);
  assert.equal(verified.chain.length, 3);
  const baseline = verify(stamp(stamper, SIGNATURE, { policy: '0.4.0.2023.1.1' }));
  assert.equal(baseline.to.getTime() - NOW.getTime(), 1000);
});

const other = Buffer.from('another signature');
const rows: readonly { readonly name: string; readonly code: string; readonly request: StampRequest }[] = [
  { name: 'version 2', code: 'TIMESTAMP_INVALID', request: { version: 2 } },
  { name: 'an imprint by SHA-1', code: 'TIMESTAMP_INVALID', request: { imprintHash: SHA1 } },
  { name: 'attributes that name another certificate', code: 'TIMESTAMP_INVALID', request: { named: middle } },
  {
    name: 'attributes that name none',
    code: 'TIMESTAMP_INVALID',
    request: { without: '1.2.840.113549.1.9.16.2.47' },
  },
  {
    name: 'attributes without digest',
    code: 'TIMESTAMP_INVALID',
    request: { without: '1.2.840.113549.1.9.4' },
  },
  {
    name: 'attributes without type',
    code: 'TIMESTAMP_INVALID',
    request: { without: '1.2.840.113549.1.9.3' },
  },
  { name: 'a digest of another content', code: 'TIMESTAMP_INVALID', request: { digestOf: () => other } },
  { name: 'two signers', code: 'TIMESTAMP_INVALID', request: { signers: 2 } },
  { name: 'no signer', code: 'TIMESTAMP_INVALID', request: { signers: 0 } },
  { name: 'no certificates', code: 'TIMESTAMP_INVALID', request: { certificates: [] } },
  {
    name: 'no intermediate',
    code: 'CERTIFICATE_UNTRUSTED',
    request: { certificates: stamper.chain.slice(0, 1) },
  },
  {
    name: 'when the authority was over',
    code: 'CERTIFICATE_EXPIRED',
    request: { time: new Date(NOW.getTime() + 31 * DAY) },
  },
  { name: 'the root among its certificates', code: 'proven', request: { certificates: stamper.chain } },
];
for (const { name, code, request } of rows) {
  test(`${name}: ${code}`, () => {
    assert.equal(codeOf(stamp(stamper, SIGNATURE, request)), code);
  });
}

test('a stamp of something else: TIMESTAMP_INVALID', () => {
  assert.equal(codeOf(stamp(stamper, other)), 'TIMESTAMP_INVALID');
});

test('by another key: TIMESTAMP_INVALID', () => {
  assert.equal(codeOf(stamp({ ...stamper, keys: stranger.keys }, SIGNATURE)), 'TIMESTAMP_INVALID');
});

test('bypass 11: the certificate of the authority is checked (CVE-2026-39984)', async () => {
  assert.equal(codeOf(stamp(stamper, SIGNATURE), stranger), 'CERTIFICATE_UNTRUSTED');
  const wrong = [
    signer(PURPOSE.codeSigning),
    signer(),
    timeStamper(false),
    timeStamper(true, PURPOSE.codeSigning),
    authority(),
  ];
  for (const extensions of wrong) {
    const bad = await issue({ subject: 'CN=Bad', issuer: middle, extensions });
    assert.equal(codeOf(stamp(bad, SIGNATURE)), 'CERTIFICATE_USAGE');
  }
});

test('any byte changed: nothing but a refusal', () => {
  const token = stamp(stamper, SIGNATURE);
  for (let at = 0; at < token.length; at++) {
    const bent = Buffer.from(token);
    bent[at] = (bent[at] ?? 0) ^ 0x55;
    const code = codeOf(bent);
    // The version and the list of hashes in front are of no use to anybody (RFC 5652, 5.1).
    assert.ok(code !== 'proven' || at < 60, `byte ${at}`);
  }
  for (let end = 0; end < token.length; end += 11)
    assert.equal(codeOf(token.subarray(0, end)), 'TIMESTAMP_INVALID');
});
