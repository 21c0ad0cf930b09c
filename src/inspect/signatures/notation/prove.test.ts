import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../../core/failure.ts';
import {
  authority,
  DAY,
  type IssueRequest,
  issue,
  locations,
  makeChain,
  makeKeys,
  makeRsaKeys,
  NOW,
  PURPOSE,
  signer,
  timeStamper,
} from './testing/authority.ts';
import { type EnvelopeRequest, IMAGE, PAYLOAD, signCose, signJws } from './testing/envelope.ts';
import { makeList, makeNetwork } from './testing/revocation.ts';
import { ask, askAs, NAME, notesOf, outcomeOf, trustIn, trustInRoot } from './testing/scene.ts';
import { stamp } from './testing/time-stamp.ts';

const FORMATS = [
  { format: 'JWS', sign: signJws },
  { format: 'COSE', sign: signCose },
] as const;
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);
const PREFIX = 'io.cncf.notary.';

const { root, intermediate, leaf } = await makeChain();
const stranger = await makeChain();

for (const { format, sign } of FORMATS) {
  test(`a good ${format} envelope proves who signed what`, async () => {
    const [result] = await ask(sign(leaf), trustInRoot(root));
    assert.equal(result?.kind, 'proven');
    const { proof } = result;
    assert.equal(
      proof.identity.kind === 'x509' && proof.identity.subject,
      'C=US,ST=WA,O=Acme,CN=Acme Release',
    );
    assert.equal(proof.identity.kind === 'x509' && proof.identity.store, 'ca:acme');
    assert.deepEqual(proof.content, { kind: 'image', digest: IMAGE });
    assert.equal(proof.trust, 'acme');
    assert.deepEqual(proof.times, [{ time: NOW.toISOString(), source: 'claimed' }]);
    assert.match(proof.notes.join('\n'), /revocation not checked: .*names no OCSP responder/);
  });

  describe(`envelopes that are wrong, ${format}`, () => {
    const alg = format === 'JWS' ? 'alg' : '1';
    const cty = format === 'JWS' ? 'cty' : '3';
    const crit = format === 'JWS' ? 'crit' : '2';
    const chain = format === 'JWS' ? 'x5c' : '33';
    const hs256 = format === 'JWS' ? 'HS256' : 5;
    const foreign = format === 'JWS' ? 'ES384' : -35;
    const rows: readonly {
      readonly name: string;
      readonly code: string;
      readonly request: EnvelopeRequest;
    }[] = [
      { name: 'no algorithm', code: 'MALFORMED', request: { protected: { [alg]: undefined } } },
      { name: 'algorithm none', code: 'MALFORMED', request: { protected: { [alg]: 'none' } } },
      {
        name: 'HMAC with the public key for a secret',
        code: 'MALFORMED',
        request: { protected: { [alg]: hs256 } },
      },
      {
        name: "another algorithm than the key's",
        code: 'SIGNATURE_INVALID',
        request: { protected: { [alg]: foreign } },
      },
      { name: 'another payload type', code: 'PAYLOAD_TYPE', request: { protected: { [cty]: 'text/plain' } } },
      { name: 'no payload type', code: 'PAYLOAD_TYPE', request: { protected: { [cty]: undefined } } },
      { name: 'nothing critical', code: 'MALFORMED', request: { protected: { [crit]: undefined } } },
      {
        name: 'an empty list of critical headers',
        code: 'MALFORMED',
        request: { protected: { [crit]: [] } },
      },
      {
        name: 'a scheme that is not critical',
        code: 'UNSUPPORTED',
        request: { protected: { [crit]: ['x'], x: 1 } },
      },
      {
        name: 'a critical header that is not understood',
        code: 'UNSUPPORTED',
        request: {
          protected: { [crit]: [`${PREFIX}signingScheme`, 'com.example.more'], 'com.example.more': 1 },
        },
      },
      {
        name: 'a critical header twice',
        code: 'MALFORMED',
        request: { protected: { [crit]: [`${PREFIX}signingScheme`, `${PREFIX}signingScheme`] } },
      },
      {
        name: 'a critical header that is missing',
        code: 'MALFORMED',
        request: { protected: { [crit]: [`${PREFIX}signingScheme`, `${PREFIX}expiry`] } },
      },
      {
        name: 'an expiry that is not critical',
        code: 'MALFORMED',
        request: { expiry: ago(-9), protected: { [crit]: [`${PREFIX}signingScheme`] } },
      },
      {
        name: 'a verification plugin',
        code: 'UNSUPPORTED',
        request: {
          protected: {
            [crit]: [`${PREFIX}signingScheme`, `${PREFIX}verificationPlugin`],
            [`${PREFIX}verificationPlugin`]: 'com.example.plugin',
          },
        },
      },
      {
        name: 'a verification plugin that nobody must mind',
        code: 'UNSUPPORTED',
        request: { protected: { [`${PREFIX}verificationPlugin`]: 'com.example.plugin' } },
      },
      {
        name: 'an unknown scheme',
        code: 'UNSUPPORTED',
        request: { protected: { [`${PREFIX}signingScheme`]: 'x' } },
      },
      {
        name: 'no signing time',
        code: 'MALFORMED',
        request: { protected: { [`${PREFIX}signingTime`]: undefined } },
      },
      {
        name: 'a signing time that is none',
        code: 'MALFORMED',
        request: { protected: { [`${PREFIX}signingTime`]: 'now' } },
      },
      { name: 'an end before the start', code: 'MALFORMED', request: { expiry: NOW, signingTime: NOW } },
      { name: 'a payload that is no object', code: 'MALFORMED', request: { payload: [] } },
      { name: 'a payload without target', code: 'MALFORMED', request: { payload: {} } },
      {
        name: 'a target whose digest is none',
        code: 'MALFORMED',
        request: { payload: { targetArtifact: { ...PAYLOAD.targetArtifact, digest: 'sha256:../../x' } } },
      },
      { name: 'no certificate', code: 'MALFORMED', request: { unprotected: { [chain]: [] } } },
      {
        name: 'more certificates than a chain has',
        code: 'TOO_MANY',
        request: {
          unprotected: { [chain]: new Array(11).fill(format === 'JWS' ? 'AAAA' : Uint8Array.of(1)) },
        },
      },
      {
        name: 'a certificate that is none',
        code: 'MALFORMED',
        request: { unprotected: { [chain]: [format === 'JWS' ? 'AAAA' : Uint8Array.of(0x30, 0)] } },
      },
      {
        name: 'a header on both sides',
        code: 'MALFORMED',
        request: { unprotected: { [cty]: 'text/plain' } },
      },
      {
        name: 'its time is over',
        code: 'SIGNATURE_EXPIRED',
        request: { signingTime: ago(9), expiry: ago(1) },
      },
    ];
    for (const { name, code, request } of rows) {
      test(`${name}: ${code}`, async () => {
        assert.equal(await outcomeOf(ask(sign(leaf, request), trustInRoot(root))), code);
      });
    }

    test('other headers that nobody must mind are passed over', async () => {
      const request = { protected: { 'com.example.build': '7' }, unprotected: { 'com.example.more': 'x' } };
      assert.equal(await outcomeOf(ask(sign(leaf, request), trustInRoot(root))), 'proven');
    });

    test('any byte changed: never proven', async () => {
      const envelope = sign(leaf);
      for (let at = 0; at < envelope.length; at += 97) {
        const bent = Buffer.from(envelope);
        bent[at] = (bent[at] ?? 0) ^ 1;
        const media = format === 'JWS' ? 'application/jose+json' : 'application/cose';
        const [result] = await askAs(media, bent, trustInRoot(root));
        // What nobody signed may change: the agent's name is all of it that decides nothing.
        if (result?.kind === 'proven') assert.ok(isAgent(envelope, at), `byte ${at}`);
      }
    });
  });
}

