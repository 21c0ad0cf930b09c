import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/*
 * What other verifiers and registry clients fell to, and the tests that show that this one does not. Each row has tests
 * whose names begin with `bypass N:`; this file only holds the list complete.
 */

const ROWS: readonly string[] = [
  'envelope verified, subject not the artifact',
  'key asked for, any valid keyless bundle offered',
  'identity compared with an unanchored pattern',
  'transparency-log proof stripped',
  'trust root whose key has no validity start',
  'log entry of another signature (CVE-2026-22703, CVE-2022-23649)',
  'predicate type not checked, parse error ignored (CVE-2026-39395)',
  'attestation of the wrong type counts (CVE-2022-35929, CVE-2022-35930)',
  'expired intermediate (CVE-2026-24122)',
  'one log counted twice (CVE-2026-49834)',
  'signing time outside the validity of the key (CVE-2026-54787), timestamp authority unchecked (CVE-2026-39984)',
  'configured identity pattern ignored (CVE-2025-29778)',
  'VSA: signer not bound to verifier.id',
  'no attestation found, exit code 0 (CVE-2026-44310, CVE-2025-25204)',
  'some signature exists',
  'rollback to an older signed digest (CVE-2024-23332, CVE-2022-29173)',
  'revocation skipped, or its cache fails open (CVE-2024-56138, CVE-2024-51491)',
  'signature of another tag of the same repository',
  'registry serves other content the second time (CVE-2022-47633, CVE-2023-47630, CVE-2023-33959)',
  'pinned digest ignored (GHSA-qv35-3gw6-8q4j)',
  'manifest or index, ambiguous (GHSA-5j5w-g665-5m35)',
  'index signed and child not, or the reverse (cosign#786)',
  'endless signatures or referrers (CVE-2023-46737, CVE-2023-33957, CVE-2024-45395)',
  'huge attachment (CVE-2024-29902, CVE-2024-29903)',
  'manifest that exhausts memory (CVE-2023-42813 to 42816)',
  'bearer realm takes credentials (CVE-2026-33540, CVE-2026-48978)',
  'credentials across redirects or to wrong hosts (CVE-2025-27403)',
  'stale descriptor (CVE-2026-35172), cached blob without access control (CVE-2024-39897)',
  'create-only user overwrites a tag (CVE-2026-31801)',
  'malformed digest as a path (CVE-2024-3727)',
];

const root = fileURLToPath(new URL('../', import.meta.url));
const tests = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('bypasses.test.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8')),
);

for (const [index, row] of ROWS.entries()) {
  test(`row ${index + 1} has tests: ${row}`, () => {
    const name = new RegExp(`['"\`]bypass ${index + 1}\\b`);
    assert.ok(tests.some((text) => name.test(text)));
  });
}
