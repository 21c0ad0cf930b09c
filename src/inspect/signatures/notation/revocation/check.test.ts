import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../../../core/failure.ts';
import {
  authority,
  DAY,
  Extension,
  type Holder,
  issue,
  locations,
  makeChain,
  NOW,
  ocspResponder,
  PURPOSE,
  signer,
} from '../testing/authority.ts';
import { der, explicit, SHA1, sequence } from '../testing/der.ts';
import {
  extension,
  type ListRequest,
  makeList,
  makeNetwork,
  makeResponse,
  type ResponseRequest,
} from '../testing/revocation.ts';
import { parseCertificate } from '../x509/certificate.ts';
import type { Chain } from '../x509/chain.ts';
import { checkRevocation, type RevocationContext } from './check.ts';

const OCSP = 'http://ocsp.acme.example/';
const CRL = 'http://crl.acme.example/list';
const MIRROR = 'http://crl.mirror.example/list';
const LATER = new Date(NOW.getTime() + DAY);
const before = (days: number): Date => new Date(NOW.getTime() - days * DAY);

interface Asked {
  readonly ocsp?: string;
  readonly crl?: readonly string[];
}

/** A signer whose certificate says to ask there, under an intermediate that says nothing. */
async function holderAsking(asked: Asked): Promise<{ leaf: Holder; issuer: Holder; root: Holder }> {
  const made = await makeChain({ extensions: [...signer(PURPOSE.codeSigning), ...locations(asked)] });
  return { leaf: made.leaf, issuer: made.intermediate, root: made.root };
}

function chainOf(holder: Holder): Chain {
  return holder.chain.map(parseCertificate) as unknown as Chain;
}

async function check(leaf: Holder, context: Partial<RevocationContext>): Promise<string> {
  const signal = new AbortController().signal;
  const { revoked, unknown, unchecked } = await checkRevocation(chainOf(leaf), {
    now: NOW,
    signal,
    ...context,
  });
  if (revoked.length > 0) return 'revoked';
  if (unknown.length > 0) return `unknown ${unknown.join(' ')}`;
  return unchecked.some((sentence) => sentence.includes('Acme Release')) ? 'unchecked' : 'good';
}

