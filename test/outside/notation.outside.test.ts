import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isFailure } from '../../src/core/failure.ts';
import { askAs, outcomeOf } from '../../src/inspect/signatures/notation/testing/scene.ts';
import { toNotationTrust } from '../../src/inspect/signatures/notation/trust.ts';

/* An image that was signed with a real Notation, and configurations that a verifier must not take for trust. */

const ARCHIVE = fileURLToPath(new URL('../../../shared/data/signatures/connaisseur.tar.xz', import.meta.url));
const skip = existsSync(ARCHIVE) ? false : 'needs ../shared/data/signatures/connaisseur.tar.xz';
const folder = mkdtempSync(join(tmpdir(), 'pratique-notation-outside-'));
const notation = join(folder, 'connaisseur', 'notation');
const JWS = 'application/jose+json';
const IMAGE = 'sha256:a136cc4e785798e5e8483047cf621cf0a0300a93d47703a3f066c340c070f5cf';
const SIGNATURE = '929a0a249c4614eb8bef5a914308896e7c8c5422d508eaddfd98dfe61683e556';

before(() => {
  if (skip === false) execFileSync('tar', ['-xJf', ARCHIVE, '-C', folder, 'connaisseur/notation']);
});
after(() => rmSync(folder, { recursive: true }));

interface Roots {
  readonly trustRoots?: readonly { readonly name: string; readonly cert?: string }[];
}

/** A certificate out of one of the configurations. */
function certificateOf(file: string, name = 'default'): Buffer {
  const document: Roots = parse(readFileSync(join(notation, file), 'utf8'));
  return Buffer.from(document.trustRoots?.find((root) => root.name === name)?.cert ?? '');
}

const readEnvelope = (): Buffer =>
  readFileSync(join(notation, 'sse-secure-systems', 'testimage', 'blobs', `sha256_${SIGNATURE}.json`));

describe('the image signed with Notation', { skip }, () => {
  test('is proven by its own certificate, with all that is known of it', async () => {
    const trust = toNotationTrust('sse', [certificateOf('01_notation.yaml')], ['*']);
    const [result] = await askAs(JWS, readEnvelope(), trust);
    assert.equal(result?.kind, 'proven');
    assert.deepEqual(result.proof.content, { kind: 'image', digest: IMAGE });
    assert.deepEqual(result.proof.identity, {
      kind: 'x509',
      subject: 'CN=securesystems.de,OU=Defensive,O=SSE,L=Berlin,ST=Berlin,C=DE',
      fingerprint: 'sha256:3f10778c58c7be26c886b7f801b0179f4059a4d066cd61f9f20df59daee906ff',
      store: 'ca:sse',
    });
    assert.deepEqual(result.proof.times, [{ time: '2025-01-24T12:43:46.000Z', source: 'claimed' }]);
  });

  const identities = [
    { identity: 'x509.subject: C=DE, ST=Berlin, O=SSE', outcome: 'proven' },
    { identity: 'x509.subject: C=DE, ST=Berlin, O=SSE, CN=securesystems.de', outcome: 'proven' },
    { identity: 'x509.subject: C=DE, ST=Berlin, O=SSE, CN=securesystems', outcome: 'IDENTITY_MISMATCH' },
    { identity: 'x509.subject: C=DE, ST=Hamburg, O=SSE', outcome: 'IDENTITY_MISMATCH' },
  ];
  for (const { identity, outcome } of identities) {
    test(`${identity}: ${outcome}`, async () => {
      const trust = toNotationTrust('sse', [certificateOf('01_notation.yaml')], [identity]);
      assert.equal(await outcomeOf(askAs(JWS, readEnvelope(), trust)), outcome);
    });
  }

  test('by others than its own certificate: CERTIFICATE_UNTRUSTED', async () => {
    const others = [
      certificateOf('01_notation.yaml', 'different-cert'),
      readFileSync(join(notation, 'ca.pem')),
      readFileSync(join(notation, 'digi_cert_root.pem')),
    ];
    for (const certificate of others) {
      const code = await outcomeOf(
        askAs(JWS, readEnvelope(), toNotationTrust('other', [certificate], ['*'])),
      );
      assert.equal(code, 'CERTIFICATE_UNTRUSTED');
    }
  });

  test('keys, garbage and nothing are no certificates: MALFORMED', () => {
    const wrong = [
      certificateOf('04_invalid_cert.yaml'),
      certificateOf('05_missing_cert.yaml'),
      certificateOf('06_decode_cert_err.yaml'),
      Buffer.of(),
    ];
    for (const certificate of wrong) {
      assert.throws(
        () => toNotationTrust('wrong', [certificate], ['*']),
        (error) => isFailure(error, 'MALFORMED'),
      );
    }
  });

  test('with a changed payload, header or signature: never proven', async () => {
    const trust = toNotationTrust('sse', [certificateOf('01_notation.yaml')], ['*']);
    for (const member of ['payload', 'protected', 'signature']) {
      const json: Record<string, string> = JSON.parse(readEnvelope().toString());
      const text = json[member] ?? '';
      json[member] = `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
      const outcome = await outcomeOf(askAs(JWS, Buffer.from(JSON.stringify(json)), trust));
      assert.match(outcome, /^(?:SIGNATURE_INVALID|MALFORMED|UNSUPPORTED|PAYLOAD_TYPE)$/, member);
    }
  });
});
