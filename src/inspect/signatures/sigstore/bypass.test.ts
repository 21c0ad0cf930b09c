import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { SerializedBundle } from '@sigstore/bundle';
import { IN_TOTO_PAYLOAD } from '../../../core/statement.ts';
import { prove, toFile, toRoot, toStatement, toTrustedKey } from './testing/found.ts';
import {
  ISSUER,
  LOG_V1,
  LOG_V2,
  mockSigstore,
  newKeyPair,
  type SignRequest,
  WORKFLOW,
} from './testing/keyless.ts';
import { type LoggedEntry, logV1, logV2 } from './testing/log.ts';

/* What others fell for, each by its number in the project's list of bypasses. Every one fails closed, with its code. */

const mock = await mockSigstore();
const root = toRoot(mock.rootJson());
const SHA256 = 'ab'.repeat(32);
const key = newKeyPair();
const ours = toTrustedKey(key.publicKey);
const statement = (request: SignRequest = {}) => mock.signDsse(toStatement(SHA256), IN_TOTO_PAYLOAD, request);
const entriesOf = (bundle: SerializedBundle) => bundle.verificationMaterial.tlogEntries;

async function refuses(expected: string, ...proving: Parameters<typeof prove>): Promise<void> {
  const { code, message, proofs } = await prove(...proving);
  assert.equal(code, expected, message);
  assert.deepEqual(proofs, []);
}

test('bypass 1: a statement is proven for the subject that it names, never for the one it was found with', async () => {
  const { proofs } = await prove(await statement(), { roots: [root] });
  const [proof] = proofs;
  assert.ok(proof?.content.kind === 'statement');
  assert.deepEqual(
    proof.content.statement.subjects.map(({ digest }) => digest),
    [{ sha256: SHA256 }],
  );
});

test('bypass 1: a file signature is for the file that it was made over', async () => {
  const bundle = await mock.signMessage(Buffer.from('honest disk'));
  for (const whole of [true, false]) {
    await refuses(
      'SUBJECT_MISMATCH',
      bundle,
      { roots: [root] },
      { file: toFile(Buffer.from('other disk'), whole) },
    );
  }
  const forged = await mock.signMessage(Buffer.from('honest disk'));
  const digest = createHash('sha256').update('other disk').digest('base64');
  Object.assign(forged.messageSignature?.messageDigest ?? {}, { digest });
  await refuses('SIGNATURE_INVALID', forged, { roots: [root] }, { file: toFile(Buffer.from('other disk')) });
});

test("bypass 2: a stranger's valid keyless bundle does not satisfy a key", async () => {
  await refuses('WRONG_MATERIAL', await statement(), { keys: [ours] });
});

test('bypass 2: a bundle whose hint names our key and whose signature is another', async () => {
  const bundle = await statement({ key: newKeyPair() });
  const hint = createHash('sha256')
    .update(ours.key.export({ format: 'der', type: 'spki' }))
    .digest('base64');
  Object.assign(bundle.verificationMaterial, { publicKey: { hint } });
  await refuses('SIGNATURE_INVALID', bundle, { keys: [ours], roots: [root] });
});

const stripped: readonly [string, string, (bundle: SerializedBundle) => unknown][] = [
  [
    'no log entry',
    'LOG_MISSING',
    ({ verificationMaterial: material }) => Object.assign(material, { tlogEntries: [] }),
  ],
  [
    'no log entries at all',
    'LOG_MISSING',
    ({ verificationMaterial: material }) => Object.assign(material, { tlogEntries: undefined }),
  ],
  [
    'a promise and no proof',
    'MALFORMED',
    (bundle) => Object.assign(entriesOf(bundle)[0] ?? {}, { inclusionProof: undefined }),
  ],
  [
    'a proof and no promise, so no time',
    'TIMESTAMP_MISSING',
    (bundle) => Object.assign(entriesOf(bundle)[0] ?? {}, { inclusionPromise: undefined }),
  ],
  [
    'a proof without hashes of a larger tree',
    'LOG_INVALID',
    (bundle) => Object.assign(entriesOf(bundle)[0]?.inclusionProof ?? {}, { logIndex: '5' }),
  ],
  [
    'a checkpoint that nobody signed',
    'LOG_INVALID',
    (bundle) => {
      const checkpoint = entriesOf(bundle)[0]?.inclusionProof?.checkpoint;
      Object.assign(checkpoint ?? {}, { envelope: checkpoint?.envelope.replace('\n1\n', '\n2\n') });
    },
  ],
  [
    'another time than the log promised',
    'LOG_INVALID',
    (bundle) => {
      const [entry] = entriesOf(bundle);
      Object.assign(entry ?? {}, { integratedTime: String(Number(entry?.integratedTime) - 60 + 120) });
    },
  ],
];

for (const [name, code, strip] of stripped) {
  test(`bypass 4: proof of the log stripped: ${name}`, async () => {
    const bundle = await statement();
    strip(bundle);
    await refuses(code, bundle, { roots: [root] });
  });
}

