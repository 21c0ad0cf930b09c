import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Failure } from '../../../core/failure.ts';
import { IN_TOTO_PAYLOAD } from '../../../core/statement.ts';
import { proveBundle } from './bundle.ts';
import { prove, toFile, toFound, toRoot, toStatement, toTrustedKey } from './testing/found.ts';
import {
  ISSUER,
  LOG_V1,
  LOG_V2,
  mockSigstore,
  newKeyPair,
  type SignRequest,
  toBytes,
  WORKFLOW,
} from './testing/keyless.ts';

const mock = await mockSigstore();
const root = toRoot(mock.rootJson());
const SHA256 = 'ab'.repeat(32);
const BYTES = Buffer.from('disk image');
const statement = (request: SignRequest = {}) => mock.signDsse(toStatement(SHA256), IN_TOTO_PAYLOAD, request);

const honest: readonly [string, SignRequest, string | undefined, readonly string[]][] = [
  ['Rekor 1, bundle 0.3', {}, LOG_V1, ['log']],
  ['Rekor 1, bundle 0.2', { version: 'v0.2' }, LOG_V1, ['log']],
  ['Rekor 1, bundle 0.1', { version: 'v0.1' }, LOG_V1, ['log']],
  ['Rekor 1 and a time stamp', { stamped: true }, LOG_V1, ['log', 'timestamp-authority']],
  ['Rekor 1, intoto entry', { entry: 'intoto' }, LOG_V1, ['log']],
  ['Rekor 1, hashedrekord entry', { entry: 'hashedrekord' }, LOG_V1, ['log']],
  ['Rekor 2, dsse entry', { log: 'v2' }, LOG_V2, ['timestamp-authority']],
  ['Rekor 2, hashedrekord entry', { log: 'v2', entry: 'hashedrekord' }, LOG_V2, ['timestamp-authority']],
];

for (const [name, request, log, sources] of honest) {
  test(`keyless statement: ${name}`, async () => {
    const { code, message, proofs } = await prove(await statement(request), { roots: [root] });
    assert.equal(code, 'PROVEN', message);
    const [proof] = proofs;
    assert.deepEqual(proof?.identity, { kind: 'sigstore', issuer: ISSUER, subject: WORKFLOW, root: 'mock' });
    assert.equal(proof?.log?.log, log);
    assert.deepEqual(
      proof?.times.map(({ source }) => source),
      sources,
    );
    assert.ok(proof?.content.kind === 'statement');
    assert.deepEqual(proof.content.statement.subjects[0]?.digest, { sha256: SHA256 });
    assert.deepEqual(proof.notes, []);
  });
}

const names: readonly [string, SignRequest, string][] = [
  ['an e-mail address', { identity: 'ana@acme.example' }, 'ana@acme.example'],
  ['a user name in the other form', { identity: 'other:ana!acme.example' }, 'ana!acme.example'],
  ['a URI, its issuer in the old extension', { leaf: { oldIssuer: true } }, WORKFLOW],
];

for (const [name, request, subject] of names) {
  test(`keyless file, signed by ${name}`, async () => {
    for (const whole of [true, false]) {
      const bundle = await mock.signMessage(BYTES, request);
      const file = toFile(BYTES, whole);
      const { code, message, proofs } = await prove(bundle, { roots: [root] }, { file });
      assert.equal(code, 'PROVEN', message);
      assert.deepEqual(proofs[0]?.identity, { kind: 'sigstore', issuer: ISSUER, subject, root: 'mock' });
      assert.deepEqual(proofs[0]?.content, { kind: 'file', digest: file.digest });
    }
  });
}

test('an instance without logs: the time stamp alone says when', async () => {
  const json = mock.rootJson();
  Object.assign(json, { tlogs: [], ctlogs: [] });
  const privateRoot = toRoot(json, 'private', { requireLog: false, requireSct: false });
  const bundle = await statement({ log: 'none', leaf: { sct: false } });
  const { code, message, proofs } = await prove(bundle, { roots: [privateRoot] });
  assert.equal(code, 'PROVEN', message);
  assert.equal(proofs[0]?.log, undefined);
  const unstamped = await statement({ log: 'none', stamped: false, leaf: { sct: false } });
  assert.equal((await prove(unstamped, { roots: [privateRoot] })).code, 'TIMESTAMP_MISSING');
});

