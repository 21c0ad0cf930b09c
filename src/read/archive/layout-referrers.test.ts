import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { AttachmentList } from '../../core/attachment.ts';
import { openSubject } from '../subject.ts';
import { type Attached, referrer, signatureTag } from '../testing/attached.ts';
import {
  type Blob,
  blob,
  buildImage,
  dockerMembers,
  index,
  layoutMembers,
} from '../testing/image-builder.ts';
import { openOne, options, scratch, write, writeMembers } from '../testing/scratch.ts';
import { tar } from '../testing/tar-builder.ts';

const image = buildImage();
const subject = image.manifest;
const TAG = subject.descriptor.digest.replace(':', '-');
const bundle = referrer(subject, 'a bundle');
const strangers = referrer(buildImage({ config: { author: 'another' } }).manifest, 'of another');
const signatures = signatureTag(['signed']);
const fallback = index([bundle.manifest.descriptor]);

function named({ descriptor }: Blob, name: string): unknown {
  return { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } };
}

function cosign({ descriptor }: Blob, kind: string): unknown {
  return { ...descriptor, annotations: { kind: `dev.cosignproject.cosign/${kind}` } };
}

async function listed(t: TestContext, location: string): Promise<AttachmentList> {
  const opened = await openSubject(location, options());
  t.after(() => opened.close());
  assert.equal(opened.digest, subject.descriptor.digest);
  return opened.attachments.list(opened.digest, options().signal);
}

const all = (...attached: readonly Attached[]) => [
  ...image.all,
  ...attached.flatMap(({ manifest, blobs }) => [manifest, ...blobs]),
];

const rows: readonly [
  name: string,
  manifests: readonly unknown[],
  blobs: readonly Blob[],
  expected: string[],
][] = [
  ['nothing', [named(subject, 'v1')], image.all, []],
  [
    'a manifest whose subject is the image, and one of another image',
    [named(subject, 'v1'), bundle.manifest.descriptor, strangers.manifest.descriptor],
    all(bundle, strangers),
    ['referrers'],
  ],
  [
    'a list under a tag',
    [named(subject, 'v1'), named(fallback, TAG)],
    [...all(bundle), fallback],
    ['referrers-tag'],
  ],
  [
    "cosign's tags",
    [named(subject, 'v1'), named(signatures.manifest, `${TAG}.sig`), named(bundle.manifest, `${TAG}.att`)],
    all(signatures, bundle),
    ['signature-tag', 'attestation-tag'],
  ],
  [
    'what cosign saved',
    [cosign(subject, 'image'), cosign(signatures.manifest, 'sigs')],
    all(signatures),
    ['signature-tag'],
  ],
  [
    'a manifest that is listed and not there',
    [named(subject, 'v1'), bundle.manifest.descriptor],
    image.all,
    [],
  ],
];

for (const [name, manifests, blobs, expected] of rows) {
  // The image's own name where it has one: an index.json with several manifests needs a choice.
  const reference = JSON.stringify(manifests).includes('"v1"') ? ':v1' : '';
  test(`layout: ${name}, in a folder`, async (t) => {
    const folder = writeMembers(scratch(t), layoutMembers(manifests, blobs));
    const { attachments, cut } = await listed(t, `oci:${folder}${reference}`);
    assert.deepEqual([attachments.map(({ via }) => via), cut], [expected, []]);
  });
  test(`layout: ${name}, in an archive`, async (t) => {
    const file = write(scratch(t), 'image.tar', tar(layoutMembers(manifests, blobs)));
    const { attachments, cut } = await listed(t, `oci-archive:${file}${reference}`);
    assert.deepEqual([attachments.map(({ via }) => via), cut], [expected, []]);
  });
}

test('layout: a manifest that cannot be read is said, and hides no other', async (t) => {
  const broken = blob(bundle.manifest.descriptor.mediaType, Buffer.from('{"schemaVersion":2,"layers":7}'));
  const manifests = [named(subject, 'v1'), broken.descriptor, bundle.manifest.descriptor];
  const folder = writeMembers(scratch(t), layoutMembers(manifests, [...all(bundle), broken]));
  const { attachments, cut } = await listed(t, `oci:${folder}:v1`);
  assert.deepEqual(attachments.length, 1);
  assert.match(cut.join(), /in the layout could not be read/);
});

test('bypass 19: a blob of a layout that is not what its name says', async (t) => {
  const folder = scratch(t);
  writeMembers(folder, layoutMembers([named(subject, 'v1'), bundle.manifest.descriptor], all(bundle)));
  const content = bundle.blobs[1]?.descriptor.digest.replace(':', '/') ?? '';
  write(folder, `blobs/${content}`, 'A bundle');
  const { attachments } = await listed(t, `oci:${folder}:v1`);
  const opened = await attachments[0]?.open(options().signal);
  await assert.rejects(
    async () => opened?.blobs[0]?.read(options().signal),
    /is not what its digest promised/,
  );
});

test('layout: an image that is inspected has its attachments, one from a docker archive none', async (t) => {
  const folder = writeMembers(
    scratch(t),
    layoutMembers([named(subject, 'v1'), bundle.manifest.descriptor], all(bundle)),
  );
  const opened = await openOne(t, `oci:${folder}:v1`);
  const list = await opened.attachments?.list(subject.descriptor.digest, options().signal);
  assert.equal(list?.attachments.length, 1);
  const saved = write(scratch(t), 'saved.tar', tar(dockerMembers(image)));
  assert.equal((await openOne(t, saved)).attachments, undefined);
});

test('layout: two manifests called by the same tag are refused', async (t) => {
  const manifests = [
    named(subject, 'v1'),
    named(signatures.manifest, `${TAG}.sig`),
    named(bundle.manifest, `${TAG}.sig`),
  ];
  const folder = writeMembers(scratch(t), layoutMembers(manifests, all(signatures, bundle)));
  const { cut } = await listed(t, `oci:${folder}:v1`);
  assert.match(cut.join(), /by the same name/);
});
