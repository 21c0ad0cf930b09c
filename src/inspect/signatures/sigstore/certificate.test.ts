import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { identityOf, openCertificate } from './certificate.ts';
import { issueLeaf, type LeafRequest } from './testing/authority.ts';
import { ISSUER, newKeyPair, WORKFLOW } from './testing/keyless.ts';

const authority = { name: 'CN=intermediate', keys: newKeyPair() };
const { publicKey } = newKeyPair();
const issue = (request: Partial<LeafRequest> = {}) =>
  issueLeaf(
    { publicKey, identities: [WORKFLOW], issuer: ISSUER, at: new Date(), sct: false, ...request },
    authority,
    newKeyPair(),
  );

const named: readonly [string, Partial<LeafRequest>, string, string][] = [
  ['a URI', {}, ISSUER, WORKFLOW],
  ['an e-mail address', { identities: ['ana@acme.example'] }, ISSUER, 'ana@acme.example'],
  ['a user name', { identities: ['other:ana'] }, ISSUER, 'ana'],
  ['a user name beyond ASCII', { identities: ['other:jürgen!acme.example'] }, ISSUER, 'jürgen!acme.example'],
  ['an issuer in the old extension', { oldIssuer: true }, ISSUER, WORKFLOW],
  [
    'an issuer beyond ASCII, no letter lost',
    { issuer: 'https://ácme.example' },
    'https://ácme.example',
    WORKFLOW,
  ],
  [
    'an issuer longer than one length byte',
    { issuer: `https://${'a'.repeat(300)}.example` },
    `https://${'a'.repeat(300)}.example`,
    WORKFLOW,
  ],
];

for (const [name, request, issuer, subject] of named) {
  test(`who a certificate names: ${name}`, async () => {
    assert.deepEqual(identityOf(await issue(request)), { issuer, subject });
  });
}

const nameless: readonly [string, Partial<LeafRequest>][] = [
  ['nobody', { identities: [] }],
  ['two', { identities: [WORKFLOW, 'ana@acme.example'] }],
  ['a host', { identities: ['dns:acme.example'] }],
  ['a URI beyond ASCII', { identities: ['https://ácme.example/x'] }],
  ['an empty address', { identities: [''] }],
  ['no issuer', { issuer: '' }],
  ['no issuer, in the old extension', { issuer: '', oldIssuer: true }],
];

for (const [name, request] of nameless) {
  test(`MALFORMED: a certificate that names ${name}`, async () => {
    const der = await issue(request);
    assert.throws(
      () => identityOf(der),
      (error) => isFailure(error, 'MALFORMED'),
    );
  });
}

test('whatever the bytes are, there is an identity or MALFORMED, a certificate or a refusal', async () => {
  const der = await issue();
  const mutated = fc
    .tuple(fc.nat(der.length - 1), fc.nat(255), fc.nat(der.length))
    .map(([at, value, cut]) => {
      const bytes = Buffer.from(der);
      bytes[at] = value;
      return cut % 4 === 0 ? bytes.subarray(0, cut) : bytes;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      try {
        identityOf(bytes);
      } catch (error) {
        assert.ok(isFailure(error, 'MALFORMED'), String(error));
      }
      try {
        openCertificate(bytes);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
    }),
    { numRuns: 1500 },
  );
});