test('every root that proves a signature gives a proof, one that does not gives none', async () => {
  const other = toRoot((await mockSigstore()).rootJson(), 'other');
  const { proofs } = await prove(await statement(), {
    roots: [other, root, toRoot(mock.rootJson(), 'twin')],
  });
  assert.deepEqual(
    proofs.map(({ identity }) => identity.kind === 'sigstore' && identity.root),
    ['mock', 'twin'],
  );
});

const key = newKeyPair();

test('a key alone: with a log entry it is proven when, without a root there is a note', async () => {
  const keys = [toTrustedKey(key.publicKey)];
  const known = await prove(await statement({ key }), { keys, roots: [root] });
  assert.equal(known.code, 'PROVEN', known.message);
  assert.equal(known.proofs[0]?.log?.log, LOG_V1);
  assert.deepEqual(known.proofs[0]?.notes, []);
  const unknown = await prove(await statement({ key }), { keys });
  assert.equal(unknown.code, 'PROVEN', unknown.message);
  assert.equal(unknown.proofs[0]?.log, undefined);
  assert.deepEqual(unknown.proofs[0]?.times, []);
  assert.match(unknown.proofs[0]?.notes[0] ?? '', /not checked/);
  const elsewhere = toRoot({ ...(await mockSigstore()).rootJson(), timestampAuthorities: [] }, 'other');
  const foreign = await prove(await statement({ key, stamped: true }), { keys, roots: [elsewhere] });
  assert.equal(foreign.code, 'PROVEN', foreign.message);
  assert.deepEqual(foreign.proofs[0]?.notes.length, 2);
  assert.equal(foreign.proofs[0]?.log, undefined);
});

test('a key that is trusted under two names gives a proof for each, in its period', async () => {
  const validUntil = new Date(mock.clock.getTime() - 60_000);
  const keys = [
    toTrustedKey(key.publicKey, 'old', { validUntil }),
    toTrustedKey(newKeyPair().publicKey, 'stranger'),
    toTrustedKey(key.publicKey, 'new', { validFrom: validUntil }),
    toTrustedKey(key.publicKey, 'always'),
  ];
  const { proofs } = await prove(await statement({ key }), { keys, roots: [root] });
  assert.deepEqual(
    proofs.map(({ identity }) => identity.kind === 'key' && identity.name),
    ['new', 'always'],
  );
});

