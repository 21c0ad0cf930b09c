import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Verification } from '../../src/core/verification.ts';
import type { RejectionCode } from '../../src/core/vouching.ts';
import { tar } from '../../src/read/testing/tar-builder.ts';
import { type CliResult, cli } from '../peers/cli.ts';
import { goPeer, missingGoPeers, startCraneRegistry } from '../peers/go-peers.ts';
import { missingForRegistry, type RunningRegistry, startRegistry } from '../peers/registry.ts';
import { run } from '../peers/run.ts';

/* cosign, registries that are not ours, and what is pushed to them and signed. */

export const skip = missingForRegistry() ?? missingGoPeers('cosign', 'crane') ?? false;

const work = mkdtempSync(join(tmpdir(), 'pratique-cosign-'));
const file = (name: string): string => join(work, name);
const running: RunningRegistry[] = [];
after(() => {
  for (const registry of running) registry.stop();
  rmSync(work, { recursive: true, force: true });
});

export const PASSWORD = 'correct horse';
export const PROVENANCE = file('provenance.json');
export const WITHOUT_LOG = [
  '--yes',
  '--allow-http-registry',
  '--use-signing-config=false',
  '--tlog-upload=false',
];
export const LEGACY = '--new-bundle-format=false';

interface KeyFiles {
  readonly key: string;
  readonly pub: string;
  /** For cosign, which believes SHA-256 of every key unless it is told. */
  readonly hash: string;
}

export function cosign(...args: readonly string[]): { status: number | null; text: string } {
  const env = { ...process.env, COSIGN_PASSWORD: PASSWORD, HOME: work };
  const { status, stdout, stderr } = spawnSync(goPeer('cosign'), args, { env, cwd: work, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

export function mustCosign(...args: readonly string[]): void {
  const { status, text } = cosign(...args);
  assert.equal(status, 0, text);
}

export function crane(...args: readonly string[]): string {
  return run(goPeer('crane'), [...args, '--insecure']).trim();
}

export function cosignVerifies(ref: string, { pub, hash }: KeyFiles, ...more: readonly string[]): boolean {
  const command = more.length === 0 ? ['verify'] : ['verify-attestation', ...more];
  const options = ['--key', pub, '--signature-digest-algorithm', hash, '--insecure-ignore-tlog'];
  return cosign(...command, ...options, '--allow-http-registry', ref).status === 0;
}

function makeKey(name: string, hash: string, { privateKey }: { privateKey: KeyObject }): KeyFiles {
  const files = { key: file(`${name}.key`), pub: file(`${name}.pub`), hash };
  writeFileSync(files.key, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  run('openssl', ['pkey', '-in', files.key, '-pubout', '-out', files.pub]);
  return files;
}

/** The same key as cosign keeps it. */
export function toCosignKey({ key, pub, hash }: KeyFiles): KeyFiles {
  const name = `${key}.cosign`;
  if (!existsSync(`${name}.key`)) mustCosign('import-key-pair', '--key', key, '--output-key-prefix', name);
  return { key: `${name}.key`, pub, hash };
}

let images = 0;

/** Pushes an image that no other test has; its reference by tag. */
export function pushImage(host: string, repository: string, tag = 'v1', platform = 'linux/amd64'): string {
  const layer = file(`layer-${images}.tar`);
  writeFileSync(layer, tar([{ name: 'number', data: `${images++}\n` }]));
  const ref = `${host}/${repository}:${tag}`;
  crane('append', '--oci-empty-base', '-f', layer, '-t', ref);
  crane('mutate', ref, '--set-platform', platform, '-t', ref);
  return ref;
}

const hostOf = (ref: string): string => ref.slice(0, ref.indexOf('/'));
export const repositoryOf = (ref: string): string => ref.slice(0, ref.lastIndexOf(':'));
export const digestOf = (ref: string): string => crane('digest', ref);
export const byDigest = (ref: string): string => `${repositoryOf(ref)}@${digestOf(ref)}`;

export function pratique(
  command: string,
  ref: string,
  { key }: KeyFiles,
  ...more: readonly string[]
): Promise<CliResult> {
  const env = { PRATIQUE_KEY_PASSWORD: PASSWORD };
  return cli([command, ref, '--key', key, '--plain-http', hostOf(ref), ...more], { env });
}

export async function sign(ref: string, key: KeyFiles, ...more: readonly string[]): Promise<void> {
  const { status, stderr } = await pratique('sign', ref, key, ...more);
  assert.equal(status, 0, stderr);
}

/** Exit code 0 and nothing else is trust. */
export async function assertTrusted(
  ref: string,
  { pub }: KeyFiles,
  ...more: readonly string[]
): Promise<void> {
  const { status, stdout, stderr } = await cli([
    'verify',
    ref,
    '--key',
    pub,
    '--plain-http',
    hostOf(ref),
    '--format',
    'json',
    ...more,
  ]);
  assert.equal(status, 0, stderr || stdout);
  assert.equal((JSON.parse(stdout) as Verification).vouching.outcome, 'trusted');
}

export async function assertRefused(
  ref: string,
  { pub }: KeyFiles,
  code: RejectionCode,
  ...more: readonly string[]
): Promise<void> {
  const { status, stdout, stderr } = await cli([
    'verify',
    ref,
    '--key',
    pub,
    '--plain-http',
    hostOf(ref),
    '--format',
    'json',
    ...more,
  ]);
  assert.equal(status, 1, stderr || stdout);
  const { outcome, reasons, rules, rejected } = (JSON.parse(stdout) as Verification).vouching;
  assert.notEqual(outcome, 'trusted');
  const codes = [...reasons, ...rules.flatMap((rule) => rule.reasons), ...rejected].map((one) => one.code);
  assert.ok(codes.includes(code), `${code} is not among ${codes.join(', ')}`);
}

export interface Scene {
  readonly debian: RunningRegistry;
  readonly fromCrane: RunningRegistry;
  readonly alice: KeyFiles;
  readonly bob: KeyFiles;
  /** By what kind of key it is. */
  readonly keys: Readonly<Record<string, KeyFiles>>;
}

/** Two registries, and keys of every kind. */
export async function startScene(): Promise<Scene> {
  const debian = await startRegistry(file('debian'));
  const fromCrane = await startCraneRegistry();
  running.push(debian, fromCrane);
  writeFileSync(
    PROVENANCE,
    JSON.stringify({
      buildDefinition: { buildType: 'https://build.example/v1', externalParameters: { ref: 'main' } },
      runDetails: { builder: { id: 'https://builder.example/one' } },
    }),
  );
  const ec = (namedCurve: string): { privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve });
  mustCosign('generate-key-pair', '--output-key-prefix', 'alice');
  const alice: KeyFiles = { key: file('alice.key'), pub: file('alice.pub'), hash: 'sha256' };
  const bob = makeKey('bob', 'sha256', ec('P-256'));
  const keys: Readonly<Record<string, KeyFiles>> = {
    'cosign’s own': alice,
    'P-256': bob,
    'P-384': makeKey('p384', 'sha384', ec('P-384')),
    'P-521': makeKey('p521', 'sha512', ec('P-521')),
    RSA: makeKey('rsa', 'sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
    Ed25519: makeKey('ed25519', 'sha256', generateKeyPairSync('ed25519')),
  };
  return { debian, fromCrane, alice, bob, keys };
}
