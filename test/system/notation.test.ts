import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  authority,
  DAY,
  type Holder,
  type IssueRequest,
  issue,
  makeChain,
  makeKeys,
  makeRsaKeys,
  PURPOSE,
  signer,
  timeStamper,
} from '../../src/inspect/signatures/notation/testing/authority.ts';
import {
  type EnvelopeRequest,
  signCose,
  signJws,
} from '../../src/inspect/signatures/notation/testing/envelope.ts';
import {
  askAs,
  outcomeOf,
  trustIn,
  trustInRoot,
} from '../../src/inspect/signatures/notation/testing/scene.ts';
import { stamp } from '../../src/inspect/signatures/notation/testing/time-stamp.ts';
import {
  askNotation,
  missingNotation,
  type PeerSignRequest,
  type PeerVerifyRequest,
} from '../peers/notation/peer.ts';
import { bytesOf, COSE, fromPeer, JWS, NAME, now, policyOf, TARGET, today } from './notation-work.ts';

/* Notation signatures against Notation's own libraries: what they make we understand, what they refuse we refuse. */

describe('what Notation signs', { skip: missingNotation() ?? false }, () => {
  const keys = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'] as const;
  const requests = [JWS, COSE].flatMap((mediaType) =>
    keys.flatMap((key): PeerSignRequest[] => [
      { mediaType, key, scheme: 'notary.x509', target: TARGET },
      { mediaType, key, scheme: 'notary.x509.signingAuthority', expires: true, target: TARGET },
    ]),
  );

  test('with every algorithm, envelope and scheme, is proven by its root and by no other', async () => {
    const { signed } = askNotation({ sign: requests });
    const stranger = await makeChain(today, today, today);
    for (const [index, { mediaType, key, scheme }] of requests.entries()) {
      const { envelope, root } = fromPeer(signed[index]);
      const kind = scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
      const holder: Holder = { ...stranger.root, chain: [root] };
      const [result] = await askAs(mediaType, envelope, trustIn({ [`${kind}:peer`]: [holder] }), { now });
      assert.equal(result?.kind, 'proven', `${mediaType} ${key} ${scheme}: ${JSON.stringify(result)}`);
      assert.deepEqual(result.proof.content, { kind: 'image', digest: TARGET.digest });
      const { identity } = result.proof;
      assert.equal(identity.kind === 'x509' && identity.subject, 'CN=Peer Release,O=Peer,ST=WA,C=US');
      const others = trustIn({ [`${kind}:peer`]: [stranger.root] });
      assert.equal(await outcomeOf(askAs(mediaType, envelope, others, { now })), 'CERTIFICATE_UNTRUSTED');
    }
  });

  test('for a plugin is not supported', async () => {
    const request = {
      key: 'EC-256',
      scheme: 'notary.x509',
      plugin: 'com.example.plugin',
      target: TARGET,
    } as const;
    const sign = [JWS, COSE].map((mediaType) => ({ ...request, mediaType }));
    for (const [index, made] of askNotation({ sign }).signed.entries()) {
      const { envelope, root } = fromPeer(made);
      const trust = trustInRoot({ subject: '', keys: makeKeys(), chain: [root] });
      const outcome = await outcomeOf(askAs(sign[index]?.mediaType ?? '', envelope, trust, { now }));
      assert.equal(outcome, 'UNSUPPORTED');
    }
  });
});

