import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { AttachedBlob, Attachment, OpenedAttachment } from '../../src/core/attachment.ts';
import { parseDigest, toDigest } from '../../src/core/digest.ts';
import { isFailure } from '../../src/core/failure.ts';
import type { Found, Materials, Proof, TrustedKey } from '../../src/inspect/signatures/contract.ts';
import { findCosign } from '../../src/inspect/signatures/cosign/find.ts';
import { proveCosign } from '../../src/inspect/signatures/cosign/prove.ts';
import { parsePublicKey } from '../../src/inspect/signatures/keys.ts';
import { parseTrustRoot } from '../../src/inspect/signatures/sigstore/trust-root.ts';

/* Images that were signed with real cosigns, years ago. Charlie's public key is not among the data. */

const data = fileURLToPath(new URL('../../../shared/data/signatures/', import.meta.url));
const ARCHIVES = ['connaisseur.tar.xz', 'sigstore-root-signing.tar.xz'] as const;
const skip = ARCHIVES.every((name) => existsSync(data + name))
  ? false
  : `needs ${ARCHIVES.map((name) => `../shared/data/signatures/${name}`).join(' and ')}`;
const folder = mkdtempSync(join(tmpdir(), 'pratique-cosign-outside-'));
const cosign = join(folder, 'connaisseur', 'cosign');
const images = join(cosign, 'securesystemsengineering', 'testimage');

const ALICE = 'sha256:071bf7a986f1ca9cb2a1f0bc8392822a7777f90d58f2d2c6f271913e08de7c81';
const ALL_THREE = 'sha256:bfec161fecb0a887df7cb85e4da327c65986ccda7060cf3cd92171c6c90d7533';
const KEYLESS = 'sha256:31dc72a13a0c34b40eb95419d2b2fd67320c856baf3b72da518023ee8d370aee';

before(() => {
  if (skip !== false) return;
  for (const name of ARCHIVES) execFileSync('tar', ['-xJf', data + name, '-C', folder]);
});
after(() => rmSync(folder, { recursive: true }));

test('the image signed by alice is proven by her key, and by no other', { skip }, async () => {
  const { alice, bob, unrelated } = keys();
  assert.deepEqual(await proveAll(ALICE, { keys: [alice] }), [[`alice ${ALICE}`], []]);
  assert.deepEqual(await proveAll(ALICE, { keys: [bob, unrelated, alice] }), [[`alice ${ALICE}`], []]);
  assert.deepEqual(await proveAll(ALICE, { keys: [bob, unrelated] }), [[], ['SIGNER_NOT_TRUSTED']]);
  assert.deepEqual(await proveAll(ALICE, { roots: [root()] }), [[], ['WRONG_MATERIAL']]);
});

test('of the image signed by three, each is proven by whose key is trusted', { skip }, async () => {
  const { alice, bob, unrelated } = keys();
  const stranger = 'SIGNER_NOT_TRUSTED';
  assert.deepEqual(await proveAll(ALL_THREE, { keys: [alice] }), [
    [`alice ${ALL_THREE}`],
    [stranger, stranger],
  ]);
  assert.deepEqual(await proveAll(ALL_THREE, { keys: [bob] }), [[`bob ${ALL_THREE}`], [stranger, stranger]]);
  const [proven, refused] = await proveAll(ALL_THREE, { keys: [alice, bob] });
  assert.deepEqual(proven.toSorted(), [`alice ${ALL_THREE}`, `bob ${ALL_THREE}`]);
  assert.deepEqual(refused, [stranger]);
  assert.deepEqual(await proveAll(ALL_THREE, { keys: [unrelated] }), [[], [stranger, stranger, stranger]]);
});

test('the keyless image is proven by the public trust root, with identity, time and log entry', {
  skip,
}, async () => {
  const [found] = await findAll(KEYLESS);
  assert.ok(found !== undefined);
  const [proof] = await proofsOf(found, { roots: [root()] });
  assert.deepEqual(proof, {
    format: 'cosign',
    identity: {
      kind: 'sigstore',
      issuer: 'https://github.com/login/oauth',
      subject: 'philipp.belitz@securesystems.de',
      root: 'sigstore',
    },
    content: { kind: 'image', digest: KEYLESS, claimedName: 'index.docker.io/phbelitz/rekor-test' },
    times: [{ time: '2024-05-30T15:18:17.000Z', source: 'log' }],
    log: { index: '98235800', log: 'https://rekor.sigstore.dev' },
    notes: [],
  });
});

test('the keyless image is proven by nothing else', { skip }, async () => {
  const { alice, bob } = keys();
  assert.deepEqual(await proveAll(KEYLESS, { keys: [alice, bob] }), [[], ['WRONG_MATERIAL']]);
  assert.deepEqual(await proveAll(KEYLESS, {}), [[], ['WRONG_MATERIAL']]);
});