const refused: readonly [
  string,
  string,
  () => Promise<[Parameters<typeof prove>[0], Parameters<typeof prove>[1], Parameters<typeof prove>[2]?]>,
][] = [
  ['nothing that is JSON', 'MALFORMED', async () => [Buffer.from('{'), { roots: [root] }]],
  [
    'a name given twice',
    'MALFORMED',
    async () => [Buffer.from('{"mediaType":"a","mediaType":"b"}'), { roots: [root] }],
  ],
  [
    'another version',
    'UNSUPPORTED',
    async () => [
      { ...(await statement()), mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' },
      { roots: [root] },
    ],
  ],
  [
    'a version that only begins like one',
    'UNSUPPORTED',
    async () => [
      { ...(await statement()), mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3x' },
      { roots: [root] },
    ],
  ],
  [
    'two contents',
    'MALFORMED',
    async () => [Object.assign(await statement(), { messageSignature: {} }), { roots: [root] }],
  ],
  [
    'no content',
    'MALFORMED',
    async () => [Object.assign(await statement(), { dsseEnvelope: null }), { roots: [root] }],
  ],
  [
    'two signers',
    'MALFORMED',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.verificationMaterial, { publicKey: { hint: '' } });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'a chain in version 0.3',
    'MALFORMED',
    async () => [
      {
        ...(await statement({ version: 'v0.2' })),
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      },
      { roots: [root] },
    ],
  ],
  [
    'an entry without a proof in version 0.3',
    'MALFORMED',
    async () => [
      {
        ...(await statement({ version: 'v0.1', key })),
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      },
      { keys: [toTrustedKey(key.publicKey)] },
    ],
  ],
  [
    'an envelope with two signatures',
    'MALFORMED',
    async () => {
      const bundle = await statement();
      bundle.dsseEnvelope?.signatures.push({ sig: 'AAAA', keyid: '' });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'nine log entries',
    'TOO_MANY',
    async () => {
      const bundle = await statement();
      const { verificationMaterial: material } = bundle;
      material.tlogEntries = Array(9).fill(material.tlogEntries[0]);
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'nine time stamps',
    'TOO_MANY',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.verificationMaterial, {
        timestampVerificationData: { rfc3161Timestamps: Array(9).fill({ signedTimestamp: 'AA==' }) },
      });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'a proof of 65 hashes',
    'TOO_MANY',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.verificationMaterial.tlogEntries[0]?.inclusionProof ?? {}, {
        hashes: Array(65).fill('AAAA'),
      });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'a log time that is no number',
    'MALFORMED',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.verificationMaterial.tlogEntries[0] ?? {}, { integratedTime: '1e9' });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'another kind of payload',
    'PAYLOAD_TYPE',
    async () => [await mock.signDsse('{}', 'application/json'), { roots: [root] }],
  ],
  [
    'a statement that is none',
    'MALFORMED',
    async () => [await mock.signDsse('{}', IN_TOTO_PAYLOAD), { roots: [root] }],
  ],
  [
    'a file, and none is given',
    'UNSUPPORTED',
    async () => [await mock.signMessage(BYTES), { roots: [root] }],
  ],
  [
    'a certificate of a stranger',
    'CERTIFICATE_UNTRUSTED',
    async () => [await (await mockSigstore()).signDsse('{}', IN_TOTO_PAYLOAD), { roots: [root] }],
  ],
  [
    'a certificate that is none',
    'MALFORMED',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.verificationMaterial, { certificate: { rawBytes: 'AAAA' } });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'a certificate for servers',
    'CERTIFICATE_USAGE',
    async () => [await statement({ leaf: { usages: ['1.3.6.1.5.5.7.3.1'] } }), { roots: [root] }],
  ],
  [
    'a certificate for nothing in particular',
    'CERTIFICATE_USAGE',
    async () => [await statement({ leaf: { usages: [] } }), { roots: [root] }],
  ],
  [
    'a certificate that is an authority',
    'CERTIFICATE_USAGE',
    async () => [await statement({ leaf: { authority: true } }), { roots: [root] }],
  ],
  [
    'a certificate not for signatures',
    'CERTIFICATE_USAGE',
    async () => [await statement({ leaf: { keyUsages: 2 } }), { roots: [root] }],
  ],
  [
    'a certificate with two names',
    'CERTIFICATE_USAGE',
    async () => [await statement({ identity: [WORKFLOW, 'ana@acme.example'] }), { roots: [root] }],
  ],
  [
    'a certificate without a name',
    'CERTIFICATE_USAGE',
    async () => [await statement({ identity: [] }), { roots: [root] }],
  ],
  [
    'a certificate that names a host',
    'CERTIFICATE_USAGE',
    async () => [await statement({ identity: 'dns:acme.example' }), { roots: [root] }],
  ],
  [
    'a certificate without SCT',
    'SCT_INVALID',
    async () => [await statement({ leaf: { sct: false } }), { roots: [root] }],
  ],
  [
    'an SCT of another log',
    'SCT_INVALID',
    async () => {
      const json = mock.rootJson();
      json.ctlogs = (await mockSigstore()).rootJson().ctlogs;
      return [await statement(), { roots: [toRoot(json)] }];
    },
  ],
  [
    'a log of another root',
    'LOG_INVALID',
    async () => {
      const json = mock.rootJson();
      json.tlogs = (await mockSigstore()).rootJson().tlogs;
      return [await statement(), { roots: [toRoot(json)] }];
    },
  ],
  [
    'a Rekor 2 log that was retired before',
    'LOG_INVALID',
    async () => {
      const json = mock.rootJson();
      Object.assign(json.tlogs[1]?.publicKey.validFor ?? {}, {
        end: new Date(mock.clock.getTime() - 60_000).toISOString(),
      });
      return [await statement({ log: 'v2' }), { roots: [toRoot(json)] }];
    },
  ],
  [
    'a certificate used after its ten minutes',
    'CERTIFICATE_EXPIRED',
    async () => [
      await statement({ leaf: { at: new Date(mock.clock.getTime() - 3_600_000) } }),
      { roots: [root] },
    ],
  ],
  [
    'an authority that was retired before',
    'CERTIFICATE_EXPIRED',
    async () => {
      const json = mock.rootJson();
      Object.assign(json.certificateAuthorities[0]?.validFor ?? {}, {
        end: new Date(mock.clock.getTime() - 60_000).toISOString(),
      });
      return [await statement(), { roots: [toRoot(json)] }];
    },
  ],
  [
    'a time that is still to come',
    'FROM_THE_FUTURE',
    async () => [await statement(), { roots: [root] }, { now: new Date(mock.clock.getTime() - 6 * 60_000) }],
  ],
  [
    'a key and a time that is still to come',
    'FROM_THE_FUTURE',
    async () => [
      await statement({ key }),
      { roots: [root], keys: [toTrustedKey(key.publicKey)] },
      { now: new Date(mock.clock.getTime() - 6 * 60_000) },
    ],
  ],
  [
    'a payload that was changed',
    'SIGNATURE_INVALID',
    async () => {
      const bundle = await statement();
      Object.assign(bundle.dsseEnvelope ?? {}, {
        payload: Buffer.from(toStatement('cd'.repeat(32))).toString('base64'),
      });
      return [bundle, { roots: [root] }];
    },
  ],
  [
    'a key, and the payload was changed',
    'SIGNATURE_INVALID',
    async () => {
      const bundle = await statement({ key });
      Object.assign(bundle.dsseEnvelope ?? {}, {
        payload: Buffer.from(toStatement('cd'.repeat(32))).toString('base64'),
      });
      return [bundle, { keys: [toTrustedKey(key.publicKey)] }];
    },
  ],
  [
    'a key that nobody trusts',
    'SIGNER_NOT_TRUSTED',
    async () => [await statement({ key }), { keys: [toTrustedKey(newKeyPair().publicKey)], roots: [root] }],
  ],
  [
    'a bare key, and only roots are trusted',
    'WRONG_MATERIAL',
    async () => [await statement({ key }), { roots: [root] }],
  ],
  [
    'a key, and an entry that its log never made',
    'LOG_INVALID',
    async () => {
      const bundle = await statement({ key });
      Object.assign(bundle.verificationMaterial.tlogEntries[0]?.inclusionPromise ?? {}, {
        signedEntryTimestamp: 'AAAA',
      });
      return [bundle, { keys: [toTrustedKey(key.publicKey)], roots: [root] }];
    },
  ],
];

