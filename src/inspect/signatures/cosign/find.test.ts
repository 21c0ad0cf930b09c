import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { AttachedBlob, Attachment, OpenedAttachment } from '../../../core/attachment.ts';
import { toDigest } from '../../../core/digest.ts';
import { Failure, isFailure } from '../../../core/failure.ts';
import { BUNDLE_V03, DSSE_ENVELOPE, SIMPLE_SIGNING } from '../../../core/statement.ts';
import type { Found } from '../contract.ts';
import { toTrustedKey } from '../sigstore/testing/found.ts';
import { newKeyPair } from '../sigstore/testing/keyless.ts';
import { findCosign } from './find.ts';
import { proveCosign } from './prove.ts';
import { type Annotations, IMAGE, signWithKey, toPayload } from './testing/legacy.ts';

const OLD_BUNDLE = 'application/vnd.dev.sigstore.bundle+json;version=0.2';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

interface Part {
  readonly mediaType: string;
  readonly text: string;
  readonly annotations?: Annotations;
  /** As the manifest says it. */
  readonly size?: number;
}

/** An attachment of those layers, and how often each was read. */
function attach(parts: readonly Part[], artifactType = CONFIG) {
  const reads: string[] = [];
  const blobs = parts.map(({ mediaType, text, annotations = {}, size = text.length }): AttachedBlob => {
    const digest = toDigest('sha256', createHash('sha256').update(text).digest('hex'));
    const read = async (): Promise<Uint8Array> => {
      reads.push(text);
      if (text === 'unreadable') throw new Failure('UNREACHABLE', 'no answer');
      return Buffer.from(text);
    };
    return { mediaType, digest, size, annotations, read };
  });
  const opened: OpenedAttachment = { artifactType, annotations: {}, blobs };
  const attachment: Attachment = {
    digest: toDigest('sha256', 'cd'.repeat(32)),
    subject: IMAGE,
    via: 'signature-tag',
    annotations: {},
    open: async () => opened,
  };
  const find = async (): Promise<Found[]> => {
    const found: Found[] = [];
    const read = (blob: AttachedBlob) => blob.read(new AbortController().signal);
    for await (const one of findCosign(attachment, opened, read)) {
      if (isFailure(one)) throw one;
      found.push(one);
    }
    return found;
  };
  return { find, reads, attachment };
}

test('each layer of a tag is a signature, the newest first', async () => {
  const { find, attachment } = attach([
    { mediaType: SIMPLE_SIGNING, text: 'old', annotations: { a: '1' } },
    { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', text: 'no signature' },
    { mediaType: DSSE_ENVELOPE, text: 'new', annotations: { a: '2' } },
  ]);
  const at = { format: 'cosign', subject: IMAGE, attachment: attachment.digest };
  assert.deepEqual(await find(), [
    { ...at, body: { kind: 'envelope', envelope: Buffer.from('new'), annotations: { a: '2' } } },
    { ...at, body: { kind: 'simple-signing', payload: Buffer.from('old'), annotations: { a: '1' } } },
  ]);
});

for (const [name, mediaType, artifactType, count] of [
  ['by its layer', BUNDLE_V03, CONFIG, 1],
  ['by its layer, older', OLD_BUNDLE, CONFIG, 1],
  ['by its manifest', 'application/json', BUNDLE_V03, 1],
  ['by its manifest, older', 'application/json', OLD_BUNDLE, 1],
  ['by a type that only begins so', 'application/vnd.dev.sigstore.bundles+json', CONFIG, 0],
  ['by nothing', 'application/json', CONFIG, 0],
] as const) {
  test(`a bundle is known ${name}: ${count === 1 ? 'found' : 'none'}`, async () => {
    const found = await attach([{ mediaType, text: '{}' }], artifactType).find();
    assert.equal(found.length, count);
    for (const { format, body } of found) {
      assert.equal(format, 'sigstore-bundle');
      assert.deepEqual(body, { kind: 'bundle', json: Buffer.from('{}') });
    }
  });
}

test('of several layers without a type of their own none is guessed at', async () => {
  const part = { mediaType: 'application/json', text: '{}' };
  assert.deepEqual(await attach([part, part], BUNDLE_V03).find(), []);
});

test('a layer that cannot be read is no silence', async () => {
  const { find } = attach([
    { mediaType: SIMPLE_SIGNING, text: 'unreadable' },
    { mediaType: SIMPLE_SIGNING, text: 'good' },
  ]);
  await assert.rejects(find(), (error) => isFailure(error, 'UNREACHABLE'));
});

for (const [name, parts, read] of [
  ['a payload of a megabyte', [{ mediaType: SIMPLE_SIGNING, text: 'x', size: 2 ** 20 }], 0],
  [
    'envelopes of many megabytes',
    Array.from({ length: 9 }, (_, i) => ({ mediaType: DSSE_ENVELOPE, text: `${i}`, size: 16 * 2 ** 20 })),
    8,
  ],
] as const) {
  test(`bypass 24: ${name}: not read`, async () => {
    const { find, reads } = attach(parts);
    await assert.rejects(find(), (error) => isFailure(error, 'TOO_LARGE'));
    assert.equal(reads.length, read);
  });
}

test('bypass 23: 10,000 signatures in one tag: the newest is found, and the payload read once', async () => {
  const ours = newKeyPair();
  const forged = signWithKey(newKeyPair());
  const good = signWithKey(ours);
  const text = toPayload().toString();
  const parts = Array.from({ length: 10_000 }, () => ({
    mediaType: SIMPLE_SIGNING,
    text,
    annotations: forged.annotations,
  }));
  const { find, reads } = attach([
    { mediaType: SIMPLE_SIGNING, text, annotations: good.annotations },
    ...parts,
  ]);
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const found = await find();
  assert.equal(found.length, 10_001);
  assert.deepEqual(reads, [text]);
  const context = { now: new Date(), signal: new AbortController().signal, name: undefined };
  const materials = { keys: [toTrustedKey(ours.publicKey)], roots: [], notation: [] };
  let proven = 0;
  for (const one of found) {
    const [result] = await proveCosign(one, materials, context);
    if (result?.kind === 'proven') proven++;
    else assert.equal(result?.rejection.code, 'SIGNER_NOT_TRUSTED');
  }
  assert.equal(proven, 1);
  assert.ok(performance.now() - start < 20_000, 'took too long');
  assert.ok(process.memoryUsage().heapUsed - before < 128 * 2 ** 20, 'took too much memory');
});
