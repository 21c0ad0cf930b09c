import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Verification } from '../../src/core/verification.ts';
import { checkRevocation } from '../../src/inspect/signatures/notation/revocation/check.ts';
import {
  authority,
  DAY,
  type Holder,
  type IssueRequest,
  issue,
  locations,
  makeChain,
  makeKeys,
  makeRsaKeys,
  ocspResponder,
  PURPOSE,
  signer,
  timeStamper,
} from '../../src/inspect/signatures/notation/testing/authority.ts';
import {
  type EnvelopeRequest,
  PAYLOAD,
  signCose,
  signJws,
} from '../../src/inspect/signatures/notation/testing/envelope.ts';
import { makeNetwork } from '../../src/inspect/signatures/notation/testing/revocation.ts';
import {
  askAs,
  outcomeOf,
  trustIn,
  trustInRoot,
} from '../../src/inspect/signatures/notation/testing/scene.ts';
import { stamp } from '../../src/inspect/signatures/notation/testing/time-stamp.ts';
import { verifyTimeStamp } from '../../src/inspect/signatures/notation/time-stamp.ts';
import { parseCertificates, toTrustStore } from '../../src/inspect/signatures/notation/trust-store.ts';
import { parseCertificate } from '../../src/inspect/signatures/notation/x509/certificate.ts';
import type { Chain } from '../../src/inspect/signatures/notation/x509/chain.ts';
import { cli } from '../peers/cli.ts';
import { missingGoPeers, startCraneRegistry } from '../peers/go-peers.ts';
import {
  askNotation,
  missingNotation,
  type PeerSignRequest,
  type PeerVerifyRequest,
} from '../peers/notation/peer.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * Notation signatures against Notation's own libraries, and time stamps, revocation lists and OCSP responses against OpenSSL:
 * what they make we understand, what they refuse we refuse.
 */

const JWS = 'application/jose+json';
const COSE = 'application/cose';
const TARGET = PAYLOAD.targetArtifact;
const NAME = 'registry.acme.example/app';

const work = mkdtempSync(join(tmpdir(), 'pratique-notation-'));
const file = (name: string): string => join(work, name);
after(() => rmSync(work, { recursive: true, force: true }));

/** Certificates that are good today: the peers know no other time. */
const now = new Date();
const today = { notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + DAY) };
const bytesOf = ({ chain }: Holder): Buffer => chain[0] ?? Buffer.of();

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

function fromPeer(made: { readonly envelope: string; readonly root: string } | undefined) {
  return {
    envelope: Buffer.from(made?.envelope ?? '', 'base64'),
    root: Buffer.from(made?.root ?? '', 'base64'),
  };
}

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

function policyOf(scope: string, trustStores: readonly string[]) {
  const policy = {
    name: 'all',
    registryScopes: [scope],
    signatureVerification: { level: 'strict' },
    trustStores,
    trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
  };
  return { version: '1.0', trustPolicies: [policy] };
}

describe('from a registry', { skip: missingNotation() ?? missingGoPeers('crane') ?? false }, () => {
  test('pratique verify --notation FOLDER finds and proves it, and refuses a stranger', async () => {
    const registry = await startCraneRegistry();
    try {
      const image = await pushManifest(registry.host, 'v1', { config: await pushBlob(registry.host, '{}') });
      const request = { mediaType: COSE, key: 'EC-256', scheme: 'notary.x509', target: image } as const;
      const [made] = askNotation({ sign: [request] }).signed;
      const { envelope, root } = fromPeer(made);
      await attach(registry.host, image, envelope);

      const verify = async (name: string, certificate: Buffer) => {
        const folder = writeConfiguration(name, `${registry.host}/app`, certificate);
        const ref = `${registry.host}/app:v1`;
        return cli(['verify', ref, '--notation', folder, '--plain-http', registry.host, '--format', 'json']);
      };
      const good = await verify('good', root);
      assert.equal(good.status, 0, good.stderr || good.stdout);
      const { vouching } = JSON.parse(good.stdout) as Verification;
      assert.equal(vouching.outcome, 'trusted');
      assert.equal(vouching.verified[0]?.format, 'notation');

      const stranger = await issue({ ...today, subject: 'CN=Stranger', extensions: authority() });
      const bad = await verify('bad', bytesOf(stranger));
      assert.equal(bad.status, 1, bad.stderr || bad.stdout);
      assert.match(bad.stdout, /CERTIFICATE_UNTRUSTED/);
    } finally {
      registry.stop();
    }
  });
});