function isAgent(envelope: Buffer, at: number): boolean {
  const start = envelope.indexOf('signingAgent');
  return at >= start - 20 && at < start + 40;
}

describe('algorithms', () => {
  const rows = [
    { name: 'PS256', keys: makeRsaKeys(2048), outcome: 'proven' },
    { name: 'PS384', keys: makeRsaKeys(3072), outcome: 'proven' },
    { name: 'ES256', keys: makeKeys('P-256'), outcome: 'proven' },
    { name: 'ES384', keys: makeKeys('P-384'), outcome: 'proven' },
    { name: 'ES512', keys: makeKeys('P-521'), outcome: 'proven' },
    { name: 'RSA of 1024 bits', keys: makeRsaKeys(1024), outcome: 'CERTIFICATE_USAGE' },
  ];
  for (const { name, keys, outcome } of rows) {
    test(`${name}: ${outcome}`, async () => {
      const { root: top, leaf: end } = await makeChain({ keys });
      for (const { sign } of FORMATS)
        assert.equal(await outcomeOf(ask(sign(end), trustInRoot(top))), outcome);
    });
  }
});

describe('chains', () => {
  const rows: readonly {
    readonly name: string;
    readonly code: string;
    readonly leaf?: Partial<IssueRequest>;
    readonly middle?: Partial<IssueRequest>;
    readonly top?: Partial<IssueRequest>;
  }[] = [
    { name: 'no extended usage at all', code: 'proven', leaf: { extensions: signer() } },
    { name: 'for servers', code: 'CERTIFICATE_USAGE', leaf: { extensions: signer(PURPOSE.serverAuth) } },
    {
      name: 'for code signing and servers',
      code: 'CERTIFICATE_USAGE',
      leaf: { extensions: signer(PURPOSE.codeSigning, PURPOSE.serverAuth) },
    },
    {
      name: 'for anything',
      code: 'CERTIFICATE_USAGE',
      leaf: { extensions: signer(PURPOSE.codeSigning, PURPOSE.any) },
    },
    { name: 'for time stamping', code: 'CERTIFICATE_USAGE', leaf: { extensions: timeStamper() } },
    { name: 'an authority signs', code: 'CERTIFICATE_USAGE', leaf: { extensions: authority() } },
    { name: 'no usage', code: 'CERTIFICATE_USAGE', leaf: { extensions: [] } },
    {
      name: 'intermediate that is no authority',
      code: 'CERTIFICATE_USAGE',
      middle: { extensions: signer() },
    },
    {
      name: 'intermediate that must not certify',
      code: 'CERTIFICATE_USAGE',
      middle: { extensions: authority(0, 2) },
    },
    {
      name: 'root that allows no intermediate',
      code: 'CERTIFICATE_USAGE',
      top: { extensions: authority(0) },
    },
    { name: 'signed with SHA-1', code: 'CERTIFICATE_USAGE', leaf: { hash: 'SHA-1' } },
    { name: 'intermediate signed with SHA-1', code: 'CERTIFICATE_USAGE', middle: { hash: 'SHA-1' } },
    { name: 'leaf over', code: 'CERTIFICATE_EXPIRED', leaf: { notAfter: ago(1) } },
    { name: 'leaf not begun', code: 'CERTIFICATE_EXPIRED', leaf: { notBefore: ago(-1) } },
    { name: 'bypass 9: intermediate over', code: 'CERTIFICATE_EXPIRED', middle: { notAfter: ago(1) } },
    { name: 'root over', code: 'CERTIFICATE_EXPIRED', top: { notAfter: ago(1) } },
  ];
  for (const { name, code, leaf: end = {}, middle = {}, top = {} } of rows) {
    test(`${name}: ${code}`, async () => {
      const made = await makeChain(end, middle, top);
      assert.equal(await outcomeOf(ask(signJws(made.leaf), trustInRoot(made.root))), code);
    });
  }

  const bent = (chain: readonly (Buffer | undefined)[]) =>
    ask(signJws({ ...leaf, chain: chain.flatMap((each) => each ?? []) }), trustInRoot(root));

  test('out of order, with a gap, with a stranger, twice the root: CERTIFICATE_UNTRUSTED', async () => {
    const [first, second, third] = leaf.chain;
    assert.equal(await outcomeOf(bent([first, third, second])), 'CERTIFICATE_UNTRUSTED');
    assert.equal(await outcomeOf(bent([first, third])), 'CERTIFICATE_UNTRUSTED');
    assert.equal(await outcomeOf(bent([first, second])), 'CERTIFICATE_UNTRUSTED');
    assert.equal(await outcomeOf(bent([first, second, third, third])), 'CERTIFICATE_UNTRUSTED');
    assert.equal(
      await outcomeOf(bent([first, second, third, stranger.root.chain[0]])),
      'CERTIFICATE_UNTRUSTED',
    );
  });

  test("a stranger's chain with the names of ours: CERTIFICATE_UNTRUSTED", async () => {
    assert.equal(await outcomeOf(ask(signJws(stranger.leaf), trustInRoot(root))), 'CERTIFICATE_UNTRUSTED');
    assert.equal(
      await outcomeOf(ask(signJws({ ...stranger.leaf, chain: leaf.chain }), trustInRoot(root))),
      'SIGNATURE_INVALID',
    );
  });

  test('an intermediate, or the signer itself, may lie in the store', async () => {
    assert.equal(await outcomeOf(ask(signJws(leaf), trustInRoot(intermediate))), 'proven');
    const own = await issue({
      subject: 'CN=Own, O=Acme, ST=WA, C=US',
      extensions: signer(PURPOSE.codeSigning),
    });
    assert.equal(await outcomeOf(ask(signJws(own), trustInRoot(own))), 'proven');
    assert.equal(await outcomeOf(ask(signJws(own), trustInRoot(root))), 'CERTIFICATE_UNTRUSTED');
  });
});