describe('revocation lists', () => {
  const rows: readonly { readonly name: string; readonly outcome: RegExp; readonly list: ListRequest }[] = [
    { name: 'not listed', outcome: /^good$/, list: {} },
    { name: 'over', outcome: /^unknown .*holds until/, list: { nextUpdate: before(1) } },
    { name: 'over this very moment', outcome: /^unknown .*holds until/, list: { nextUpdate: NOW } },
    { name: 'without end', outcome: /^unknown .*until when/, list: { nextUpdate: null } },
    { name: 'of tomorrow', outcome: /^unknown .*yet to come/, list: { thisUpdate: LATER } },
    {
      name: 'a delta list',
      outcome: /^unknown .*delta/,
      list: { extensions: [extension('2.5.29.27', der(2, Buffer.of(1)), true)] },
    },
    {
      name: 'with delta lists beside',
      outcome: /^unknown .*delta/,
      list: { extensions: [extension('2.5.29.46', sequence())] },
    },
    {
      name: 'with a critical extension that nobody knows',
      outcome: /^unknown .*critical extension/,
      list: { extensions: [extension('1.3.6.1.4.1.99999.2', Buffer.of(5, 0), true)] },
    },
    {
      name: 'of another distribution point',
      outcome: /^unknown .*another distribution point/,
      list: { extensions: [distributionPoint('http://crl.acme.example/other')] },
    },
    { name: 'of this distribution point', outcome: /^good$/, list: { extensions: [distributionPoint(CRL)] } },
    {
      name: 'for authorities only',
      outcome: /^unknown .*authorities only/,
      list: { extensions: [extension('2.5.29.28', sequence(der(0x82, Buffer.of(255))), true)] },
    },
    {
      name: 'indirect',
      outcome: /^unknown .*other authorities/,
      list: { extensions: [extension('2.5.29.28', sequence(der(0x84, Buffer.of(255))), true)] },
    },
    {
      name: 'by an algorithm that is another',
      outcome: /^unknown .*not signed/,
      list: { algorithm: '1.2.840.10045.4.1' },
    },
  ];
  for (const { name, outcome, list } of rows) {
    test(`${name}: ${outcome.source}`, async () => {
      const { leaf, issuer } = await holderAsking({ crl: [CRL] });
      const { fetch } = makeNetwork({ [CRL]: makeList(issuer, list) });
      assert.match(await check(leaf, { fetch }), outcome);
    });
  }

  test('listed: revoked, also in a list that is over, also among others', async () => {
    const { leaf, issuer, root } = await holderAsking({ crl: [CRL] });
    const revoked = [{ who: root }, { who: leaf }, { who: issuer }];
    assert.equal(await check(leaf, makeNetwork({ [CRL]: makeList(issuer, { revoked }) })), 'revoked');
    const second = await holderAsking({ crl: [CRL] });
    const old = makeList(second.issuer, { revoked: [{ who: second.leaf }], nextUpdate: before(1) });
    assert.equal(await check(second.leaf, makeNetwork({ [CRL]: old })), 'revoked');
  });

  test('compromised after a trusted clock saw the signature: not revoked for it', async () => {
    const { leaf, issuer } = await holderAsking({ crl: [CRL] });
    const network = makeNetwork({
      [CRL]: makeList(issuer, { revoked: [{ who: leaf, invalidSince: before(2) }] }),
    });
    assert.equal(await check(leaf, network), 'revoked');
    assert.equal(await check(leaf, { ...network, signedAt: before(2) }), 'revoked');
    assert.equal(await check(leaf, { ...network, signedAt: before(3) }), 'good');
  });

  test('an entry that nobody understands spoils the list', async () => {
    const { leaf, issuer, root } = await holderAsking({ crl: [CRL] });
    const revoked = [{ who: root, critical: '2.5.29.29' }];
    assert.match(
      await check(leaf, makeNetwork({ [CRL]: makeList(issuer, { revoked }) })),
      /^unknown .*not understood/,
    );
  });

  test('by others than the issuer', async () => {
    const { leaf, issuer, root } = await holderAsking({ crl: [CRL] });
    assert.match(
      await check(leaf, makeNetwork({ [CRL]: makeList(root, { issuer }) })),
      /^unknown .*not signed by/,
    );
    const second = await holderAsking({ crl: [CRL] });
    const renamed = makeList(second.issuer, { issuer: second.root });
    assert.match(await check(second.leaf, makeNetwork({ [CRL]: renamed })), /^unknown .*another authority/);
  });

  test('an issuer that must not sign lists', async () => {
    const made = await makeChain(
      { extensions: [...signer(), ...locations({ crl: [CRL] })] },
      { extensions: authority(0, 1 << 5) },
    );
    const network = makeNetwork({ [CRL]: makeList(made.intermediate) });
    assert.match(await check(made.leaf, network), /^unknown .*must not sign/);
  });

  test('garbage is no list', async () => {
    const { leaf } = await holderAsking({ crl: [CRL] });
    assert.match(await check(leaf, makeNetwork({ [CRL]: Buffer.from('<html>') })), /^unknown .*not DER/);
  });

  test('of two lists both must be good; of two addresses of one list, either will do', async () => {
    const two = await holderAsking({ crl: [CRL, MIRROR] });
    const half = makeNetwork({ [CRL]: makeList(two.issuer) });
    assert.match(await check(two.leaf, half), /^unknown .*mirror/);
    const names = explicit(0, explicit(0, der(0x86, CRL), der(0x86, MIRROR)));
    const point = new Extension(extension('2.5.29.31', sequence(sequence(names))));
    const one = await makeChain({ extensions: [...signer(), point] });
    const mirror = makeNetwork({ [MIRROR]: makeList(one.intermediate) });
    assert.equal(await check(one.leaf, mirror), 'good');
    assert.deepEqual(mirror.asked, [CRL, MIRROR]);
  });

  test('a list of another authority, or for some reasons only, is not asked for', async () => {
    const name = explicit(0, explicit(0, der(0x86, CRL)));
    const point = new Extension(
      extension('2.5.29.31', sequence(sequence(name, der(0x81, Buffer.of(6, 0x40))))),
    );
    const made = await makeChain({ extensions: [...signer(), point] });
    const network = makeNetwork({ [CRL]: makeList(made.intermediate) });
    assert.match(await check(made.leaf, network), /^unknown .*not supported/);
  });
});

function distributionPoint(url: string): Buffer {
  return extension('2.5.29.28', sequence(explicit(0, explicit(0, der(0x86, url)))), true);
}