test('bypass 4: Rekor 2 without a time stamp says nothing about when', async () => {
  await refuses('TIMESTAMP_MISSING', await statement({ log: 'v2', stamped: false }), { roots: [root] });
  const claimed = await statement({ log: 'v2', stamped: false });
  Object.assign(entriesOf(claimed)[0] ?? {}, {
    integratedTime: String(Math.floor(mock.clock.getTime() / 1000)),
  });
  await refuses('TIMESTAMP_MISSING', claimed, { roots: [root] });
});

test('bypass 5: a trust root without validity start is no trust root', () => {
  const json = mock.rootJson();
  delete json.tlogs[0]?.publicKey.validFor;
  assert.throws(() => toRoot(json), {
    name: 'Failure',
    code: 'MALFORMED',
    message: /validFor\.start is missing/,
  });
});

test('bypass 6: the log entry of another signature of the same signer', async () => {
  for (const request of [
    {},
    { log: 'v2' },
    { key },
    { entry: 'intoto' },
    { entry: 'hashedrekord' },
  ] as const) {
    const bundle = await statement(request);
    const other = await mock.signDsse(toStatement('cd'.repeat(32)), IN_TOTO_PAYLOAD, request);
    Object.assign(bundle.verificationMaterial, { tlogEntries: entriesOf(other) });
    await refuses('LOG_ENTRY_MISMATCH', bundle, { roots: [root], keys: [ours] });
  }
});

/** The body of a bundle's own entry, with the signer in it exchanged for that of another bundle. */
function withSignerOf(bundle: SerializedBundle, stranger: SerializedBundle): LoggedEntry {
  const read = (from: SerializedBundle) =>
    JSON.parse(Buffer.from(entriesOf(from)[0]?.canonicalizedBody ?? '', 'base64').toString());
  const [body, other] = [read(bundle), read(stranger)];
  const signerIn: Record<string, (spec: typeof body) => unknown> = {
    'dsse/0.0.1': (spec) => (spec.signatures[0].verifier = other.spec.signatures[0].verifier),
    'dsse/0.0.2': (spec) =>
      (spec.dsseV002.signatures[0].verifier = other.spec.dsseV002.signatures[0].verifier),
    'intoto/0.0.2': (spec) =>
      (spec.content.envelope.signatures[0].publicKey = other.spec.content.envelope.signatures[0].publicKey),
    'hashedrekord/0.0.1': (spec) => (spec.signature.publicKey = other.spec.signature.publicKey),
    'hashedrekord/0.0.2': (spec) =>
      (spec.hashedRekordV002.signature.verifier = other.spec.hashedRekordV002.signature.verifier),
  };
  signerIn[`${body.kind}/${body.apiVersion}`]?.(body.spec);
  return body;
}

const kinds: readonly [string, SignRequest][] = [
  ['dsse, Rekor 1', {}],
  ['dsse, Rekor 2', { log: 'v2' }],
  ['intoto', { entry: 'intoto' }],
  ['hashedrekord, Rekor 1', { entry: 'hashedrekord' }],
  ['hashedrekord, Rekor 2', { entry: 'hashedrekord', log: 'v2' }],
];

for (const [name, request] of kinds) {
  const signers: readonly [string, SignRequest, SignRequest][] = [
    ['certificate', {}, {}],
    ['key', { key }, { key: newKeyPair() }],
    ['kind of signer', {}, { key: newKeyPair() }],
  ];
  for (const [what, victim, stranger] of signers) {
    test(`bypass 6: the entry was logged under another ${what}: ${name}`, async () => {
      const bundle = await statement({ ...request, ...victim });
      const body = withSignerOf(bundle, await statement({ ...request, ...stranger }));
      const entry =
        request.log === 'v2'
          ? logV2(body, LOG_V2, mock.keys.logV2)
          : await logV1(body, LOG_V1, mock.keys.logV1, mock.clock);
      Object.assign(bundle.verificationMaterial, { tlogEntries: [entry] });
      await refuses('LOG_ENTRY_MISMATCH', bundle, { roots: [root], keys: [ours] });
    });
  }
}

test('bypass 6: a file signature with an entry of an envelope, and entries of unknown kinds', async () => {
  const bundle = await mock.signMessage(Buffer.from('disk'), { key });
  const file = toFile(Buffer.from('disk'));
  const [entry] = entriesOf(bundle);
  const rekord = { apiVersion: '0.0.1', kind: 'rekord', spec: {} };
  const spec = { payloadHash: {}, signatures: [{ signature: bundle.messageSignature?.signature }] };
  for (const body of [rekord, { apiVersion: '0.0.1', kind: 'dsse', spec }]) {
    const logged = await logV1(body, LOG_V1, mock.keys.logV1, mock.clock);
    Object.assign(bundle.verificationMaterial, { tlogEntries: [logged] });
    await refuses('LOG_ENTRY_MISMATCH', bundle, { keys: [ours], roots: [root] }, { file });
  }
  Object.assign(bundle.verificationMaterial, { tlogEntries: [entry] });
  assert.equal((await prove(bundle, { keys: [ours], roots: [root] }, { file })).code, 'PROVEN');
});

