import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { toRoot, toTrustedKey } from '../sigstore/testing/found.ts';
import { ISSUER, LOG_V1, mockSigstore, newKeyPair, WORKFLOW } from '../sigstore/testing/keyless.ts';
import { proveCosign } from './prove.ts';
import {
  attestWithSigstore,
  IMAGE,
  type Layer,
  PREDICATE,
  prove,
  signWithKey,
  signWithSigstore,
  toFound,
  toPayload,
  toStamp,
} from './testing/legacy.ts';

const sigstore = await mockSigstore();
const roots = [toRoot(sigstore.rootJson())];
const key = newKeyPair();
const keys = [toTrustedKey(key.publicKey)];
const YEAR = 365 * 86_400_000;

for (const [name, pair, hash] of [
  ['P-256', newKeyPair('P-256'), 'sha256'],
  ['P-384 as cosign does', newKeyPair('P-384'), 'sha256'],
  ['P-384 as sigstore does', newKeyPair('P-384'), 'sha384'],
  ['P-521', newKeyPair('P-521'), 'sha512'],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
  ['Ed25519', generateKeyPairSync('ed25519'), 'sha256'],
] as const) {
  test(`a signature by a key proves the digest in its payload: ${name}`, async () => {
    const ours = toTrustedKey(pair.publicKey, 'release');
    const { proofs } = await prove(signWithKey(pair, toPayload(), hash), { keys: [...keys, ours] });
    assert.deepEqual(proofs, [
      {
        format: 'cosign',
        identity: { kind: 'key', name: 'release', fingerprint: ours.fingerprint },
        content: { kind: 'image', digest: IMAGE, claimedName: 'registry.example/app' },
        times: [],
        notes: [],
      },
    ]);
  });
}

test('a key under two names is proven under both', async () => {
  const { proofs } = await prove(signWithKey(key), { keys: [...keys, toTrustedKey(key.publicKey, 'again')] });
  assert.deepEqual(
    proofs.map(({ identity }) => identity.kind === 'key' && identity.name),
    ['ours', 'again'],
  );
});

test('a keyless signature proves identity, time and log entry', async () => {
  const { proofs, message } = await prove(await signWithSigstore(sigstore), { roots, keys });
  assert.equal(message, '');
  const [proof] = proofs;
  assert.deepEqual(proof?.identity, { kind: 'sigstore', issuer: ISSUER, subject: WORKFLOW, root: 'mock' });
  assert.equal(proof.content.kind === 'image' && proof.content.digest, IMAGE);
  assert.equal(proof.log?.log, LOG_V1);
  assert.equal(proof.times[0]?.source, 'log');
});

for (const entry of ['dsse', 'intoto'] as const) {
  test(`a keyless attestation is proven: logged as ${entry}`, async () => {
    const { proofs, message } = await prove(await attestWithSigstore(sigstore, { entry }), { roots });
    assert.equal(message, '');
    const content = proofs[0]?.content;
    assert.equal(content?.kind === 'statement' && content.statement.predicateType, PREDICATE);
  });
}

test('an attestation by a key is proven', async () => {
  const { proofs } = await prove(await attestWithSigstore(sigstore, { key }), { keys });
  assert.equal(proofs[0]?.identity.kind, 'key');
  assert.match(proofs[0]?.notes[0] ?? '', /not checked: no sigstore trust root/);
});

test('a time stamp is believed: of a signature over the signature, of an attestation over the envelope', async () => {
  for (const layer of [
    await signWithSigstore(sigstore, toPayload(), { stamped: true }),
    await attestWithSigstore(sigstore, { stamped: true }),
  ]) {
    const { proofs, message } = await prove(layer, { roots });
    assert.equal(message, '');
    assert.deepEqual(
      proofs[0]?.times.map(({ source }) => source),
      ['log', 'timestamp-authority'],
    );
  }
});

test("a logged key's entry is verified where a root has the log", async () => {
  const layer = await signWithSigstore(sigstore, toPayload(), { key });
  const { proofs } = await prove(layer, { keys, roots });
  assert.equal(proofs[0]?.log?.log, LOG_V1);
  assert.equal(proofs[0]?.times[0]?.source, 'log');
  const unread = await prove(layer, { keys });
  assert.equal(unread.proofs[0]?.log, undefined);
});

test('a certificate beside a signature by a trusted key counts for nothing, and neither does its log entry', async () => {
  const stranger = await signWithSigstore(sigstore);
  const layer = signWithKey(key);
  layer.annotations = { ...stranger.annotations, ...layer.annotations };
  for (const materials of [{ keys }, { keys, roots }]) {
    const { proofs } = await prove(layer, materials);
    assert.deepEqual(
      proofs.map(({ identity }) => identity.kind),
      ['key'],
    );
    assert.equal(proofs[0]?.log, undefined);
    assert.match(proofs[0]?.notes.join() ?? '', /of the certificate, not of the key/);
  }
});