describe('identities', () => {
  const rows = [
    { name: 'all of the subject', identity: 'C=US, ST=WA, O=Acme, CN=Acme Release', outcome: 'proven' },
    { name: 'part of it', identity: 'O=Acme,ST=WA,C=US', outcome: 'proven' },
    { name: 'S for ST', identity: 'C=US, S=WA, O=Acme', outcome: 'proven' },
    { name: 'another name', identity: 'C=US, ST=WA, O=Acme, CN=Acme Releas', outcome: 'IDENTITY_MISMATCH' },
    {
      name: 'a longer name',
      identity: 'C=US, ST=WA, O=Acme, CN=Acme Release Two',
      outcome: 'IDENTITY_MISMATCH',
    },
    { name: 'another case', identity: 'C=US, ST=WA, O=ACME', outcome: 'IDENTITY_MISMATCH' },
    { name: 'an attribute more', identity: 'C=US, ST=WA, O=Acme, OU=Build', outcome: 'IDENTITY_MISMATCH' },
    { name: 'no pattern', identity: 'C=US, ST=WA, O=Acme, CN=Acme.*', outcome: 'IDENTITY_MISMATCH' },
  ];
  for (const { name, identity, outcome } of rows) {
    test(`${name}: ${outcome}`, async () => {
      const trust = trustInRoot(root, [`x509.subject: ${identity}`]);
      assert.equal(await outcomeOf(ask(signJws(leaf), trust)), outcome);
    });
  }

  test('an attribute that a subject has twice matches nothing', async () => {
    const made = await makeChain({ subject: 'O=Evil, O=Acme, ST=WA, C=US' });
    const trust = trustInRoot(made.root, ['x509.subject: C=US, ST=WA, O=Acme']);
    assert.equal(await outcomeOf(ask(signJws(made.leaf), trust)), 'IDENTITY_MISMATCH');
  });
});

