import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspectLocation } from '../src/app/inspect.ts';
import { parseBy, parseSettings, type SettingsInput } from '../src/app/settings.ts';
import { verifyLocation } from '../src/app/verify/index.ts';
import { type VerifySettingsInput, verifySchema } from '../src/app/verify/settings.ts';
import type { FailureCode } from '../src/core/failure.ts';
import type { Report } from '../src/core/report.ts';
import { BUNDLE_V03, type Statement } from '../src/core/statement.ts';
import type { Verification } from '../src/core/verification.ts';
import type { RejectionCode } from '../src/core/vouching.ts';
import { newKeyPair } from '../src/inspect/signatures/sigstore/testing/keyless.ts';
import { type FakeRegistry, startFakeRegistry } from '../src/read/testing/fake-registry.ts';
import { type Blob, blob, buildImage, OCI } from '../src/read/testing/image-builder.ts';
import { scratch } from '../src/read/testing/scratch.ts';
import { signStatement } from '../src/sign/bundle.ts';
import { toSigningKey } from '../src/sign/signing-key.ts';
import { toAttestation, toSignStatement } from '../src/sign/statement.ts';

/* Who vouches, from the reference to the answer, over a registry on loopback (the project's own test double). */

const NAME = 'acme/app';
const PREDICATE = 'https://example.invalid/predicate/v1';

class Scene {
  readonly registry: FakeRegistry;
  readonly folder: string;
  readonly keys = { ours: newKeyPair(), theirs: newKeyPair() };

  constructor(registry: FakeRegistry, folder: string) {
    this.registry = registry;
    this.folder = folder;
    for (const [name, { publicKey }] of Object.entries(this.keys)) {
      writeFileSync(this.file(`${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
    }
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  reference(tag: string): string {
    return `${this.registry.host}/${NAME}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
  }

  /** An image of one layer that no other image has. */
  push(tag: string, architecture = 'amd64'): Blob {
    const image = buildImage({ config: { architecture, author: `${tag} ${architecture}` } });
    for (const { bytes } of image.all) this.registry.putBlob(NAME, bytes);
    this.registry.putManifest(NAME, image.manifest, ...(tag === '' ? [] : [tag]));
    return image.manifest;
  }

  pushIndex(tag: string, children: Readonly<Record<string, Blob>>, more: readonly object[] = []): Blob {
    const index = blob(OCI.index, {
      schemaVersion: 2,
      mediaType: OCI.index,
      manifests: [
        ...Object.entries(children).map(([architecture, { descriptor }]) => ({
          ...descriptor,
          platform: { os: 'linux', architecture },
        })),
        ...more,
      ],
    });
    this.registry.putManifest(NAME, index, tag);
    return index;
  }

  sign(subject: Blob, by: keyof Scene['keys'] = 'ours', of: Blob = subject, statement?: Statement): void {
    const signed = statement ?? toSignStatement(of.descriptor.digest);
    this.attach(subject, signStatement(signed, toSigningKey(this.keys[by].privateKey)));
  }

  attach(subject: Blob, json: Uint8Array): void {
    const content = blob(BUNDLE_V03, json);
    const empty = blob('application/vnd.oci.empty.v1+json', Buffer.from('{}'));
    for (const { bytes } of [content, empty]) this.registry.putBlob(NAME, bytes);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI.manifest,
      artifactType: BUNDLE_V03,
      config: empty.descriptor,
      layers: [content.descriptor],
      subject: subject.descriptor,
    };
    this.registry.putManifest(NAME, blob(OCI.manifest, manifest));
  }

  trust(text: string): string {
    writeFileSync(this.file('trust.yaml'), text.replaceAll('HOST', this.registry.host));
    return this.file('trust.yaml');
  }

  verify(location: string, more: VerifySettingsInput): Promise<Verification> {
    const settings = { plainHttp: this.registry.host, cacheDir: this.file('cache'), ...more };
    return verifyLocation(location, parseBy(verifySchema, settings), AbortSignal.timeout(20_000));
  }

  async inspect(location: string, more: SettingsInput): Promise<Report> {
    const settings = {
      plainHttp: this.registry.host,
      cacheDir: this.file('cache'),
      jobs: 1,
      platform: 'linux/amd64',
      ...more,
    };
    const hooks = { signal: AbortSignal.timeout(20_000), onProgress: () => undefined };
    const [report] = await inspectLocation(location, parseSettings(settings), hooks);
    assert.ok(report);
    return report;
  }
}

async function scene(t: TestContext): Promise<Scene> {
  const registry = await startFakeRegistry();
  t.after(() => registry.close());
  return new Scene(registry, scratch(t));
}

const codesOf = ({ vouching }: Pick<Verification, 'vouching'>): RejectionCode[] =>
  vouching.reasons.map(({ code }) => code);

function assertRefused(answer: Verification, code: RejectionCode): void {
  assert.equal(answer.vouching.outcome, 'untrusted');
  assert.ok(codesOf(answer).includes(code), `${code} is not among ${codesOf(answer).join(', ')}`);
}

function assertTrusted({ vouching }: Pick<Verification, 'vouching'>): void {
  assert.deepEqual(
    { outcome: vouching.outcome, reasons: vouching.reasons },
    { outcome: 'trusted', reasons: [] },
  );
}

const OURS = `version: 1
keys: { ours: { file: ours.pub } }
rules:
  - { name: ours, images: ['HOST/acme/**'], signed: [{ by: [{ key: ours }] }] }
`;

test('a signature by the key asked for is good, and by another is not', async (t) => {
  const s = await scene(t);
  s.sign(s.push('v1'));
  assertTrusted(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }));
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('theirs.pub') }), 'SIGNER_NOT_TRUSTED');
});