test('a key with a period needs a time that somebody trusted says', async () => {
  const period = { validFrom: new Date(sigstore.clock.getTime() - YEAR), validUntil: sigstore.clock };
  const limited = [toTrustedKey(key.publicKey, 'old', period)];
  assert.equal((await prove(signWithKey(key), { keys: limited })).code, 'TIMESTAMP_MISSING');
  const at = new Date(sigstore.clock.getTime() - 60_000);
  const before = await signWithSigstore(sigstore, toPayload(), { key, at });
  assert.equal((await prove(before, { keys: limited, roots })).proofs.length, 1);
  const over = [
    toTrustedKey(key.publicKey, 'old', { ...period, validUntil: new Date(at.getTime() - 60_000) }),
  ];
  assert.equal((await prove(before, { keys: over, roots })).code, 'KEY_NOT_VALID_THEN');
});

const REFUSED: Readonly<Record<string, readonly [string, (layer: Layer) => void]>> = {
  'no signature': [
    'MALFORMED',
    ({ annotations }) => delete annotations['dev.cosignproject.cosign/signature'],
  ],
  'a signature that is no base64': ['MALFORMED', set('dev.cosignproject.cosign/signature', '%%%')],
  'a signature without end': ['MALFORMED', set('dev.cosignproject.cosign/signature', 'A'.repeat(100_000))],
  'a certificate that is none': ['MALFORMED', set('dev.sigstore.cosign/certificate', 'CERTIFICATE')],
  'two certificates': [
    'MALFORMED',
    ({ annotations }) => {
      const pem = annotations['dev.sigstore.cosign/certificate'] ?? '';
      annotations['dev.sigstore.cosign/certificate'] = pem + pem;
    },
  ],
  'a certificate full of nothing': [
    'MALFORMED',
    set('dev.sigstore.cosign/certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
  ],
  'a log entry that is no JSON': ['MALFORMED', set('dev.sigstore.cosign/bundle', '{')],
  'half a log entry': ['MALFORMED', set('dev.sigstore.cosign/bundle', '{"SignedEntryTimestamp":"AAAA"}')],
  'a log entry of another form': [
    'MALFORMED',
    changeEntry((entry) => Object.assign(entry.Payload, { logIndex: '1' })),
  ],
  'a log entry that says two things': [
    'MALFORMED',
    ({ annotations }) => {
      const text = annotations['dev.sigstore.cosign/bundle'] ?? '';
      annotations['dev.sigstore.cosign/bundle'] = text.replace('{', '{"Payload":{},');
    },
  ],
  'a log entry too long to read': ['TOO_LARGE', set('dev.sigstore.cosign/bundle', ' '.repeat(300_000))],
  'a time stamp that is none': [
    'TIMESTAMP_INVALID',
    set('dev.sigstore.cosign/rfc3161timestamp', toStamp('AAAA')),
  ],
  'a time stamp of another form': ['MALFORMED', set('dev.sigstore.cosign/rfc3161timestamp', '{}')],
  'another time': ['LOG_INVALID', changeEntry((entry) => entry.Payload.integratedTime++)],
  'another promise': [
    'LOG_INVALID',
    changeEntry((entry) => Object.assign(entry, { SignedEntryTimestamp: 'AAAA' })),
  ],
  'an entry of the kind that cosign 1 wrote': [
    'UNSUPPORTED',
    changeEntry(({ Payload }) => {
      const body = { kind: 'intoto', apiVersion: '0.0.1', spec: {} };
      Payload.body = Buffer.from(JSON.stringify(body)).toString('base64');
    }),
  ],
};

for (const [name, [code, change]] of Object.entries(REFUSED)) {
  test(`a keyless signature is refused: ${name}`, async () => {
    const layer = await signWithSigstore(sigstore);
    change(layer);
    const outcome = await prove(layer, { roots });
    assert.equal(outcome.code, code, outcome.message);
    assert.deepEqual(outcome.proofs, []);
  });
}

const PAYLOADS: Readonly<Record<string, readonly [string, string]>> = {
  'of another kind of signature': ['PAYLOAD_TYPE', toPayload(IMAGE, 'atomic container signature').toString()],
  'with a digest that is none': ['MALFORMED', toPayload('sha256:abc').toString()],
  'without a type': ['MALFORMED', toPayload().toString().replace('"type"', '"kind"')],
  'with more that is critical': [
    'MALFORMED',
    toPayload().toString().replace('"type"', '"only-on":"mondays","type"'),
  ],
  'with two digests': [
    'MALFORMED',
    toPayload()
      .toString()
      .replace('"image":{', `"image":{"docker-manifest-digest":"sha256:${'cd'.repeat(32)}",`),
  ],
  'with something after it': ['MALFORMED', `${toPayload()}{}`],
  'that is no JSON': ['MALFORMED', 'sha256:abc'],
  'that is null': ['MALFORMED', 'null'],
  'that is empty': ['MALFORMED', ''],
};

for (const [name, [code, payload]] of Object.entries(PAYLOADS)) {
  test(`a signed payload is refused: ${name}`, async () => {
    const outcome = await prove(signWithKey(key, Buffer.from(payload)), { keys });
    assert.equal(outcome.code, code, outcome.message);
    assert.deepEqual(outcome.proofs, []);
  });
}

test('a payload of podman and one without a name are read', async () => {
  const optional = { creator: 'containers/image 5', timestamp: 1_700_000_000 };
  const podman = toPayload().toString().replace('null', JSON.stringify(optional));
  assert.equal((await prove(signWithKey(key, Buffer.from(podman)), { keys })).proofs.length, 1);
  const { proofs } = await prove(signWithKey(key, toPayload(IMAGE, undefined, '')), { keys });
  assert.deepEqual(proofs[0]?.content, { kind: 'image', digest: IMAGE });
});

for (const [name, bytes] of Object.entries({
  'no JSON': '{',
  'no signature': '{"payloadType":"a","payload":"","signatures":[]}',
  'two signatures': '{"payloadType":"a","payload":"","signatures":[{"sig":"AAAA"},{"sig":"AAAA"}]}',
  'a payload that is no base64': '{"payloadType":"a","payload":"%","signatures":[{"sig":"AAAA"}]}',
})) {
  test(`an envelope is refused: ${name}`, async () => {
    const layer: Layer = { kind: 'envelope', bytes: Buffer.from(bytes), annotations: {} };
    assert.equal((await prove(layer, { keys })).code, 'MALFORMED');
  });
}

test('an entry of the kind that cosign 1 wrote does not keep a key from proving', async () => {
  const layer = await signWithSigstore(sigstore, toPayload(), { key });
  changeEntry(({ Payload }) => {
    Payload.body = Buffer.from('{"kind":"intoto","apiVersion":"0.0.1","spec":{}}').toString('base64');
  })(layer);
  const { proofs } = await prove(layer, { keys, roots });
  assert.equal(proofs[0]?.log, undefined);
  assert.deepEqual(proofs[0]?.times, []);
  assert.match(proofs[0]?.notes.join() ?? '', /intoto 0\.0\.1 was not checked/);
});

test('other formats are left to others, and a cancelled run is a failure', async () => {
  const context = { now: new Date(), signal: new AbortController().signal, name: undefined };
  const materials = { keys, roots, notation: [] };
  const bundle = { ...toFound(signWithKey(key)), body: { kind: 'bundle' as const, json: Buffer.of() } };
  assert.deepEqual(await proveCosign(bundle, materials, context), []);
  const cancelled = { ...context, signal: AbortSignal.abort() };
  await assert.rejects(proveCosign(toFound(signWithKey(key)), materials, cancelled), (error) =>
    isFailure(error, 'CANCELLED'),
  );
});

test('whatever is changed, nothing else is proven', async () => {
  const layers = [
    await signWithSigstore(sigstore, toPayload(), { stamped: true }),
    await attestWithSigstore(sigstore),
  ];
  const good = await Promise.all(layers.map(async (layer) => (await prove(layer, { roots })).proofs));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1),
      fc.nat(4),
      fc.nat(),
      fc.integer({ min: 32, max: 126 }),
      async (which, part, at, code) => {
        const layer = layers[which];
        assert.ok(layer !== undefined);
        const bent = bend(layer, part, at, String.fromCharCode(code));
        for (const proof of (await prove(bent, { roots })).proofs) {
          assert.deepEqual(proof.content, good[which]?.[0]?.content);
          assert.deepEqual(proof.identity, good[which]?.[0]?.identity);
        }
      },
    ),
    { numRuns: 150 },
  );
});

/** Puts one character into the bytes or one of the annotations. */
function bend(layer: Layer, part: number, at: number, character: string): Layer {
  const names = Object.keys(layer.annotations);
  const name = names[part];
  const put = (text: string): string => {
    const place = at % Math.max(1, text.length);
    return text.slice(0, place) + character + text.slice(place + 1);
  };
  if (name === undefined)
    return { ...layer, bytes: Buffer.from(put(layer.bytes.toString('latin1')), 'latin1') };
  return { ...layer, annotations: { ...layer.annotations, [name]: put(layer.annotations[name] ?? '') } };
}

function set(name: string, value: string): (layer: Layer) => void {
  return ({ annotations }) => {
    annotations[name] = value;
  };
}

interface Entry {
  SignedEntryTimestamp: string;
  Payload: { body: string; integratedTime: number; logIndex: number; logID: string };
}

function changeEntry(change: (entry: Entry) => unknown): (layer: Layer) => void {
  return ({ annotations }) => {
    const entry: Entry = JSON.parse(annotations['dev.sigstore.cosign/bundle'] ?? '');
    change(entry);
    annotations['dev.sigstore.cosign/bundle'] = JSON.stringify(entry);
  };
}