test('bypass 9: the intermediate had expired when it was signed', async () => {
  const expired = await mockSigstore({ intermediateUntil: new Date(Date.now() - 3_600_000) });
  const bundle = await expired.signDsse(toStatement(SHA256), IN_TOTO_PAYLOAD);
  await refuses('CERTIFICATE_EXPIRED', bundle, { roots: [toRoot(expired.rootJson())] });
});

test('bypass 10: one log entry given twice, also under another index', async () => {
  for (const logIndex of [undefined, '7']) {
    for (const request of [{}, { key }]) {
      const bundle = await statement(request);
      const [entry] = entriesOf(bundle);
      assert.ok(entry !== undefined);
      entriesOf(bundle).push({ ...entry, logIndex: logIndex ?? entry.logIndex });
      await refuses('LOG_DUPLICATE', bundle, { roots: [root], keys: [ours] });
    }
  }
});

test('bypass 10: one time stamp given twice, also where the bytes differ', async () => {
  const bundle = await statement({ log: 'v2' });
  const stamps = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps;
  const signature = Buffer.from(bundle.dsseEnvelope?.signatures[0]?.sig ?? '', 'base64');
  stamps?.push({ signedTimestamp: await mock.stamp(signature, mock.clock) });
  await refuses('LOG_DUPLICATE', bundle, { roots: [root] });
});

test('bypass 11: signed outside the period of the key', async () => {
  const { clock } = mock;
  const [before, after] = [new Date(clock.getTime() - 3_600_000), new Date(clock.getTime() + 3_600_000)];
  for (const request of [{ key }, { key, log: 'v2' }] as const) {
    const bundle = await statement(request);
    for (const period of [{ validUntil: before }, { validFrom: after }]) {
      await refuses('KEY_NOT_VALID_THEN', bundle, {
        keys: [toTrustedKey(key.publicKey, 'ours', period)],
        roots: [root],
      });
    }
    const within = [toTrustedKey(key.publicKey, 'ours', { validFrom: before, validUntil: after })];
    assert.equal((await prove(bundle, { keys: within, roots: [root] })).code, 'PROVEN');
  }
});

test('bypass 11: a key with a period, and nothing trusted says when it signed', async () => {
  const keys = [toTrustedKey(key.publicKey, 'ours', { validUntil: new Date('2999-01-01') })];
  await refuses('TIMESTAMP_MISSING', await statement({ key, log: 'none', stamped: false }), {
    keys,
    roots: [root],
  });
  await refuses('TIMESTAMP_MISSING', await statement({ key }), { keys });
});

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const stampers: readonly [string, Parameters<typeof mockSigstore>[0]][] = [
  ['is not for time stamping', { stamping: { usages: [CODE_SIGNING], critical: true } }],
  ['has no purpose', { stamping: { usages: [], critical: true } }],
  ['has another purpose besides', { stamping: { usages: [TIME_STAMPING, CODE_SIGNING], critical: true } }],
  ['does not insist on its purpose', { stamping: { usages: [TIME_STAMPING], critical: false } }],
  ['had expired', { stampingUntil: new Date(Date.now() - 3_600_000) }],
];

for (const [name, bent] of stampers) {
  test(`bypass 11: the certificate of the time stamping authority ${name}`, async () => {
    const instance = await mockSigstore(bent);
    const material = { roots: [toRoot(instance.rootJson())], keys: [ours] };
    for (const request of [{ log: 'v2' }, { log: 'v2', key }] as const) {
      await refuses(
        'TIMESTAMP_INVALID',
        await instance.signDsse(toStatement(SHA256), IN_TOTO_PAYLOAD, request),
        material,
      );
    }
  });
}

test('bypass 11: a time stamp of another signature, of a stranger, or of nothing', async () => {
  const other = await mockSigstore();
  const stamps = [
    await mock.stamp(Buffer.from('other'), mock.clock),
    await other.stamp(Buffer.from('other'), mock.clock),
    'AAAA',
  ];
  for (const signedTimestamp of stamps) {
    const bundle = await statement({ log: 'v2' });
    Object.assign(bundle.verificationMaterial, {
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp }] },
    });
    await refuses('TIMESTAMP_INVALID', bundle, { roots: [root] });
  }
});

test('the identity is what the certificate says, not a cleaned form of it', async () => {
  const { proofs } = await prove(await statement({ identity: `${WORKFLOW}/../x` }), { roots: [root] });
  assert.deepEqual(proofs[0]?.identity, {
    kind: 'sigstore',
    issuer: ISSUER,
    subject: `${WORKFLOW}/../x`,
    root: 'mock',
  });
});

test('a key that must see the bytes does not hide the one that signed', async () => {
  const ed25519 = toTrustedKey(generateKeyPairSync('ed25519').publicKey, 'other');
  const bundle = await mock.signMessage(Buffer.from('disk'), { key, log: 'none', stamped: false });
  Object.assign(bundle.verificationMaterial, { publicKey: { hint: '' } });
  const { code, message } = await prove(
    bundle,
    { keys: [ed25519, ours] },
    { file: toFile(Buffer.from('disk'), false) },
  );
  assert.equal(code, 'PROVEN', message);
});
