import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Failure } from '../../../core/failure.ts';
import { parsePublicKey } from '../keys.ts';
import { type TrustOptions, toRules } from './options.ts';
import { rulesFor } from './rules.ts';

const key = (name: string) =>
  parsePublicKey(
    name,
    String(generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' })),
  );
const release = key('release.pub');
const issuer = 'https://token.actions.githubusercontent.com';

test('options: keys are one rule for everything, which any of them may satisfy', () => {
  const other = key('other.pub');
  const rules = toRules({ keys: [release, other], log: 'required' });
  assert.deepEqual(rules[0]?.requirements, [
    {
      by: [
        { kind: 'key', key: release },
        { kind: 'key', key: other },
      ],
      atLeast: 1,
      log: 'required',
      sameRepository: false,
    },
  ]);
  for (const name of ['docker.io/library/nginx', undefined]) assert.equal(rulesFor(rules, name).length, 1);
});

test('options: an identity is exact, of the public root, unless said otherwise', () => {
  const [signer] = toRules({ identity: 'ci@acme.example', issuer })[0]?.requirements[0]?.by ?? [];
  assert.deepEqual(signer, {
    kind: 'sigstore',
    issuer,
    subject: { kind: 'exact', text: 'ci@acme.example' },
    root: 'sigstore',
  });
  const [pattern] =
    toRules({ identityPattern: '*@acme.example', issuer, root: 'corp' })[0]?.requirements[0]?.by ?? [];
  assert.ok(pattern?.kind === 'sigstore' && pattern.subject.kind === 'pattern' && pattern.root === 'corp');
});

test('options: a type asks for an attestation instead', () => {
  const predicate = (options: TrustOptions) =>
    toRules({ keys: [release], ...options })[0]?.requirements[0]?.predicate;
  assert.deepEqual(predicate({ predicate: 'slsaprovenance1' }), {
    types: ['https://slsa.dev/provenance/v1'],
  });
  assert.deepEqual(predicate({ predicate: 'https://x.example/v1' }), { types: ['https://x.example/v1'] });
  assert.equal(predicate({ predicate: 'vsa', verifier: 'https://v.example' })?.verifier, 'https://v.example');
  assert.equal(predicate({}), undefined);
});

const REFUSED: readonly (readonly [name: string, options: TrustOptions, message: RegExp])[] = [
  ['bypass 15: nobody', {}, /nobody is named/],
  ['an identity without issuer', { identity: 'ci@acme.example' }, /give the issuer/],
  ['an issuer without identity', { issuer }, /give the identity/],
  ['an issuer beside a key', { keys: [release], issuer }, /give the identity/],
  ['an identity twice', { identity: 'a', identityPattern: '*@a.example', issuer }, /one of the two/],
  ['bypass 3: an empty identity', { identity: '', issuer }, /empty/],
  ['bypass 3: a pattern for everybody', { identityPattern: '**', issuer }, /everybody/],
  ['bypass 3: a pattern as exact identity', { identity: '*@a.example', issuer }, /an identity pattern/],
  ['bypass 3: a pattern as issuer', { identity: 'a', issuer: 'https://*' }, /exactly/],
  ['one key twice, where two must sign', { keys: [release, release], atLeast: 2 }, /only 1 named/],
  ['an unknown type', { keys: [release], predicate: 'slsa' }, /neither a type URI/],
  ['bypass 13: a VSA without verifier', { keys: [release], predicate: 'vsa' }, /verifier/],
  [
    'bypass 13: a verifier where no VSA is asked for',
    { keys: [release], verifier: 'https://v.example' },
    /vsa/,
  ],
];

for (const [name, options, message] of REFUSED) {
  test(`options refuse: ${name}`, () =>
    assert.throws(
      () => toRules(options),
      (error) => error instanceof Failure && error.code === 'USAGE' && message.test(error.message),
    ));
}
