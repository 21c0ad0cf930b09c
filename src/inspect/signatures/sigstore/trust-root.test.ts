import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../core/failure.ts';
import { toSpki } from './testing/authority.ts';
import { mockSigstore, newKeyPair, type RootJson } from './testing/keyless.ts';
import { parseTrustRoot } from './trust-root.ts';

const mock = await mockSigstore();
const ALL = { requireLog: true, requireSct: true };

test('a whole root is read: its authorities, logs and periods', () => {
  const root = parseTrustRoot('acme', mock.rootJson(), ALL);
  assert.equal(root.name, 'acme');
  assert.deepEqual(
    Object.entries(root.material).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.length : 'function',
    ]),
    [
      ['certificateAuthorities', 1],
      ['timestampAuthorities', 1],
      ['tlogs', 2],
      ['ctlogs', 1],
      ['publicKey', 'function'],
    ],
  );
});

test('version 0.2 is read, an end and a key for checkpoints are kept', () => {
  const json = mock.rootJson();
  json.mediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.2';
  const end = '2040-01-01T00:00:00Z';
  const [log] = json.tlogs;
  assert.ok(log?.publicKey.validFor !== undefined);
  log.publicKey.validFor.end = end;
  Object.assign(log, { checkpointKeyId: { keyId: 'AAECAw==' } });
  const [read] = parseTrustRoot('acme', json, ALL).material.tlogs;
  assert.deepEqual(read?.validFor.end, new Date(end));
  assert.deepEqual(read?.logID, Buffer.of(0, 1, 2, 3));
});

const p384 = toSpki(newKeyPair('P-384').publicKey).toString('base64');
const rsa = toSpki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey).toString('base64');

