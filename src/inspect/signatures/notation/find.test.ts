import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachedBlob, Attachment, OpenedAttachment } from '../../../core/attachment.ts';
import type { Digest } from '../../../core/digest.ts';
import { Failure } from '../../../core/failure.ts';
import type { Found } from '../contract.ts';
import { findNotation } from './find.ts';

const DIGEST = `sha256:${'11'.repeat(32)}` as Digest;
const SUBJECT = `sha256:${'22'.repeat(32)}` as Digest;
const TYPE = 'application/vnd.cncf.notary.signature';

function blob(mediaType: string): AttachedBlob {
  return { mediaType, digest: DIGEST, size: 2, annotations: {}, read: async () => Buffer.from('{}') };
}

async function find(artifactType: string, ...blobs: readonly AttachedBlob[]) {
  const opened: OpenedAttachment = { artifactType, annotations: {}, blobs };
  const attachment: Attachment = {
    digest: DIGEST,
    subject: SUBJECT,
    via: 'referrers',
    annotations: {},
    open: async () => opened,
  };
  let reads = 0;
  const found: (Found | Failure)[] = [];
  const read = (each: AttachedBlob): Promise<Uint8Array> => {
    reads += 1;
    return each.read(new AbortController().signal);
  };
  for await (const each of findNotation(attachment, opened, read)) found.push(each);
  return { found, reads };
}

const mediaTypeOf = ({ found: [first] }: Awaited<ReturnType<typeof find>>): string | undefined =>
  first !== undefined && 'body' in first && first.body.kind === 'notation' ? first.body.mediaType : undefined;

test('one layer of JWS or COSE is one signature', async () => {
  for (const mediaType of ['application/jose+json', 'application/cose']) {
    const { found } = await find(TYPE, blob(mediaType));
    const body = { kind: 'notation' as const, mediaType, envelope: Buffer.from('{}') };
    assert.deepEqual(found, [{ format: 'notation', subject: SUBJECT, attachment: DIGEST, body }]);
  }
});

test('other artifacts are none', async () => {
  const { found, reads } = await find(
    'application/vnd.dev.cosign.artifact.sig.v1+json',
    blob('application/cose'),
  );
  assert.deepEqual([found, reads], [[], 0]);
});

test('other shapes are found without being read, and can only be refused', async () => {
  const rows = [
    { blobs: [], shown: 'no layer' },
    { blobs: [blob('text/plain')], shown: 'text/plain' },
    {
      blobs: [blob('application/cose'), blob('application/cose')],
      shown: '2 layers (application/cose, application/cose)',
    },
  ];
  for (const { blobs, shown } of rows) {
    const result = await find(TYPE, ...blobs);
    assert.equal(result.reads, 0);
    assert.equal(mediaTypeOf(result), shown);
  }
});

test('what cannot be read comes as its failure; cancelled is thrown', async () => {
  const failing = (code: 'TOO_LARGE' | 'CANCELLED'): AttachedBlob => ({
    ...blob('application/cose'),
    read: () => Promise.reject(new Failure(code, 'no')),
  });
  const { found } = await find(TYPE, failing('TOO_LARGE'));
  assert.deepEqual(
    found.map((each) => 'code' in each && each.code),
    ['TOO_LARGE'],
  );
  await assert.rejects(find(TYPE, failing('CANCELLED')), { code: 'CANCELLED' });
});
