import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { test } from 'node:test';
import { bundleFromJSON, isBundleWithPublicKey } from '@sigstore/bundle';
import { parseDigest } from '../core/digest.ts';
import { isFailure } from '../core/failure.ts';
import { preAuthEncoding } from '../core/statement.ts';
import { signStatement, toBundleAnnotations } from './bundle.ts';
import { toSigningKey } from './signing-key.ts';
import { toAttestation, toSignStatement } from './statement.ts';

const HEX = 'ab'.repeat(32);
const IMAGE = parseDigest(`sha256:${HEX}`);
const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

const keys: readonly [name: string, key: KeyObject, hash: string | null][] = [
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256'],
  ['P-256', ec('P-256'), 'sha256'],
  ['P-384', ec('P-384'), 'sha384'],
  ['P-521', ec('P-521'), 'sha512'],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey, null],
];

interface Bundle {
  readonly mediaType: string;
  readonly verificationMaterial: object;
  readonly dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
}

for (const [name, privateKey, hash] of keys) {
  test(`${name}: the bundle verifies over its pre-authentication encoding, hashed as cosign 3 does`, () => {
    const key = toSigningKey(privateKey);
    const bytes = signStatement(toSignStatement(IMAGE), key);
    const { mediaType, verificationMaterial, dsseEnvelope } = JSON.parse(bytes.toString()) as Bundle;
    const spki = key.publicKey.export({ format: 'der', type: 'spki' });
    const hint = createHash('sha256').update(spki).digest('base64');
    assert.equal(mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
    assert.deepEqual(verificationMaterial, { publicKey: { hint } });
    assert.equal(dsseEnvelope.signatures.length, 1);
    const payload = Buffer.from(dsseEnvelope.payload, 'base64');
    const signed = preAuthEncoding(dsseEnvelope.payloadType, payload);
    const signature = Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
    assert.ok(verify(hash, signed, key.publicKey, signature));
    assert.deepEqual(JSON.parse(payload.toString()), {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: HEX } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    });
  });
}

test('sigstore-js reads the bundle', () => {
  const bytes = signStatement(toSignStatement(IMAGE), toSigningKey(ec('P-256')));
  const bundle = bundleFromJSON(JSON.parse(bytes.toString()));
  assert.ok(isBundleWithPublicKey(bundle));
  assert.equal(bundle.content.$case, 'dsseEnvelope');
});

test('an attestation keeps its predicate as it is', () => {
  const predicate = { buildDefinition: { externalParameters: { ref: 'main' } } };
  const { subjects, ...rest } = toAttestation(
    IMAGE,
    'https://slsa.dev/provenance/v1',
    predicate,
    'registry.example/app',
  );
  assert.deepEqual(subjects, [{ name: 'registry.example/app', digest: { sha256: HEX } }]);
  assert.deepEqual(rest, {
    type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate,
  });
});

test('a sha512 image is named by its algorithm', () => {
  const { subjects } = toSignStatement(parseDigest(`sha512:${'cd'.repeat(64)}`));
  assert.deepEqual(subjects, [{ digest: { sha512: 'cd'.repeat(64) } }]);
});

const refused: readonly [name: string, type: string, predicate: unknown][] = [
  ['a type that is no URI', 'provenance', {}],
  ['a type of two lines', 'https://a.example/\nx', {}],
  ['a plain signature in the guise of an attestation', 'https://sigstore.dev/cosign/sign/v1', {}],
  ['a predicate that is a list', 'https://a.example/x', []],
  ['a predicate that is text', 'https://a.example/x', 'x'],
  ['no predicate', 'https://a.example/x', null],
];

for (const [name, type, predicate] of refused) {
  test(`not attested: ${name}`, () => {
    assert.throws(
      () => toAttestation(IMAGE, type, predicate),
      (error) => isFailure(error, 'USAGE') && !error.message.includes('\n'),
    );
  });
}

test('the manifest is annotated as cosign 3 does', () => {
  assert.deepEqual(toBundleAnnotations(toSignStatement(IMAGE), new Date('2024-05-06T07:08:09.123Z')), {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1',
    'org.opencontainers.image.created': '2024-05-06T07:08:09Z',
  });
});