for (const [name, code, change] of [
  ['without its log entry', 'LOG_MISSING', { 'dev.sigstore.cosign/bundle': '' }],
  ['without its certificate', 'WRONG_MATERIAL', { 'dev.sigstore.cosign/certificate': '' }],
  ['with another signature', 'SIGNATURE_INVALID', { 'dev.cosignproject.cosign/signature': 'MEUCIQCfqWjg' }],
] as const) {
  test(`the keyless image ${name} is refused`, { skip }, async () => {
    const [found] = await findAll(KEYLESS);
    assert.ok(found?.body.kind === 'simple-signing');
    const annotations = { ...found.body.annotations, ...change };
    const results = await proveWith({ ...found, body: { ...found.body, annotations } }, { roots: [root()] });
    assert.deepEqual(
      results.map((result) => result.kind === 'rejected' && result.rejection.code),
      [code],
    );
  });
}

test('a payload under the signatures of another image is refused', { skip }, async () => {
  const { alice } = keys();
  const [[own], [other]] = await Promise.all([findAll(ALICE), findAll(ALL_THREE)]);
  assert.ok(own?.body.kind === 'simple-signing' && other?.body.kind === 'simple-signing');
  const swapped = { ...own, body: { ...own.body, payload: other.body.payload } };
  const [result] = await proveWith(swapped, { keys: [alice] });
  assert.equal(result?.kind === 'rejected' && result.rejection.code, 'SIGNER_NOT_TRUSTED');
});

test('the image that nobody signed has nothing to find', { skip }, () => {
  const digest = sha256(readFileSync(join(images, 'manifests', 'co-unsigned.json')));
  assert.equal(existsSync(join(images, 'manifests', `${digest.replace(':', '-')}.sig.json`)), false);
});

function keys(): Record<'alice' | 'bob' | 'unrelated', TrustedKey> {
  const config = parse(readFileSync(join(cosign, '09_full_config.yaml'), 'utf8'));
  const pems = new Map<string, string>(
    config.trustRoots.map(({ name, key }: { name: string; key: string }) => [name, key]),
  );
  const read = (name: string): TrustedKey => parsePublicKey(name, pems.get(name) ?? '');
  return { alice: read('alice'), bob: read('bob'), unrelated: read('default') };
}

function root() {
  const path = join(folder, 'sigstore-root-signing', 'targets', 'trusted_root.json');
  return parseTrustRoot('sigstore', JSON.parse(readFileSync(path, 'utf8')), {
    requireLog: true,
    requireSct: true,
  });
}

/** Who was proven for which digest, and the codes of what was refused. */
async function proveAll(digest: string, materials: Partial<Materials>): Promise<[string[], string[]]> {
  const results = (
    await Promise.all((await findAll(digest)).map((found) => proveWith(found, materials)))
  ).flat();
  const proven = results.flatMap((result) => (result.kind === 'proven' ? [toText(result.proof)] : []));
  return [proven, results.flatMap((result) => (result.kind === 'rejected' ? [result.rejection.code] : []))];
}

function toText({ identity, content }: Proof): string {
  assert.ok(identity.kind === 'key' && content.kind === 'image');
  return `${identity.name} ${content.digest}`;
}

async function proofsOf(found: Found, materials: Partial<Materials>): Promise<Proof[]> {
  const results = await proveWith(found, materials);
  return results.flatMap((result) => (result.kind === 'proven' ? [result.proof] : []));
}

function proveWith(found: Found, materials: Partial<Materials>): ReturnType<typeof proveCosign> {
  const context = { now: new Date(), signal: new AbortController().signal, name: undefined };
  return proveCosign(found, { keys: [], roots: [], notation: [], ...materials }, context);
}

async function findAll(digest: string): Promise<readonly Found[]> {
  const bytes = readFileSync(join(images, 'manifests', `${digest.replace(':', '-')}.sig.json`));
  const { config, layers } = JSON.parse(bytes.toString('utf8'));
  const blobs = layers.map((layer: Omit<AttachedBlob, 'read'>) => ({
    ...layer,
    read: async () => readBlob(layer.digest),
  }));
  const opened: OpenedAttachment = { artifactType: config.mediaType, annotations: {}, blobs };
  const attachment: Attachment = {
    digest: sha256(bytes),
    subject: parseDigest(digest),
    via: 'signature-tag',
    annotations: {},
    open: async () => opened,
  };
  const read = (blob: AttachedBlob) => blob.read(new AbortController().signal);
  const all: Found[] = [];
  for await (const found of findCosign(attachment, opened, read)) if (!isFailure(found)) all.push(found);
  return all;
}

function readBlob(digest: string): Buffer {
  const bytes = readFileSync(join(images, 'blobs', `${digest.replace(':', '_')}.json`));
  assert.equal(sha256(bytes), digest);
  return bytes;
}

function sha256(bytes: Uint8Array) {
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}