for (const [name, code, build] of refused) {
  test(`${code}: ${name}`, async () => {
    const outcome = await prove(...(await build()));
    assert.equal(outcome.code, code, outcome.message);
    assert.deepEqual(outcome.proofs, []);
    assert.match(outcome.message, /\S/);
  });
}

test('other formats are none of its business', async () => {
  const found = {
    ...toFound(toBytes(await statement())),
    body: { kind: 'envelope', envelope: Buffer.of(), annotations: {} },
  } as const;
  const context = { now: new Date(), signal: new AbortController().signal, name: undefined };
  assert.deepEqual(await proveBundle(found, { keys: [], roots: [root], notation: [] }, context), []);
});

test('a file that cannot be read is a broken operation, not a bad signature', async () => {
  const ed25519 = generateKeyPairSync('ed25519');
  const bundle = await mock.signMessage(BYTES, { key: ed25519, log: 'none', stamped: false });
  const unreadable = async function* () {
    yield BYTES;
    throw new Failure('NO_PERMISSION', 'disk.raw cannot be read');
  };
  const keys = [toTrustedKey(ed25519.publicKey)];
  const proving = prove(bundle, { keys }, { file: { ...toFile(BYTES), bytes: unreadable } });
  await assert.rejects(proving, { name: 'Failure', code: 'NO_PERMISSION' });
  const changed = prove(
    bundle,
    { keys },
    { file: { ...toFile(BYTES), bytes: toFile(Buffer.from('other')).bytes ?? unreadable } },
  );
  await assert.rejects(changed, { name: 'Failure', code: 'DIGEST_MISMATCH' });
});
