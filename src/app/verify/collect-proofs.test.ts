import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Attachment, AttachmentSource } from '../../core/attachment.ts';
import { type Digest, toDigest } from '../../core/digest.ts';
import type { Find, Found } from '../../inspect/signatures/contract.ts';
import type { Unproven } from '../../inspect/signatures/trust/judge.ts';
import { collectProofs } from './collect-proofs.ts';

const MIB = 2 ** 20;
const digestOf = (text: string): Digest =>
  toDigest('sha256', createHash('sha256').update(text).digest('hex'));
const SUBJECT = digestOf('subject');

/** Attachments whose signatures `yielding` makes; each attachment has one blob, of the size given. */
function collect(attached: number, yielding: Find, size = 1): Promise<Unproven> {
  const attachments = Array.from({ length: attached }, (_, place): Attachment => {
    const digest = digestOf(`attachment ${place}`);
    const read = async () => Buffer.alloc(0);
    const blobs = [{ mediaType: '', digest, size, annotations: {}, read }];
    const open = async () => ({ artifactType: '', annotations: {}, blobs });
    return { digest, subject: SUBJECT, via: 'referrers', annotations: {}, open };
  });
  const source: AttachmentSource = { list: async () => ({ attachments, cut: [] }) };
  return collectProofs({
    subjects: [{ kind: 'manifest', digest: SUBJECT }],
    attachments: source,
    finders: [yielding],
    materials: { keys: [], roots: [], notation: [] },
    context: { now: new Date(), signal: new AbortController().signal, name: undefined },
    take: () => false,
  });
}

const bundle = (json: Uint8Array): Found => ({
  format: 'sigstore-bundle',
  subject: SUBJECT,
  body: { kind: 'bundle', json },
});

test('bypass 24: one large envelope under a thousand signatures is not proven a thousand times', async () => {
  const large = Buffer.alloc(16 * MIB);
  const { cut, rejected } = await collect(1, async function* () {
    for (let place = 0; place < 1000; place++) yield bundle(large);
    yield bundle(Buffer.from('{}'));
  });
  assert.deepEqual(cut, ['only 256 MiB of signatures are looked at']);
  assert.equal(rejected.length, 16);
});

test('bypass 24: what would not be proven any more is not fetched', async () => {
  const { cut, rejected } = await collect(
    3,
    async function* (_attachment, { blobs: [blob] }, read) {
      if (blob !== undefined) yield bundle(await read(blob));
    },
    300 * MIB,
  );
  assert.deepEqual(cut, ['only 256 MiB of signatures are looked at']);
  assert.deepEqual(
    rejected.map(({ code }) => code),
    ['TOO_LARGE', 'TOO_LARGE', 'TOO_LARGE'],
  );
});

test('bypass 23: that there are more signatures than are looked at is said, wherever the bound falls', async () => {
  const forged = bundle(Buffer.from('{}'));
  const each: Find = async function* () {
    for (let place = 0; place < 2500; place++) yield forged;
  };
  assert.deepEqual((await collect(4, each)).cut, []);
  for (const more of [5, 6]) {
    assert.deepEqual((await collect(more, each)).cut, ['only the newest 10000 signatures were looked at']);
  }
});