test('bypass 14: nothing attached is an answer of its own, and it is no', async (t) => {
  const s = await scene(t);
  s.push('v1');
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }), 'NO_SIGNATURE');
});

test('bypass 15: some signature is not the one that was asked for', async (t) => {
  const s = await scene(t);
  s.sign(s.push('v1'), 'theirs');
  assertRefused(await s.verify(s.reference('v1'), { trust: s.trust(OURS) }), 'SIGNER_NOT_TRUSTED');
});

test('bypass 1: our signature of another image, attached to this one', async (t) => {
  const s = await scene(t);
  const other = s.push('other');
  s.sign(s.push('v1'), 'ours', other);
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }), 'SUBJECT_MISMATCH');
});

test('bypass 8: our attestation is no signature, and the reverse', async (t) => {
  const s = await scene(t);
  const attested = s.push('attested');
  s.sign(attested, 'ours', attested, toAttestation(attested.descriptor.digest, PREDICATE, {}));
  s.sign(s.push('signed'));
  const key = s.file('ours.pub');
  assertRefused(await s.verify(s.reference('attested'), { key }), 'PREDICATE_TYPE');
  assertTrusted(await s.verify(s.reference('attested'), { key, type: PREDICATE }));
  assertRefused(await s.verify(s.reference('signed'), { key, type: PREDICATE }), 'PREDICATE_TYPE');
});

test('bypass 20: a pinned digest counts, whatever the tag says', async (t) => {
  const s = await scene(t);
  const old = s.push('v1', 'arm64');
  s.sign(s.push('v1'));
  const pinned = `${s.reference('v1')}@${old.descriptor.digest}`;
  const answer = await s.verify(pinned, { key: s.file('ours.pub') });
  assertRefused(answer, 'NO_SIGNATURE');
  assert.equal(answer.subject.digest, old.descriptor.digest);
});

test('bypass 22: an index vouches for its platforms, a platform only for itself', async (t) => {
  const s = await scene(t);
  const key = s.file('ours.pub');
  const [amd64, arm64] = [s.push('', 'amd64'), s.push('', 'arm64')];
  const index = s.pushIndex('multi', { amd64, arm64 });
  s.sign(amd64);
  assertRefused(await s.verify(s.reference('multi'), { key }), 'NO_SIGNATURE');
  const one = await s.verify(s.reference('multi'), { key, platform: 'linux/amd64' });
  assertTrusted(one);
  assert.match(
    one.notes.join(),
    new RegExp(`not all of the index: deploy it by .*${amd64.descriptor.digest}`),
  );
  assertRefused(await s.verify(s.reference('multi'), { key, platform: 'linux/arm64' }), 'NO_SIGNATURE');
  s.sign(index);
  const answer = await s.verify(s.reference('multi'), { key, platform: 'linux/arm64' });
  assertTrusted(answer);
  assert.deepEqual(answer.notes, []);
  assert.deepEqual(answer.vouching.verified[0]?.subject, { kind: 'index', digest: index.descriptor.digest });
  assert.deepEqual(answer.subject.platform, { name: 'linux/arm64', digest: arm64.descriptor.digest });
  assertRefused(await s.verify(s.reference(arm64.descriptor.digest), { key }), 'NO_SIGNATURE');
});

