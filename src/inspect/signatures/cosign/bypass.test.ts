import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Materials } from '../contract.ts';
import { toRoot, toTrustedKey } from '../sigstore/testing/found.ts';
import { mockSigstore, newKeyPair } from '../sigstore/testing/keyless.ts';
import {
  attestWithSigstore,
  IMAGE,
  type Layer,
  prove,
  signWithKey,
  signWithSigstore,
  toFound,
  toPayload,
} from './testing/legacy.ts';

/* What others fell for, in cosign's older formats, each by its number in the project's list of bypasses. */

const sigstore = await mockSigstore();
const roots = [toRoot(sigstore.rootJson())];
const key = newKeyPair();
const keys = [toTrustedKey(key.publicKey)];
const OTHER = `sha256:${'cd'.repeat(32)}`;

const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const SIGNATURE = 'dev.cosignproject.cosign/signature';

async function refuses(code: string, layer: Layer, materials: Partial<Materials>): Promise<void> {
  const outcome = await prove(layer, materials);
  assert.equal(outcome.code, code, outcome.message);
  assert.deepEqual(outcome.proofs, []);
}

test('bypass 1: what is proven is the digest that was signed, not the one it was found with', async () => {
  const layer = signWithKey(key, toPayload(OTHER));
  assert.equal(toFound(layer).subject, IMAGE);
  const { proofs } = await prove(layer, { keys });
  assert.equal(proofs[0]?.content.kind === 'image' && proofs[0].content.digest, OTHER);
});

test('bypass 1: a payload put under the signature of another', async () => {
  await refuses('SIGNER_NOT_TRUSTED', { ...signWithKey(key), bytes: toPayload(OTHER) }, { keys });
  await refuses(
    'SIGNATURE_INVALID',
    { ...(await signWithSigstore(sigstore)), bytes: toPayload(OTHER) },
    { roots },
  );
});

test("bypass 2: a stranger's valid keyless signature where only keys are trusted", async () => {
  await refuses('WRONG_MATERIAL', await signWithSigstore(sigstore), { keys });
  await refuses('WRONG_MATERIAL', await attestWithSigstore(sigstore), { keys });
});

test('bypass 2: a bare key where only certificates are trusted', async () => {
  await refuses('WRONG_MATERIAL', signWithKey(key), { roots });
  await refuses('WRONG_MATERIAL', await attestWithSigstore(sigstore, { key: newKeyPair() }), { roots });
});

test("bypass 2: a stranger's certificate beside the signature of a key", async () => {
  const { annotations } = await signWithSigstore(sigstore);
  const layer = signWithKey(newKeyPair());
  layer.annotations = { ...annotations, ...layer.annotations };
  await refuses('SIGNATURE_INVALID', layer, { roots, keys });
  await refuses('WRONG_MATERIAL', layer, { keys });
});

test('bypass 2: a certificate that nobody of ours issued', async () => {
  const stranger = await mockSigstore();
  await refuses('CERTIFICATE_UNTRUSTED', await signWithSigstore(stranger), { roots });
});

test('bypass 4: no log entry, whatever else there is', async () => {
  for (const layer of [await signWithSigstore(sigstore), await attestWithSigstore(sigstore)]) {
    delete layer.annotations[LOG_ENTRY];
    await refuses('LOG_MISSING', layer, { roots });
    await refuses(
      'LOG_MISSING',
      { ...layer, annotations: { ...layer.annotations, [LOG_ENTRY]: '' } },
      { roots },
    );
  }
});

test('bypass 4: no log entry and no certificate: then it is by a key', async () => {
  const layer = await signWithSigstore(sigstore);
  delete layer.annotations[LOG_ENTRY];
  delete layer.annotations[CERTIFICATE];
  await refuses('SIGNER_NOT_TRUSTED', layer, { roots, keys });
});

test('bypass 6: the log entry of another signature', async () => {
  const other = await signWithSigstore(sigstore, toPayload(OTHER));
  const layer = await signWithSigstore(sigstore);
  layer.annotations[LOG_ENTRY] = other.annotations[LOG_ENTRY] ?? '';
  await refuses('LOG_ENTRY_MISMATCH', layer, { roots });
  const attestation = await attestWithSigstore(sigstore);
  attestation.annotations[LOG_ENTRY] = (await attestWithSigstore(sigstore)).annotations[LOG_ENTRY] ?? '';
  await refuses('LOG_ENTRY_MISMATCH', attestation, { roots });
});

test('bypass 6: the log entry of another signature by our key', async () => {
  const other = await signWithSigstore(sigstore, toPayload(OTHER), { key });
  const layer = await signWithSigstore(sigstore, toPayload(), { key });
  layer.annotations[LOG_ENTRY] = other.annotations[LOG_ENTRY] ?? '';
  await refuses('LOG_ENTRY_MISMATCH', layer, { keys, roots });
});

test("bypass 6: our signature, logged by a stranger under the stranger's name", async () => {
  const ours = await signWithSigstore(sigstore, toPayload(), { key });
  const stranger = await sigstore.signMessage(toPayload(), { key: newKeyPair(), version: 'v0.1' });
  const entry = JSON.parse(ours.annotations[LOG_ENTRY] ?? '');
  entry.Payload.body = stranger.verificationMaterial.tlogEntries[0]?.canonicalizedBody;
  const layer = { ...ours, annotations: { ...ours.annotations, [LOG_ENTRY]: JSON.stringify(entry) } };
  await refuses('LOG_INVALID', layer, { keys, roots });
});

test('bypass 14: what cannot be read is an answer, never a crash and never an allowance', async () => {
  for (const text of ['', 'null', '[]', '0', '"', '{"critical":null}', '\u0000', '['.repeat(100_000)]) {
    for (const kind of ['simple-signing', 'envelope'] as const) {
      const layer = { ...signWithKey(key, Buffer.from(text)), kind };
      const { code, proofs } = await prove(layer, { keys, roots });
      assert.equal(code, 'MALFORMED');
      assert.deepEqual(proofs, []);
    }
  }
});

test('bypass 15: that there is a signature says nothing', async () => {
  const layer = signWithKey(newKeyPair());
  await refuses('SIGNER_NOT_TRUSTED', layer, { keys });
  await refuses('WRONG_MATERIAL', layer, {});
  await refuses('WRONG_MATERIAL', await signWithSigstore(sigstore), {});
  await refuses('MALFORMED', { ...layer, annotations: { [SIGNATURE]: '' } }, { keys });
});

test("bypass 18: another tag's signature is proven for that other digest, and for its name", async () => {
  const { proofs } = await prove(signWithKey(key, toPayload(OTHER, undefined, 'registry.example/other')), {
    keys,
  });
  assert.deepEqual(proofs[0]?.content, {
    kind: 'image',
    digest: OTHER,
    claimedName: 'registry.example/other',
  });
});
