import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Verification } from '../../src/core/verification.ts';
import { scratch } from '../../src/read/testing/scratch.ts';
import { cli } from '../peers/cli.ts';
import { goPeer, missingGoPeers } from '../peers/go-peers.ts';
import { run } from '../peers/run.ts';

/* A disk image signed by the real cosign: a machine image is a file, and its bundle lies beside it. */

const skip = missingGoPeers('cosign') ?? false;
const WITHOUT_LOG = ['--yes', '--use-signing-config=false', '--tlog-upload=false'];

interface Disk {
  readonly disk: string;
  readonly digest: string;
  readonly bundle: string;
  readonly key: string;
}

function signed(t: TestContext, ...command: readonly string[]): Disk {
  const folder = scratch(t);
  const [disk, bundle, key] = ['disk.qcow2', 'disk.qcow2.sigstore.json', 'cosign.pub'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const content = randomBytes(5_000_000);
  writeFileSync(disk, content);
  writeFileSync(join(folder, 'predicate.json'), '{"any":"thing"}');
  const env = { ...process.env, COSIGN_PASSWORD: 'correct horse', HOME: folder };
  for (const args of [
    ['generate-key-pair'],
    [...command, '--key', 'cosign.key', '--bundle', bundle, ...WITHOUT_LOG, disk],
  ]) {
    const { status, stderr } = spawnSync(goPeer('cosign'), args, { cwd: folder, env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
  return { disk, bundle, key, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` };
}

async function verify(
  location: string,
  { bundle, key }: Disk,
  ...more: readonly string[]
): Promise<[number | null, string[]]> {
  const { status, stdout } = await cli([
    'verify',
    location,
    '--bundle',
    bundle,
    '--key',
    key,
    '--format',
    'json',
    ...more,
  ]);
  const { vouching } = JSON.parse(stdout) as Verification;
  return [status, vouching.reasons.map(({ code }) => code)];
}

test('cosign sign-blob: the file, its digest in place of it, another file', { skip }, async (t) => {
  const disk = signed(t, 'sign-blob');
  assert.deepEqual(await verify(disk.disk, disk), [0, []]);
  assert.deepEqual(await verify(disk.digest, disk), [0, []]);
  appendFileSync(disk.disk, 'x');
  assert.deepEqual(await verify(disk.disk, disk), [1, ['SUBJECT_MISMATCH']]);
});

test('cosign attest-blob: counts as the attestation that it is', { skip }, async (t) => {
  const type = 'https://example.invalid/predicate/v1';
  const disk = signed(t, 'attest-blob', '--predicate', 'predicate.json', '--type', type);
  assert.deepEqual(await verify(disk.disk, disk, '--type', type), [0, []]);
  assert.deepEqual(await verify(disk.disk, disk), [1, ['PREDICATE_TYPE']]);
});

test('another key than cosign signed with', { skip }, async (t) => {
  const disk = signed(t, 'sign-blob');
  const other = join(scratch(t), 'other.pub');
  run('sh', [
    '-c',
    `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkey -pubout -out ${other}`,
  ]);
  assert.deepEqual(await verify(disk.disk, { ...disk, key: other }), [1, ['SIGNER_NOT_TRUSTED']]);
});