test("BuildKit's attestations, in an index and beside it, are neither signatures nor errors", async (t) => {
  const s = await scene(t);
  const amd64 = s.push('', 'amd64');
  const statement = blob('application/vnd.in-toto+json', Buffer.from('{"_type":"unsigned"}'));
  const empty = blob('application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  for (const { bytes } of [statement, empty]) s.registry.putBlob(NAME, bytes);
  const attestation = blob(OCI.manifest, {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    artifactType: 'application/vnd.docker.attestation.manifest.v1+json',
    config: empty.descriptor,
    layers: [statement.descriptor],
    subject: amd64.descriptor,
  });
  s.registry.putManifest(NAME, attestation);
  const index = s.pushIndex('built', { amd64 }, [
    { ...attestation.descriptor, platform: { os: 'unknown', architecture: 'unknown' } },
  ]);
  const settings = { key: s.file('ours.pub'), platform: 'linux/amd64' };
  const unsigned = await s.verify(s.reference('built'), settings);
  assertRefused(unsigned, 'NO_SIGNATURE');
  assert.deepEqual(unsigned.vouching.rejected, []);
  s.sign(index);
  assertTrusted(await s.verify(s.reference('built'), settings));
});

test('bypass 12: a name that no rule covers is trusted by nobody, however well it is signed', async (t) => {
  const s = await scene(t);
  s.sign(s.push('v1'));
  const trust = s.trust(OURS.replace('acme/**', 'other/**'));
  const before = s.registry.requests.length;
  assertRefused(await s.verify(s.reference('v1'), { trust }), 'NO_MATCHING_RULE');
  assert.equal(
    s.registry.requests.slice(before).some((line) => line.includes('/referrers/')),
    false,
  );
});

test('bypass 16: a tag put back to an older image fails a rule on age', async (t) => {
  const s = await scene(t);
  s.sign(s.push('v1'));
  const trust = s.trust(
    OURS.replace('[{ key: ours }]', '[{ key: ours }], maxAge: 30d').replace(
      'rules:',
      'roots: { sigstore: { file: root.json } }\nrules:',
    ),
  );
  writeFileSync(s.file('root.json'), JSON.stringify(await mockRoot()));
  assertRefused(await s.verify(s.reference('v1'), { trust }), 'TIMESTAMP_MISSING');
});

async function mockRoot(): Promise<unknown> {
  const { mockSigstore } = await import('../src/inspect/signatures/sigstore/testing/keyless.ts');
  return (await mockSigstore()).rootJson();
}

test('bypass 23: a flood of forged referrers ends in a clear no', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  for (let place = 0; place < 1100; place++) s.attach(image, Buffer.from(`{"forged":${place}}`));
  const answer = await s.verify(s.reference('v1'), { key: s.file('ours.pub') });
  assertRefused(answer, 'TOO_MANY');
});

test('the newest signature that is good is found below forged ones', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  for (let place = 0; place < 100; place++) s.attach(image, Buffer.from(`{"forged":${place}}`));
  assertTrusted(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }));
});

test('bypass 24: a bundle of a gigabyte is not fetched', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  const huge = { mediaType: BUNDLE_V03, digest: `sha256:${'e'.repeat(64)}`, size: 2 ** 30 };
  const empty = blob('application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  s.registry.putManifest(
    NAME,
    blob(OCI.manifest, {
      schemaVersion: 2,
      mediaType: OCI.manifest,
      artifactType: BUNDLE_V03,
      config: empty.descriptor,
      layers: [huge],
      subject: image.descriptor,
    }),
  );
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }), 'TOO_LARGE');
});

test('bypass 19: what the registry serves the second time changes nothing', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  const other = s.push('other');
  s.registry.misbehave.changeAfterFirst = { v1: other.bytes };
  const answer = await s.verify(s.reference('v1'), { key: s.file('ours.pub') });
  assertTrusted(answer);
  assert.equal(answer.subject.digest, image.descriptor.digest);
  const again = await s.verify(s.reference('v1'), { key: s.file('ours.pub') });
  assert.equal(again.subject.digest, other.descriptor.digest);
  assertRefused(again, 'NO_SIGNATURE');
});