describe('time', async () => {
  const tsa = await issue({ subject: 'CN=Stamp Root', extensions: authority() });
  const stamper = await issue({ subject: 'CN=Stamper', issuer: tsa, extensions: timeStamper() });
  const old = await makeChain({ notAfter: ago(5) });
  const stores = { 'ca:acme': [old.root, root], 'tsa:stamps': [tsa] };
  const at = (days: number) => ({
    timestamp: (bytes: Uint8Array) => stamp(stamper, bytes, { time: ago(days) }),
  });

  for (const { format, sign } of FORMATS) {
    test(`${format}: a stamp from when the certificate was valid proves it for ever`, async () => {
      const [result] = await ask(sign(old.leaf, { signingTime: ago(6), ...at(6) }), trustIn(stores));
      assert.equal(result?.kind, 'proven');
      assert.deepEqual(result.proof.times, [
        { time: ago(6).toISOString(), source: 'timestamp-authority' },
        { time: ago(6).toISOString(), source: 'claimed' },
      ]);
    });
  }

  const claimed = { signingTime: ago(6) };
  const strict = { level: 'strict' };
  const afterExpiry = { level: 'strict', verifyTimestamp: 'afterCertExpiry' };
  const rows = [
    { name: 'bypass 11: only claimed', envelope: signJws(old.leaf, claimed), outcome: 'TIMESTAMP_MISSING' },
    {
      name: 'stamped too late',
      envelope: signJws(old.leaf, { ...claimed, ...at(4) }),
      outcome: 'CERTIFICATE_EXPIRED',
    },
    {
      name: 'stamped before it began',
      envelope: signJws(old.leaf, { ...claimed, ...at(31) }),
      outcome: 'CERTIFICATE_EXPIRED',
    },
    { name: 'stamped tomorrow', envelope: signJws(leaf, at(-1)), outcome: 'FROM_THE_FUTURE' },
    { name: 'a stamp is asked for, though valid', envelope: signJws(leaf), outcome: 'TIMESTAMP_MISSING' },
    { name: 'not asked for while valid', envelope: signJws(leaf), level: afterExpiry, outcome: 'proven' },
    {
      name: 'asked for once over',
      envelope: signJws(old.leaf, claimed),
      level: afterExpiry,
      outcome: 'TIMESTAMP_MISSING',
    },
    {
      name: 'given once over',
      envelope: signJws(old.leaf, { ...claimed, ...at(6) }),
      level: afterExpiry,
      outcome: 'proven',
    },
    {
      name: 'no stamp',
      envelope: signJws(leaf, { timestamp: () => Buffer.from('no') }),
      outcome: 'TIMESTAMP_INVALID',
    },
  ];
  for (const { name, envelope, level = strict, outcome } of rows) {
    test(`${name}: ${outcome}`, async () => {
      assert.equal(await outcomeOf(ask(envelope, trustIn(stores, level))), outcome);
    });
  }

  test('a stamp is worth nothing where the policy names no authority', async () => {
    const envelope = signJws(old.leaf, { ...claimed, ...at(6) });
    assert.equal(await outcomeOf(ask(envelope, trustIn({ 'ca:acme': [old.root] }))), 'CERTIFICATE_EXPIRED');
  });

  describe('bypass 17: the authority is asked about too (CVE-2024-56138)', async () => {
    const crl = 'http://crl.acme.example/stamps';
    const asking = await issue({
      subject: 'CN=Stamper',
      issuer: tsa,
      extensions: [...timeStamper(), ...locations({ crl: [crl] })],
    });
    const envelope = signJws(leaf, { timestamp: (bytes) => stamp(asking, bytes) });
    const revoked = makeNetwork({ [crl]: makeList(tsa, { revoked: [{ who: asking }] }) });
    const good = makeNetwork({ [crl]: makeList(tsa) });
    const soft = { level: 'strict', override: { revocation: 'log' } };
    const off = { level: 'strict', override: { revocation: 'skip' } };
    const levels = [
      { name: 'unknown', level: strict, network: {}, outcome: 'REVOCATION_UNKNOWN' },
      { name: 'unknown, revocation logged', level: soft, network: {}, outcome: 'proven' },
      { name: 'good', level: strict, network: good, outcome: 'proven' },
      { name: 'revoked', level: strict, network: revoked, at: 3_600_000, outcome: 'REVOKED' },
      {
        name: 'revoked, revocation logged',
        level: soft,
        network: revoked,
        at: 3_600_000,
        outcome: 'REVOKED',
      },
      { name: 'revoked, revocation skipped', level: off, network: revoked, at: 3_600_000, outcome: 'proven' },
    ];
    for (const { name, level, network, at: later = 0, outcome } of levels) {
      test(`${name}: ${outcome}`, async () => {
        const context = { ...network, now: new Date(NOW.getTime() + later) };
        assert.equal(await outcomeOf(ask(envelope, trustIn(stores, level), context)), outcome);
      });
    }
  });

  test('logged only: a note, and the time stays a claim', async () => {
    const [result] = await ask(signJws(old.leaf, claimed), trustIn(stores, { level: 'permissive' }));
    assert.equal(result?.kind, 'proven');
    assert.deepEqual(result.proof.times, [{ time: ago(6).toISOString(), source: 'claimed' }]);
    assert.match(result.proof.notes.join('\n'), /asks for a time stamp/);
  });
});