describe('OCSP', async () => {
  const rows: readonly {
    readonly name: string;
    readonly outcome: RegExp;
    readonly response: ResponseRequest;
  }[] = [
    { name: 'good', outcome: /^good$/, response: {} },
    { name: 'revoked', outcome: /^revoked$/, response: { status: 'revoked' } },
    { name: 'unknown', outcome: /^unknown .*does not know/, response: { status: 'unknown' } },
    { name: 'over', outcome: /^unknown .*holds until/, response: { nextUpdate: before(1) } },
    { name: 'without end', outcome: /^unknown .*until when/, response: { nextUpdate: null } },
    { name: 'of tomorrow', outcome: /^unknown .*yet to come/, response: { thisUpdate: LATER } },
    {
      name: 'to another request',
      outcome: /^unknown .*another request/,
      response: { nonce: Buffer.alloc(16) },
    },
    { name: 'try later', outcome: /^unknown .*try later/, response: { outer: 3 } },
    { name: 'unauthorized', outcome: /^unknown .*unauthorized/, response: { outer: 6 } },
  ];
  for (const { name, outcome, response } of rows) {
    test(`${name}: ${outcome.source}`, async () => {
      const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
      const { fetch } = makeNetwork({ [OCSP]: makeResponse(leaf, issuer, issuer, response) });
      assert.match(await check(leaf, { fetch }), outcome);
    });
  }

  test('with our nonce: good', async () => {
    const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
    const answer = (body: Uint8Array | undefined): Buffer => {
      const request = Buffer.from(body ?? []);
      return makeResponse(leaf, issuer, issuer, { nonce: request.subarray(request.length - 16) });
    };
    assert.equal(await check(leaf, makeNetwork({ [OCSP]: answer })), 'good');
  });

  test('about another certificate', async () => {
    const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
    const network = makeNetwork({ [OCSP]: makeResponse(leaf, issuer, issuer, { about: issuer }) });
    assert.match(await check(leaf, network), /^unknown .*about another certificate/);
  });

  const responders = [
    { name: 'certified for it', extensions: ocspResponder(), outcome: /^good$/ },
    {
      name: 'certified for something else',
      extensions: signer(PURPOSE.codeSigning),
      outcome: /^unknown .*not certified/,
    },
    {
      name: 'that may have been revoked itself',
      extensions: ocspResponder(false),
      outcome: /^unknown .*own certificate/,
    },
    { name: 'over', extensions: ocspResponder(), notAfter: before(1), outcome: /^unknown .*not valid now/ },
    {
      name: 'certified with SHA-1',
      extensions: ocspResponder(),
      hash: 'SHA-1' as const,
      outcome: /^unknown .*no longer holds/,
    },
  ];
  for (const { name, outcome, ...request } of responders) {
    test(`a responder ${name}: ${outcome.source}`, async () => {
      const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
      const responder = await issue({ subject: 'CN=Responder', issuer, ...request });
      const network = makeNetwork({ [OCSP]: makeResponse(leaf, issuer, responder) });
      assert.match(await check(leaf, network), outcome);
    });
  }

  test('a responder is asked about where the issuer did not spare us the question', async () => {
    const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
    const extensions = [...ocspResponder(false), ...locations({ crl: [CRL] })];
    const responder = await issue({ subject: 'CN=Responder', issuer, extensions });
    const answer = makeResponse(leaf, issuer, responder);
    assert.equal(await check(leaf, makeNetwork({ [OCSP]: answer, [CRL]: makeList(issuer) })), 'good');
    const second = await holderAsking({ ocsp: OCSP });
    const other = await issue({ subject: 'CN=Responder', issuer: second.issuer, extensions });
    const network = makeNetwork({
      [OCSP]: makeResponse(second.leaf, second.issuer, other),
      [CRL]: makeList(second.issuer, { revoked: [{ who: other }] }),
    });
    assert.match(await check(second.leaf, network), /^unknown .*own certificate/);
  });

  test("a responder of another authority, or the signer's own certificate: unknown", async () => {
    const { leaf, issuer, root } = await holderAsking({ ocsp: OCSP });
    const stranger = await issue({ subject: 'CN=Responder', issuer: root, extensions: ocspResponder() });
    const network = makeNetwork({ [OCSP]: makeResponse(leaf, issuer, stranger) });
    assert.match(await check(leaf, network), /^unknown .*neither by the issuer/);
    const second = await holderAsking({ ocsp: OCSP });
    const own = makeNetwork({ [OCSP]: makeResponse(second.leaf, second.issuer, second.leaf) });
    assert.match(await check(second.leaf, own), /^unknown .*not certified/);
  });

  test('lists decide where OCSP does not, and only there', async () => {
    const { leaf, issuer } = await holderAsking({ ocsp: OCSP, crl: [CRL] });
    const silent = makeNetwork({ [CRL]: makeList(issuer, { revoked: [{ who: leaf }] }) });
    assert.equal(await check(leaf, silent), 'revoked');
    assert.deepEqual(silent.asked, [OCSP, CRL]);
    const second = await holderAsking({ ocsp: OCSP, crl: [CRL] });
    const answering = makeNetwork({ [OCSP]: makeResponse(second.leaf, second.issuer, second.issuer) });
    assert.equal(await check(second.leaf, answering), 'good');
    assert.deepEqual(answering.asked, [OCSP]);
  });
});

