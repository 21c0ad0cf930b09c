import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toDigest } from '../../src/core/digest.ts';
import { proveBundle } from '../../src/inspect/signatures/sigstore/bundle.ts';
import { parseTrustRoot, type TrustRoot } from '../../src/inspect/signatures/sigstore/trust-root.ts';

/* Bundles that cosign and others made for the public sigstore, and the public trust roots, as they were published. */

const DATA = join(import.meta.dirname, '../../../shared/data/signatures');
const ARCHIVES = ['bundles.tar.xz', 'sigstore-root-signing.tar.xz'];
const missing = ARCHIVES.find((name) => !existsSync(join(DATA, name)));
const skip = missing === undefined ? false : `the reference signatures are not there: ${join(DATA, missing)}`;
const folder = mkdtempSync(join(tmpdir(), 'pratique-sigstore-'));
after(() => rmSync(folder, { recursive: true, force: true }));
if (missing === undefined) {
  for (const name of ARCHIVES) execFileSync('tar', ['-xJf', join(DATA, name), '-C', folder]);
}

const PUBLIC = 'sigstore-root-signing/targets/trusted_root.json';
const COSIGN = 'bundles/cosign/trusted_root_pgi.json';
const GITHUB = 'bundles/kyverno/github-trusted-root.json';

/** The archives hold their folder once; where they do not, the path begins one further in. */
function readData(path: string): Buffer {
  const [, ...rest] = path.split('/');
  const found = [path, rest.join('/')].map((each) => join(folder, each)).find((each) => existsSync(each));
  assert.ok(found !== undefined, `${path} is not in the archives`);
  return readFileSync(found);
}

function readRoot(path: string): TrustRoot {
  const required = path !== GITHUB;
  const json: unknown = JSON.parse(readData(path).toString());
  return parseTrustRoot(path, json, { requireLog: required, requireSct: required });
}

const ATTESTATION = 'bundles/cosign/oci-attestation.sigstore.json';
const SBOM = 'bundles/trivy/sigstore-bundle.json';

interface Row {
  readonly bundle: string;
  readonly root: string;
  readonly now?: string;
  readonly expected: string;
}

const rows: readonly Row[] = [
  { bundle: ATTESTATION, root: COSIGN, expected: 'cody@soyland.com' },
  { bundle: ATTESTATION, root: PUBLIC, expected: 'cody@soyland.com' },
  { bundle: ATTESTATION, root: GITHUB, expected: 'CERTIFICATE_UNTRUSTED' },
  { bundle: ATTESTATION, root: PUBLIC, now: '2025-02-28T19:00:00Z', expected: 'FROM_THE_FUTURE' },
  { bundle: SBOM, root: PUBLIC, expected: 'thomas.grininger@ringodev.com' },
  { bundle: SBOM, root: COSIGN, expected: 'thomas.grininger@ringodev.com' },
  { bundle: SBOM, root: GITHUB, expected: 'CERTIFICATE_UNTRUSTED' },
];

for (const { bundle, root, now = '2025-12-01T00:00:00Z', expected } of rows) {
  test(`${bundle} with ${root} at ${now}: ${expected}`, { skip }, async () => {
    const [result] = await proveBundle(
      {
        format: 'sigstore-bundle',
        subject: toDigest('sha256', '0'.repeat(64)),
        body: { kind: 'bundle', json: readData(bundle) },
      },
      { keys: [], roots: [readRoot(root)], notation: [] },
      { now: new Date(now), signal: new AbortController().signal, name: undefined },
    );
    if (result?.kind === 'rejected') assert.equal(result.rejection.code, expected, result.rejection.message);
    else assert.equal(result?.proof.identity.kind === 'sigstore' && result.proof.identity.subject, expected);
    if (result?.kind !== 'proven') return;
    assert.equal(result.proof.log?.log, 'https://rekor.sigstore.dev');
    assert.equal(result.proof.content.kind, 'statement');
  });
}