test('bypass 29: a tag that somebody overwrote, its signatures copied along', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  const evil = s.push('v1', 'arm64');
  s.sign(evil, 'ours', image);
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }), 'SUBJECT_MISMATCH');
});

test('offline the last answer is repeated, and its age told; what was never seen is not', async (t) => {
  const s = await scene(t);
  s.sign(s.push('v1'));
  const key = s.file('ours.pub');
  await assertFails(s.verify(s.reference('v1'), { key, offline: true }), 'NOT_FOUND');
  await s.verify(s.reference('v1'), { key });
  await s.registry.close();
  const answer = await s.verify(s.reference('v1'), { key, offline: true });
  assertTrusted(answer);
  assert.match(answer.notes.join('\n'), /20\d\d-/);
  await assertFails(s.verify(s.reference('v1'), { key }), 'UNREACHABLE');
});

test('who is to be trusted is said once: in a file or in options', async (t) => {
  const s = await scene(t);
  const key = s.file('ours.pub');
  const refused: readonly (readonly [string, VerifySettingsInput])[] = [
    ['nobody', {}],
    ['a file and a key', { trust: s.trust(OURS), key }],
    ['a file, and more signers than it asks for', { trust: s.trust(OURS), atLeast: 2 }],
    ['a file, and a log that it does not ask for', { trust: s.trust(OURS), log: true }],
    ['a verifier without a VSA', { key, verifier: 'https://verifier.example' }],
    ['an identity without an issuer', { identity: 'me@acme.example' }],
    ['an issuer without an identity', { issuer: 'https://issuer.example' }],
    ['a pattern for everybody', { identityPattern: '**', issuer: 'https://issuer.example' }],
    ['a regular expression', { identityPattern: '^.*$', issuer: 'https://issuer.example' }],
    ['half a TUF repository', { key, tufMirror: 'https://tuf.example' }],
    ['more signers than there are', { key, atLeast: 2 }],
  ];
  for (const [, settings] of refused) await assertFails(s.verify(s.reference('v1'), settings), 'USAGE');
  await assertFails(s.verify(s.reference('v1'), { key: 'awskms://alias/key' }), 'UNSUPPORTED');
  await assertFails(s.verify(s.reference('v1'), { key: s.file('absent.pub') }), 'NOT_FOUND');
});

async function assertFails(work: Promise<unknown>, code: FailureCode): Promise<void> {
  await assert.rejects(work, (error: { code?: string }) => {
    assert.equal(error.code, code);
    return true;
  });
}

test('a file with its bundle, whole or as a digest', async (t) => {
  const s = await scene(t);
  const disk = Buffer.from('a disk, for all that matters here');
  writeFileSync(s.file('disk.raw'), disk);
  const { digest } = blob('application/octet-stream', disk).descriptor;
  writeFileSync(
    s.file('bundle.json'),
    signStatement(toSignStatement(digest), toSigningKey(s.keys.ours.privateKey)),
  );
  const more = { key: s.file('ours.pub'), bundle: s.file('bundle.json') };
  assertTrusted(await s.verify(s.file('disk.raw'), more));
  assertTrusted(await s.verify(digest, more));
  writeFileSync(s.file('disk.raw'), 'another disk');
  assertRefused(await s.verify(s.file('disk.raw'), more), 'SUBJECT_MISMATCH');
  await assertFails(s.verify(s.file('absent.raw'), more), 'NOT_FOUND');
  mkdirSync(s.file('folder'));
  await assertFails(s.verify(s.file('folder'), more), 'USAGE');
  await assertFails(s.verify('/dev/null', more), 'USAGE');
  await assertFails(s.verify('sha256:abc', more), 'USAGE');
  await assertFails(s.verify(`sha512:${'a'.repeat(128)}`, more), 'USAGE');
});

test('a digest is that digest, also where a file is called so', async (t) => {
  const s = await scene(t);
  const { digest } = blob('application/octet-stream', Buffer.from('a disk')).descriptor;
  writeFileSync(
    s.file('bundle.json'),
    signStatement(toSignStatement(digest), toSigningKey(s.keys.ours.privateKey)),
  );
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(s.folder);
  writeFileSync(digest, 'another disk');
  const answer = await s.verify(digest, { key: 'ours.pub', bundle: 'bundle.json' });
  assertTrusted(answer);
  assert.equal(answer.subject.digest, digest);
});