describe('what Notation says of ours', { skip: missingNotation() ?? false }, () => {
  interface Case {
    readonly name: string;
    readonly code: string;
    readonly request?: EnvelopeRequest;
    readonly leaf?: Partial<IssueRequest>;
    readonly middle?: Partial<IssueRequest>;
  }
  const scheme = 'io.cncf.notary.signingScheme';
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const cases: readonly Case[] = [
    { name: 'good', code: 'proven' },
    { name: 'by RSA', code: 'proven', leaf: { keys: makeRsaKeys(2048) } },
    { name: 'by P-521', code: 'proven', leaf: { keys: makeKeys('P-521') } },
    { name: 'not yet over', code: 'proven', request: { expiry: new Date(now.getTime() + DAY) } },
    {
      name: 'over',
      code: 'SIGNATURE_EXPIRED',
      request: { signingTime: hourAgo, expiry: new Date(now.getTime() - 60_000) },
    },
    {
      name: 'of another payload type',
      code: 'PAYLOAD_TYPE',
      request: { protected: { cty: 'text/plain', 3: 'text/plain' } },
    },
    {
      name: 'with nothing critical',
      code: 'MALFORMED',
      request: { protected: { crit: undefined, 2: undefined } },
    },
    {
      name: 'with a critical header that is missing',
      code: 'UNSUPPORTED',
      request: { protected: { crit: [scheme, 'x'], 2: [scheme, 'x'] } },
    },
    {
      name: 'with another algorithm',
      code: 'SIGNATURE_INVALID',
      request: { protected: { alg: 'ES384', 1: -35 } },
    },
    {
      name: 'of an unknown scheme',
      code: 'UNSUPPORTED',
      request: { protected: { [scheme]: 'notary.other' } },
    },
    { name: 'by a server', code: 'CERTIFICATE_USAGE', leaf: { extensions: signer(PURPOSE.serverAuth) } },
    { name: 'by an authority', code: 'CERTIFICATE_USAGE', leaf: { extensions: authority() } },
    { name: 'by a certificate without usage', code: 'CERTIFICATE_USAGE', leaf: { extensions: [] } },
    { name: 'by a certificate that is over', code: 'CERTIFICATE_EXPIRED', leaf: { notAfter: hourAgo } },
    {
      name: 'under an intermediate that is over',
      code: 'CERTIFICATE_EXPIRED',
      middle: { notAfter: hourAgo },
    },
    {
      name: 'under an intermediate that is none',
      code: 'CERTIFICATE_USAGE',
      middle: { extensions: signer() },
    },
    {
      name: 'of another image',
      code: 'other',
      request: { payload: { targetArtifact: { ...TARGET, digest: `sha256:${'cd'.repeat(32)}` } } },
    },
  ];

  test('is what we say: accepted or refused', async () => {
    const verify: PeerVerifyRequest[] = [];
    const ours: { readonly what: string; readonly outcome: string }[] = [];
    for (const { name, code, request, leaf, middle } of cases) {
      const made = await makeChain({ ...today, ...leaf }, { ...today, ...middle }, today);
      for (const [mediaType, sign] of [
        [JWS, signJws],
        [COSE, signCose],
      ] as const) {
        const envelope = sign(made.leaf, forFormat(mediaType, { signingTime: hourAgo, ...request }));
        const [result] = await askAs(mediaType, envelope, trustIn({ 'ca:acme': [made.root] }), { now });
        const proven =
          result?.kind === 'proven' && result.proof.content.kind === 'image'
            ? result.proof.content.digest
            : '';
        const outcome =
          result?.kind === 'rejected' ? result.rejection.code : proven === TARGET.digest ? 'proven' : 'other';
        const what = `${mediaType}, ${name}`;
        assert.equal(outcome, code, what);
        ours.push({ what, outcome });
        verify.push(toVerifyRequest(mediaType, envelope, { 'ca:acme': [made.root] }));
      }
    }
    const { verified } = askNotation({ verify });
    for (const [index, { what, outcome }] of ours.entries()) {
      assert.equal(
        verified[index] === 'verified',
        outcome === 'proven',
        `${what}: Notation says ${verified[index]}`,
      );
    }
  });

  test('also with a time stamp', async () => {
    const tsa = await issue({ ...today, subject: 'CN=Stamp Root', extensions: authority() });
    const stamper = await issue({ ...today, subject: 'CN=Stamper', issuer: tsa, extensions: timeStamper() });
    const old = await makeChain({ ...today, notAfter: new Date(now.getTime() - 60_000) }, today, today);
    const stores = { 'ca:acme': [old.root], 'tsa:stamps': [tsa] };
    const time = new Date(now.getTime() - 3_600_000);
    const stamps = [
      { stamp: (bytes: Uint8Array) => stamp(stamper, bytes, { time }), outcome: 'proven' },
      { stamp: (bytes: Uint8Array) => stamp(stamper, bytes, { time: now }), outcome: 'CERTIFICATE_EXPIRED' },
      { stamp: () => stamp(stamper, Buffer.from('x'), { time }), outcome: 'TIMESTAMP_INVALID' },
    ];
    for (const { stamp: timestamp, outcome } of stamps) {
      const envelope = signJws(old.leaf, { signingTime: time, timestamp });
      assert.equal(await outcomeOf(askAs(JWS, envelope, trustIn(stores), { now })), outcome);
      const [said] = askNotation({ verify: [toVerifyRequest(JWS, envelope, stores)] }).verified;
      assert.equal(said === 'verified', outcome === 'proven', said);
    }
  });
});

/** Labels of the one format are no headers of the other. */
function forFormat(mediaType: string, request: EnvelopeRequest): EnvelopeRequest {
  const entries = Object.entries(request.protected ?? {});
  const own = entries.filter(
    ([name]) => /^\d+$|^(?:alg|crit|cty)$/.test(name) === false || /^\d/.test(name) === (mediaType === COSE),
  );
  return { ...request, protected: Object.fromEntries(own) };
}

function toVerifyRequest(
  mediaType: string,
  envelope: Buffer,
  stores: Readonly<Record<string, readonly Holder[]>>,
): PeerVerifyRequest {
  const toBase64 = (holder: Holder): string => bytesOf(holder).toString('base64');
  return {
    mediaType,
    envelope: envelope.toString('base64'),
    policy: policyOf('*', Object.keys(stores)),
    stores: Object.fromEntries(
      Object.entries(stores).map(([name, holders]) => [name, holders.map(toBase64)]),
    ),
    name: NAME,
    target: TARGET,
  };
}
