import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checkRevocation } from '../../src/inspect/signatures/notation/revocation/check.ts';
import {
  authority,
  type Holder,
  issue,
  locations,
  makeKeys,
  makeRsaKeys,
  ocspResponder,
  signer,
  timeStamper,
} from '../../src/inspect/signatures/notation/testing/authority.ts';
import { makeNetwork } from '../../src/inspect/signatures/notation/testing/revocation.ts';
import { verifyTimeStamp } from '../../src/inspect/signatures/notation/time-stamp.ts';
import { parseCertificates, toTrustStore } from '../../src/inspect/signatures/notation/trust-store.ts';
import { parseCertificate } from '../../src/inspect/signatures/notation/x509/certificate.ts';
import type { Chain } from '../../src/inspect/signatures/notation/x509/chain.ts';
import { isInstalled, run } from '../peers/run.ts';
import { bytesOf, file, today, work } from './notation-work.ts';

/* Time stamps, revocation lists and OCSP responses of OpenSSL: what it makes we understand, what it refuses we refuse. */

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