describe('signing authorities', () => {
  const scheme = 'notary.x509.signingAuthority' as const;
  test('their time counts, from their own kind of store only', async () => {
    const old = await makeChain({ notAfter: ago(5) });
    for (const { sign } of FORMATS) {
      const envelope = sign(old.leaf, { scheme, signingTime: ago(6) });
      const [result] = await ask(envelope, trustIn({ 'signingAuthority:acme': [old.root] }));
      assert.equal(result?.kind, 'proven');
      assert.deepEqual(result.proof.times, [{ time: ago(6).toISOString(), source: 'timestamp-authority' }]);
      assert.equal(
        await outcomeOf(ask(envelope, trustIn({ 'ca:acme': [old.root] }))),
        'CERTIFICATE_UNTRUSTED',
      );
      const own = sign(leaf);
      const trust = trustIn({ 'signingAuthority:acme': [root] });
      assert.equal(await outcomeOf(ask(own, trust)), 'CERTIFICATE_UNTRUSTED');
    }
  });

  test('outside the certificate, in the future, not critical', async () => {
    const trust = trustIn({ 'signingAuthority:acme': [root] });
    const outcome = (request: EnvelopeRequest) =>
      outcomeOf(ask(signJws(leaf, { scheme, ...request }), trust));
    assert.equal(await outcome({ signingTime: ago(31) }), 'CERTIFICATE_EXPIRED');
    assert.equal(await outcome({ signingTime: ago(-1) }), 'FROM_THE_FUTURE');
    assert.equal(await outcome({ protected: { crit: [`${PREFIX}signingScheme`] } }), 'MALFORMED');
    assert.equal(
      await outcome({ protected: { [`${PREFIX}signingTime`]: '2026-05-06T07:08:09Z' } }),
      'MALFORMED',
    );
  });

  test('a time that does not hold is a claim, where the level only logs it', async () => {
    const trust = trustIn({ 'signingAuthority:acme': [root] }, { level: 'permissive' });
    const [result] = await ask(signJws(leaf, { scheme, signingTime: ago(31) }), trust);
    assert.equal(result?.kind === 'proven' && result.proof.times[0]?.source, 'claimed');
  });
});