/** Each row: what is done to a good root, and what the refusal names. */
const broken: readonly [string, (root: RootJson) => unknown, RegExp][] = [
  [
    'bypass 5: a log key without validity',
    (root) => delete root.tlogs[0]?.publicKey.validFor,
    /tlogs\[0\]\.publicKey\.validFor\.start is missing/,
  ],
  [
    'bypass 5: a log key without validity start',
    (root) => Object.assign(root.tlogs[1]?.publicKey ?? {}, { validFor: { end: '2040-01-01T00:00:00Z' } }),
    /tlogs\[1\]\.publicKey\.validFor\.start is missing/,
  ],
  [
    'bypass 5: a certificate log key without validity',
    (root) => delete root.ctlogs[0]?.publicKey.validFor,
    /ctlogs\[0\]\.publicKey\.validFor\.start/,
  ],
  [
    'bypass 5: an authority without validity',
    (root) => delete root.certificateAuthorities[0]?.validFor,
    /certificateAuthorities\[0\]\.validFor\.start/,
  ],
  [
    'bypass 5: a time stamping authority without validity',
    (root) => delete root.timestampAuthorities[0]?.validFor,
    /timestampAuthorities\[0\]\.validFor\.start/,
  ],
  [
    'a start that is no time',
    (root) => Object.assign(root.tlogs[0]?.publicKey.validFor ?? {}, { start: '2024' }),
    /validFor\.start is not understood/,
  ],
  [
    'a start in a month that is none',
    (root) => Object.assign(root.tlogs[0]?.publicKey.validFor ?? {}, { start: '2024-13-01T00:00:00Z' }),
    /validFor\.start is no time/,
  ],
  [
    'an end before the start',
    (root) => Object.assign(root.tlogs[0]?.publicKey.validFor ?? {}, { end: '1999-01-01T00:00:00Z' }),
    /validFor\.end is before the start/,
  ],
  [
    'no authorities',
    (root) => Object.assign(root, { certificateAuthorities: [] }),
    /certificateAuthorities is empty/,
  ],
  [
    'authorities that are no list',
    (root) => Object.assign(root, { certificateAuthorities: {} }),
    /certificateAuthorities is no list/,
  ],
  [
    'an authority without certificates',
    (root) => Object.assign(root.certificateAuthorities[0] ?? {}, { certChain: { certificates: [] } }),
    /certificates is empty/,
  ],
  [
    'an authority that is no certificate',
    (root) =>
      Object.assign(root.certificateAuthorities[0]?.certChain.certificates[0] ?? {}, { rawBytes: 'AAAA' }),
    /certificates\[0\]\.rawBytes is no certificate/,
  ],
  [
    'a chain without end',
    (root) =>
      Object.assign(root.certificateAuthorities[0] ?? {}, {
        certChain: { certificates: Array(9).fill({ rawBytes: 'AAAA' }) },
      }),
    /has more than 8 members/,
  ],
  ['no log, though one is required', (root) => Object.assign(root, { tlogs: [] }), /tlogs is empty/],
  [
    'no certificate log, though one is required',
    (root) => Object.assign(root, { ctlogs: undefined }),
    /ctlogs is empty/,
  ],
  [
    'a log without a name',
    (root) => Object.assign(root.tlogs[0] ?? {}, { baseUrl: '' }),
    /baseUrl is missing/,
  ],
  [
    'a log without identity',
    (root) => Object.assign(root.tlogs[0] ?? {}, { logId: undefined }),
    /logId\.keyId is missing/,
  ],
  [
    'a key of an unspecified kind',
    (root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { keyDetails: 'PUBLIC_KEY_DETAILS_UNSPECIFIED' }),
    /keyDetails is of a kind that is not supported/,
  ],
  [
    'a log key whose signatures the library cannot verify',
    (root) =>
      Object.assign(root.tlogs[0]?.publicKey ?? {}, {
        keyDetails: 'PKIX_ECDSA_P384_SHA_384',
        rawBytes: p384,
      }),
    /keyDetails is of a kind that is not supported/,
  ],
  [
    'a key of another kind than it says',
    (root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { rawBytes: rsa }),
    /rawBytes is a key of another kind/,
  ],
  [
    'a key that is none',
    (root) => Object.assign(root.tlogs[0]?.publicKey ?? {}, { rawBytes: 'AAAA' }),
    /rawBytes is no public key/,
  ],
  [
    'another document',
    (root) => Object.assign(root, { mediaType: 'application/json' }),
    /mediaType is not understood/,
  ],
  [
    'too many logs',
    (root) => Object.assign(root, { tlogs: Array(65).fill(root.tlogs[0]) }),
    /tlogs has more than 64/,
  ],
  [
    'a text without end',
    (root) => Object.assign(root.tlogs[0] ?? {}, { baseUrl: 'x'.repeat(40_000) }),
    /baseUrl is too long/,
  ],
];

for (const [name, breakIt, expected] of broken) {
  test(`refused: ${name}`, () => {
    const json = mock.rootJson();
    breakIt(json);
    assert.throws(
      () => parseTrustRoot('acme', json, ALL),
      (error) =>
        isFailure(error, 'MALFORMED') &&
        expected.test(error.message) &&
        error.message.startsWith('trust root acme: '),
    );
  });
}

test('an instance without logs needs a time stamping authority instead', () => {
  const json = mock.rootJson();
  Object.assign(json, { tlogs: [], ctlogs: [] });
  const none = { requireLog: false, requireSct: false };
  assert.equal(parseTrustRoot('private', json, none).material.timestampAuthorities.length, 1);
  json.timestampAuthorities = [];
  assert.throws(() => parseTrustRoot('private', json, none), /timestampAuthorities is empty/);
});

test('whatever the document is, it is a root or MALFORMED', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(mock.rootJson())), (value, member) => {
      for (const json of [
        value,
        { ...mock.rootJson(), [member]: value },
        { ...mock.rootJson(), [member]: [value] },
      ]) {
        try {
          parseTrustRoot('fuzzed', json, ALL);
        } catch (error) {
          assert.ok(isFailure(error, 'MALFORMED'), String(error));
        }
      }
    }),
    { numRuns: 200 },
  );
});