test('of one manifest that no index led to, the platform is said to be unknown', async (t) => {
  const s = await scene(t);
  const image = s.push('v1', 'amd64');
  s.sign(image);
  const { notes } = await s.verify(s.reference('v1'), { key: s.file('ours.pub'), platform: 'linux/arm64' });
  assert.deepEqual(notes, [
    'it is one manifest, not an index: whether it is for linux/arm64 was not looked at',
  ]);
});

test('half a bundle is MALFORMED', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  const whole = signStatement(toSignStatement(image.descriptor.digest), toSigningKey(s.keys.ours.privateKey));
  s.attach(image, whole.subarray(0, whole.length / 2));
  assertRefused(await s.verify(s.reference('v1'), { key: s.file('ours.pub') }), 'MALFORMED');
});

const inspections: readonly (readonly [
  name: string,
  trust: string | undefined,
  by: 'ours' | 'theirs' | undefined,
  expected: { outcome: string; rules: readonly string[]; vouching: string },
])[] = [
  ['nobody is asked', undefined, 'theirs', { outcome: 'allow', rules: [], vouching: 'unchecked' }],
  ['signed as asked', OURS, 'ours', { outcome: 'allow', rules: [], vouching: 'trusted' }],
  [
    'signed by others',
    OURS,
    'theirs',
    { outcome: 'deny', rules: ['signatures/untrusted'], vouching: 'untrusted' },
  ],
  [
    'not signed',
    OURS,
    undefined,
    { outcome: 'deny', rules: ['signatures/untrusted'], vouching: 'untrusted' },
  ],
  [
    'no rule',
    OURS.replace('acme/**', 'other/**'),
    'ours',
    { outcome: 'undetermined', rules: ['signatures/no-rule'], vouching: 'untrusted' },
  ],
];
for (const [name, trust, by, expected] of inspections) {
  test(`inspect: ${name}`, async (t) => {
    const s = await scene(t);
    const image = s.push('v1');
    if (by !== undefined) s.sign(image, by);
    const report = await s.inspect(s.reference('v1'), trust === undefined ? {} : { trust: s.trust(trust) });
    const rules = report.findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('signatures/'));
    assert.deepEqual(
      { outcome: report.decision.outcome, rules, vouching: report.vouching.outcome },
      expected,
    );
  });
}

test('inspect: a signature on the index that led to the image is good, and said to be on the index', async (t) => {
  const s = await scene(t);
  s.sign(s.pushIndex('multi', { amd64: s.push('', 'amd64') }));
  const report = await s.inspect(s.reference('multi'), { trust: s.trust(OURS) });
  assertTrusted(report);
  assert.equal(report.vouching.verified[0]?.subject.kind, 'index');
});

test('inspect: signatures that cannot be fetched leave it undetermined', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  s.registry.misbehave.status = { [`${image.descriptor.digest.replace(':', '-')}.sig`]: 403 };
  const report = await s.inspect(s.reference('v1'), {
    trust: s.trust(OURS.replace('ours.pub', 'theirs.pub')),
  });
  assert.equal(report.decision.outcome, 'undetermined');
  assert.ok(report.problems.some(({ code }) => code === 'SIGNATURES_UNREAD'));
});

test('two signers are two identities, not two signatures', async (t) => {
  const s = await scene(t);
  const image = s.push('v1');
  s.sign(image);
  s.sign(image, 'ours', image, { ...toSignStatement(image.descriptor.digest), predicate: { again: true } });
  const more = { key: [s.file('ours.pub'), s.file('theirs.pub')], atLeast: 2 };
  assertRefused(await s.verify(s.reference('v1'), more), 'NOT_ENOUGH_SIGNATURES');
  s.sign(image, 'theirs');
  assertTrusted(await s.verify(s.reference('v1'), more));
});

test('keys of every kind are good for a signature', async (t) => {
  const s = await scene(t);
  const pairs = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    ed25519: generateKeyPairSync('ed25519'),
  };
  for (const [name, { privateKey, publicKey }] of Object.entries(pairs)) {
    const image = s.push(name);
    s.attach(image, signStatement(toSignStatement(image.descriptor.digest), toSigningKey(privateKey)));
    writeFileSync(s.file(`${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
    assertTrusted(await s.verify(s.reference(name), { key: s.file(`${name}.pub`) }));
  }
});