describe('levels', async () => {
  const expired = signJws(leaf, { signingTime: ago(9), expiry: ago(1) });
  const over = await makeChain({ notAfter: ago(5) });
  const silent = await makeChain({
    extensions: [...signer(PURPOSE.codeSigning), ...locations({ crl: ['http://crl.acme.example/a'] })],
  });
  const cases = [
    { check: 'expiry', envelope: expired, top: root, code: 'SIGNATURE_EXPIRED' },
    {
      check: 'authenticTimestamp',
      envelope: signJws(over.leaf),
      top: over.root,
      code: 'CERTIFICATE_EXPIRED',
    },
    { check: 'revocation', envelope: signJws(silent.leaf), top: silent.root, code: 'REVOCATION_UNKNOWN' },
  ];
  for (const { check, envelope, top, code } of cases) {
    const outcome = (verification: Record<string, unknown>) =>
      outcomeOf(ask(envelope, trustIn({ 'ca:acme': [top] }, verification)));
    test(`${check}: strict enforces, permissive and audit note, override decides`, async () => {
      assert.equal(await outcome({ level: 'strict' }), code);
      assert.equal(await outcome({ level: 'permissive' }), 'proven');
      assert.equal(await outcome({ level: 'audit' }), 'proven');
      assert.equal(await outcome({ level: 'strict', override: { [check]: 'log' } }), 'proven');
      assert.equal(await outcome({ level: 'permissive', override: { [check]: 'enforce' } }), code);
      assert.equal(await outcome({ level: 'audit', override: { [check]: 'enforce' } }), code);
      const notes = await notesOf(ask(envelope, trustIn({ 'ca:acme': [top] }, { level: 'audit' })));
      assert.ok(notes.length > 0);
    });
  }

  test('revocation skipped: a note says so', async () => {
    const trust = trustIn(
      { 'ca:acme': [silent.root] },
      { level: 'strict', override: { revocation: 'skip' } },
    );
    assert.match(
      (await notesOf(ask(signJws(silent.leaf), trust))).join('\n'),
      /not checked: the policy skips it/,
    );
  });

  test('no level proves what is not authentic or not intact', async () => {
    const broken = Buffer.from(
      signJws(leaf)
        .toString()
        .replace(/"signature":"(.)/, (_, first) => `"signature":"${first === '-' ? '_' : '-'}`),
    );
    for (const level of ['strict', 'permissive', 'audit']) {
      const override = { authenticity: 'log' };
      const trust = trustIn({ 'ca:acme': [root] }, { level, override });
      assert.equal(await outcomeOf(ask(signJws(stranger.leaf), trust)), 'CERTIFICATE_UNTRUSTED');
      assert.match(await outcomeOf(ask(broken, trust)), /^(?:SIGNATURE_INVALID|MALFORMED)$/);
      const who = { trustedIdentities: ['x509.subject: C=US, ST=WA, O=Other'] };
      const named = trustIn({ 'ca:acme': [root] }, { level, override }, who);
      assert.equal(await outcomeOf(ask(signJws(leaf), named)), 'IDENTITY_MISMATCH');
    }
  });

  test('skip proves nothing: SKIPPED_BY_POLICY', async () => {
    const policy = { registryScopes: [NAME], trustStores: [], trustedIdentities: [] };
    const trust = trustIn({}, { level: 'skip' }, policy);
    assert.equal(await outcomeOf(ask(signJws(leaf), trust)), 'SKIPPED_BY_POLICY');
  });
});

describe('which policy', () => {
  const only = (scope: string) =>
    trustIn({ 'ca:acme': [root] }, { level: 'strict' }, { registryScopes: [scope] });
  const rows = [
    { name: 'the repository itself', scope: NAME, outcome: 'proven' },
    { name: 'a longer name', scope: `${NAME}/more`, outcome: 'NO_MATCHING_RULE' },
    { name: 'a shorter name', scope: 'registry.acme.example/ap', outcome: 'NO_MATCHING_RULE' },
    { name: 'another host', scope: 'registry.acme.example.evil.example/app', outcome: 'NO_MATCHING_RULE' },
  ];
  for (const { name, scope, outcome } of rows) {
    test(`${name}: ${outcome}`, async () => {
      assert.equal(await outcomeOf(ask(signJws(leaf), only(scope))), outcome);
    });
  }

  test('what has no name is covered by * alone', async () => {
    assert.equal(await outcomeOf(ask(signJws(leaf), only(NAME), { name: undefined })), 'NO_MATCHING_RULE');
    assert.equal(await outcomeOf(ask(signJws(leaf), only('*'), { name: undefined })), 'proven');
  });

  test('each configuration is asked on its own', async () => {
    const trusts = [trustInRoot(stranger.root), trustInRoot(root)];
    assert.equal(await outcomeOf(ask(signJws(leaf), trusts)), 'CERTIFICATE_UNTRUSTED proven');
    assert.equal(await outcomeOf(ask(signJws(leaf), [])), 'WRONG_MATERIAL');
  });

  test('bypass 16, 18: the proof speaks of the digest that was signed, whatever it was found at', async () => {
    const digest = `sha256:${'cd'.repeat(32)}`;
    const payload = { targetArtifact: { ...PAYLOAD.targetArtifact, digest } };
    const [result] = await ask(signJws(leaf, { payload }), trustInRoot(root));
    assert.deepEqual(result?.kind === 'proven' && result.proof.content, { kind: 'image', digest });
  });
});

describe('revocation', async () => {
  const crl = 'http://crl.acme.example/signers';
  const made = await makeChain({
    extensions: [...signer(PURPOSE.codeSigning), ...locations({ crl: [crl] })],
  });
  const network = makeNetwork({ [crl]: makeList(made.intermediate, { revoked: [{ who: made.leaf }] }) });
  test('revoked: REVOKED, or a note where the level only logs it', async () => {
    const stores = { 'ca:acme': [made.root] };
    const envelope = signCose(made.leaf);
    assert.equal(await outcomeOf(ask(envelope, trustIn(stores), network)), 'REVOKED');
    const notes = await notesOf(ask(envelope, trustIn(stores, { level: 'permissive' }), network));
    assert.match(notes.join('\n'), /Acme Release was revoked at/);
  });

  test('nobody is asked about the certificates of strangers', async () => {
    const asked = makeNetwork({});
    const outcome = await outcomeOf(ask(signJws(made.leaf), trustInRoot(root), asked));
    assert.equal(outcome, 'CERTIFICATE_UNTRUSTED');
    assert.deepEqual(asked.asked, []);
  });

  test('cancelled is thrown, and is no rejection', async () => {
    const second = await makeChain({ extensions: [...signer(), ...locations({ crl: [crl] })] });
    const cancelled = makeNetwork({ [crl]: new Failure('CANCELLED', 'cancelled') });
    const asked = ask(signJws(second.leaf), trustIn({ 'ca:acme': [second.root] }), cancelled);
    await assert.rejects(asked, { code: 'CANCELLED' });
  });
});

test('other media types, sizes and formats', async () => {
  const trust = trustInRoot(root);
  assert.equal(await outcomeOf(askAs('application/json', signJws(leaf), trust)), 'MALFORMED');
  assert.equal(await outcomeOf(askAs('application/cose', signJws(leaf), trust)), 'MALFORMED');
  assert.equal(await outcomeOf(askAs('application/jose+json', signCose(leaf), trust)), 'MALFORMED');
  assert.equal(await outcomeOf(askAs('application/jose+json', Buffer.of(), trust)), 'MALFORMED');
  assert.equal(await outcomeOf(askAs('application/cose', Buffer.of(), trust)), 'MALFORMED');
  assert.equal(await outcomeOf(askAs('application/cose', Buffer.alloc(2 ** 20 + 1), trust)), 'TOO_LARGE');
});