interface Pushed {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

async function pushBlob(
  host: string,
  bytes: Uint8Array | string,
  mediaType = 'application/vnd.oci.image.config.v1+json',
): Promise<Pushed> {
  const digest = digestOf(bytes);
  const start = await fetch(`http://${host}/v2/app/blobs/uploads/`, { method: 'POST' });
  const place = new URL(start.headers.get('location') ?? '', `http://${host}`);
  place.searchParams.set('digest', digest);
  const response = await fetch(place, { method: 'PUT', body: Buffer.from(bytes) });
  assert.equal(response.status, 201);
  return { mediaType, digest, size: Buffer.byteLength(bytes) };
}

async function pushManifest(
  host: string,
  tag: string | undefined,
  more: object,
  mediaType = MANIFEST,
): Promise<Pushed> {
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    ...(mediaType === MANIFEST ? { layers: [] } : {}),
    ...more,
  });
  const digest = digestOf(text);
  const headers = { 'content-type': mediaType };
  const url = `http://${host}/v2/app/manifests/${tag ?? digest}`;
  const response = await fetch(url, { method: 'PUT', body: text, headers });
  assert.equal(response.status, 201, await response.text());
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

/** As Notation attaches to a registry without the referrers API. */
async function attach(host: string, image: Pushed, envelope: Buffer): Promise<void> {
  const artifactType = 'application/vnd.cncf.notary.signature';
  const config = await pushBlob(host, '{}', artifactType);
  const layer = await pushBlob(host, envelope, COSE);
  const signature = await pushManifest(host, undefined, { config, layers: [layer], subject: image });
  const manifests = [{ ...signature, artifactType }];
  await pushManifest(host, image.digest.replace(':', '-'), { manifests }, INDEX);
}

function writeConfiguration(name: string, scope: string, root: Buffer): string {
  const store = join(work, name, 'truststore', 'x509', 'ca', 'peer');
  mkdirSync(store, { recursive: true });
  writeFileSync(join(store, 'root.crt'), root);
  const policy = JSON.stringify(policyOf(scope, ['ca:peer'])).replace('O=Acme', 'O=Peer');
  writeFileSync(join(work, name, 'trustpolicy.json'), policy);
  return join(work, name);
}