describe('bypass 17: never fails open (CVE-2024-56138, CVE-2024-51491)', () => {
  test('no answer, no network, no usable address: unknown', async () => {
    const { leaf } = await holderAsking({ ocsp: OCSP, crl: [CRL] });
    assert.match(await check(leaf, {}), /^unknown .*offline/);
    assert.match(await check(leaf, makeNetwork({})), /^unknown .*no answer/);
    const directory = await holderAsking({ crl: ['ldap://ldap.acme.example/cn=list'] });
    assert.match(await check(directory.leaf, makeNetwork({})), /^unknown .*neither http nor https/);
  });

  test('an extension that cannot be read is no extension that is absent', async () => {
    const broken = extension('1.3.6.1.5.5.7.1.1', Buffer.from('0'));
    const made = await makeChain({ extensions: [...signer(), new Extension(broken)] });
    assert.match(await check(made.leaf, makeNetwork({})), /^unknown .*cannot be read/);
  });

  test('an intermediate that was revoked takes all below with it', async () => {
    const made = await makeChain({}, { extensions: [...authority(0), ...locations({ crl: [CRL] })] });
    const network = makeNetwork({ [CRL]: makeList(made.root, { revoked: [{ who: made.intermediate }] }) });
    assert.equal(await check(made.leaf, network), 'revoked');
  });

  test('names no place to ask: unchecked, and said', async () => {
    const { leaf } = await holderAsking({});
    assert.equal(await check(leaf, makeNetwork({})), 'unchecked');
  });

  test('what is remembered holds as long as it said, and not an hour longer', async () => {
    const { leaf, issuer } = await holderAsking({ crl: [CRL] });
    const nextUpdate = new Date(NOW.getTime() + 60_000);
    const network = makeNetwork({ [CRL]: makeList(issuer, { nextUpdate }) });
    const at = (seconds: number) => ({ ...network, now: new Date(NOW.getTime() + seconds * 1000) });
    assert.equal(await check(leaf, at(0)), 'good');
    assert.equal(await check(leaf, { now: at(30).now }), 'good');
    assert.equal(network.asked.length, 1);
    assert.match(await check(leaf, at(60)), /^unknown/);
    // Not for a question about earlier either: nobody was asked about that.
    assert.equal(await check(leaf, at(-1)), 'good');
    assert.equal(network.asked.length, 3);

    const second = await holderAsking({ crl: [CRL] });
    const long = makeNetwork({ [CRL]: makeList(second.issuer) });
    assert.equal(await check(second.leaf, { ...long, now: NOW }), 'good');
    assert.equal(await check(second.leaf, { ...long, now: new Date(NOW.getTime() + 3_600_000) }), 'good');
    assert.equal(long.asked.length, 2);
  });

  test('silence is remembered as silence, for a minute, and not from offline', async () => {
    const { leaf, issuer } = await holderAsking({ crl: [CRL] });
    assert.match(await check(leaf, {}), /^unknown .*offline/);
    const silent = makeNetwork({});
    assert.match(await check(leaf, silent), /^unknown .*no answer/);
    assert.match(await check(leaf, silent), /^unknown .*no answer/);
    assert.equal(silent.asked.length, 1);
    const later = { ...makeNetwork({ [CRL]: makeList(issuer) }), now: new Date(NOW.getTime() + 60_000) };
    assert.equal(await check(leaf, later), 'good');
  });

  test('cancelled is not unknown', async () => {
    const { leaf } = await holderAsking({ crl: [CRL] });
    const cancelled = new Failure('CANCELLED', 'cancelled');
    await assert.rejects(check(leaf, makeNetwork({ [CRL]: cancelled })), { code: 'CANCELLED' });
    const abort = new AbortController();
    const fetch = async (): Promise<Uint8Array> => {
      abort.abort();
      throw new Error('aborted');
    };
    await assert.rejects(check(leaf, { fetch, signal: abort.signal }), { code: 'CANCELLED' });
  });

  test('a certificate of many places is not asked about for ever', async () => {
    const crl = Array.from({ length: 9 }, (_, index) => `http://crl.acme.example/${index}`);
    const { leaf } = await holderAsking({ crl });
    assert.match(await check(leaf, makeNetwork({})), /^unknown .*cannot be read/);
  });
});

test('SHA-1 names issuers in requests, and signs nothing', async () => {
  const { leaf, issuer } = await holderAsking({ ocsp: OCSP });
  const { fetch } = makeNetwork({
    [OCSP]: (body) => {
      assert.ok(Buffer.from(body ?? []).includes(Buffer.from('2b0e03021a', 'hex')), SHA1);
      return makeResponse(leaf, issuer, issuer);
    },
  });
  assert.equal(await check(leaf, { fetch }), 'good');
});