describe('OpenSSL', { skip: isInstalled('openssl') ? false : 'missing: openssl' }, () => {
  const pem = (name: string, { keys, chain }: Holder): void => {
    writeFileSync(file(`${name}.key`), keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const text = (der: Buffer): string =>
      `-----BEGIN CERTIFICATE-----\n${der
        .toString('base64')
        .match(/.{1,64}/g)
        ?.join('\n')}\n-----END CERTIFICATE-----\n`;
    writeFileSync(file(`${name}.pem`), text(chain[0] ?? Buffer.of()));
  };
  const openssl = (...args: readonly string[]): string => run('openssl', args, { cwd: work });

  for (const kind of ['EC', 'RSA'] as const) {
    test(`its time stamps are understood, ${kind}`, async () => {
      const tsa = await issue({ ...today, subject: 'CN=Stamp Root', extensions: authority() });
      const keys = kind === 'EC' ? makeKeys() : makeRsaKeys(2048);
      const stamper = await issue({
        ...today,
        keys,
        subject: 'CN=Stamper',
        issuer: tsa,
        extensions: timeStamper(),
      });
      pem('tsa', tsa);
      pem('stamper', stamper);
      writeFileSync(file('data'), 'a signature');
      writeFileSync(file('ts.cnf'), TS_CONFIG);
      openssl('ts', '-query', '-data', 'data', '-sha256', '-cert', '-out', 'query');
      openssl(
        'ts',
        '-reply',
        '-config',
        'ts.cnf',
        '-queryfile',
        'query',
        '-inkey',
        'stamper.key',
        '-signer',
        'stamper.pem',
        '-token_out',
        '-out',
        'token',
      );
      const token = readFileSync(file('token'));
      const store = toTrustStore('tsa', 'stamps', parseCertificates(bytesOf(tsa), 'test'), 'test');
      const { time, from, to } = verifyTimeStamp(token, Buffer.from('a signature'), [store]);
      assert.ok(Math.abs(time.getTime() - Date.now()) < 60_000);
      assert.equal(to.getTime() - from.getTime(), 2 * 1500);
      assert.throws(() => verifyTimeStamp(token, Buffer.from('another'), [store]), {
        code: 'TIMESTAMP_INVALID',
      });
    });
  }

  for (const state of ['V', 'R'] as const) {
    test(`its lists and responses are understood: ${state === 'V' ? 'good' : 'revoked'}`, async () => {
      const ocsp = 'http://ocsp.acme.example/';
      const crl = 'http://crl.acme.example/';
      const root = await issue({ ...today, subject: 'CN=Root', extensions: authority() });
      const responder = await issue({
        ...today,
        subject: 'CN=Responder',
        issuer: root,
        extensions: ocspResponder(),
      });
      const asking = (extra: Parameters<typeof locations>[0]) =>
        issue({ ...today, subject: 'CN=Leaf', issuer: root, extensions: [...signer(), ...locations(extra)] });
      const leaves = { ocsp: await asking({ ocsp }), crl: await asking({ crl: [crl] }) };
      pem('root', root);
      pem('responder', responder);
      const lines = Object.values(leaves).map((leaf) => {
        const serial = parseCertificate(bytesOf(leaf)).x509.serialNumber;
        return `${state}\t991231235959Z\t${state === 'R' ? '260101000000Z,keyCompromise' : ''}\t${serial}\tunknown\t/CN=${serial}\n`;
      });
      writeFileSync(file('index.txt'), lines.join(''));
      writeFileSync(file('crlnumber'), '01\n');
      writeFileSync(file('ca.cnf'), CA_CONFIG);
      openssl('ca', '-gencrl', '-config', 'ca.cnf', '-crldays', '1', '-out', 'list.pem');
      openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list');
      const answer = (body: Uint8Array | undefined): Buffer => {
        writeFileSync(file('request'), body ?? '');
        openssl(
          'ocsp',
          '-index',
          'index.txt',
          '-CA',
          'root.pem',
          '-rsigner',
          'responder.pem',
          '-rkey',
          'responder.key',
          '-reqin',
          'request',
          '-respout',
          'response',
          '-ndays',
          '1',
        );
        return readFileSync(file('response'));
      };
      const { fetch } = makeNetwork({ [ocsp]: answer, [crl]: readFileSync(file('list')) });
      for (const leaf of Object.values(leaves)) {
        const chain = leaf.chain.map(parseCertificate) as unknown as Chain;
        const signal = new AbortController().signal;
        const { revoked, unknown, unchecked } = await checkRevocation(chain, {
          now: new Date(),
          signal,
          fetch,
        });
        assert.deepEqual([unknown, unchecked], [[], []]);
        assert.equal(revoked.length, state === 'R' ? 1 : 0);
      }
    });
  }
});

const TS_CONFIG = `
[ tsa ]
default_tsa = tsa_config
[ tsa_config ]
serial = ./serial
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
signer_digest = sha256
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
`;

const CA_CONFIG = `
[ ca ]
default_ca = ca_config
[ ca_config ]
database = ./index.txt
crlnumber = ./crlnumber
certificate = ./root.pem
private_key = ./root.key
default_md = sha256
unique_subject = no
`;
