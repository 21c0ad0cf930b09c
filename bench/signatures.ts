import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBy } from '../src/app/settings.ts';
import { verifyLocation } from '../src/app/verify/index.ts';
import { verifySchema } from '../src/app/verify/settings.ts';
import { SIMPLE_SIGNING } from '../src/core/statement.ts';
import { proveBundle } from '../src/inspect/signatures/sigstore/bundle.ts';
import { toFound, toRoot } from '../src/inspect/signatures/sigstore/testing/found.ts';
import { mockSigstore } from '../src/inspect/signatures/sigstore/testing/keyless.ts';
import { type FakeRegistry, startFakeRegistry } from '../src/read/testing/fake-registry.ts';
import { type Blob, blob, OCI } from '../src/read/testing/image-builder.ts';
import { signStatement } from '../src/sign/bundle.ts';
import { toSigningKey } from '../src/sign/signing-key.ts';
import { toSignStatement } from '../src/sign/statement.ts';
import { goPeer, missingGoPeers } from '../test/peers/go-peers.ts';
import { expectStatus, measure, runOnce } from './measure.ts';
import { mebibytes, type Row, seconds, times } from './table.ts';

/*
 * What it costs to ask who vouches: of one image with one key, with and without the start of a process; of a keyless bundle; and
 * of an image to which somebody attached ten thousand signatures. The registry is the project's own test double.
 */

type Add = (what: string, value: string, bound: string, holds: boolean) => void;

const pratique = [process.execPath, fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)), 'verify'];
const NAME = 'acme/app';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const FLOOD = 10_000;
const ROUNDS = 200;

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

export async function signatures(rows: Row[]): Promise<void> {
  const add: Add = (what, value, bound, holds) => rows.push({ what, value, bound, holds });
  const folder = await mkdtemp(join(tmpdir(), 'pratique-bench-signatures-'));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = join(folder, 'acme.pub');
  await writeFile(keyFile, publicKey.export({ format: 'pem', type: 'spki' }));
  const registry = await startFakeRegistry();
  try {
    const image = putImage(registry, 'once');
    attachBundle(
      registry,
      image,
      signStatement(toSignStatement(image.descriptor.digest), toSigningKey(privateKey)),
    );
    await oneKey(add, `${registry.host}/${NAME}:once`, keyFile, folder, registry.host);
    await keyless(add);
    const flooded = putImage(registry, 'flooded');
    floodTag(registry, flooded, (payload) => sign('sha256', payload, privateKey));
    await flood(
      add,
      'ten thousand signatures in one tag, the oldest is ours',
      registry,
      'flooded',
      keyFile,
      0,
    );
    const referred = putImage(registry, 'referred');
    attachBundle(
      registry,
      referred,
      signStatement(toSignStatement(referred.descriptor.digest), toSigningKey(privateKey)),
    );
    for (let place = 0; place < FLOOD; place++)
      attachBundle(registry, referred, Buffer.from(`{"forged":${place}}`));
    await flood(add, 'ten thousand forged referrers above ours', registry, 'referred', keyFile, 1);
  } finally {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneKey(add: Add, reference: string, key: string, folder: string, host: string): Promise<void> {
  const cacheDir = join(folder, 'cache');
  const online = ['--key', key, '--plain-http', host, '--cache-dir', cacheDir];
  const registry = expectStatus(await measure([...pratique, reference, ...online]), [0], 'pratique');
  const offline = ['--key', key, '--offline', '--cache-dir', cacheDir];
  const cached = expectStatus(await measure([...pratique, reference, ...offline]), [0], 'pratique');
  add('one key, from the registry', milliseconds(registry.seconds * 1000), '', true);
  if (missingGoPeers('cosign') === undefined) {
    const cosign = [
      goPeer('cosign'),
      'verify',
      '--key',
      key,
      '--insecure-ignore-tlog',
      '--allow-http-registry',
      reference,
    ];
    const peer = expectStatus(await measure(cosign), [0], 'cosign');
    add('  cosign', milliseconds(peer.seconds * 1000), '', true);
    add('  to cosign', times(registry.seconds / peer.seconds), '', true);
  }
  const bare = await measure([process.execPath, '-e', '0']);
  add(
    'one key, cached, process start included',
    milliseconds(cached.seconds * 1000),
    '< 150 ms',
    cached.seconds < 0.15,
  );
  add('  to starting Node', times(cached.seconds / bare.seconds), '', true);
  const settings = parseBy(verifySchema, { key, offline: true, cacheDir });
  const inside = await median(async () => {
    const { vouching } = await verifyLocation(reference, settings, new AbortController().signal);
    if (vouching.outcome !== 'trusted') throw new Error('the signature was not accepted');
  });
  add('one key, cached, inside a process', milliseconds(inside), '< 3 ms', inside < 3);
}

async function keyless(add: Add): Promise<void> {
  const sigstore = await mockSigstore();
  const payload = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: 'a'.repeat(64) } }],
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  });
  for (const log of ['v1', 'v2'] as const) {
    const found = toFound(await sigstore.signDsse(payload, 'application/vnd.in-toto+json', { log }));
    const materials = { keys: [], roots: [toRoot(sigstore.rootJson())], notation: [] };
    const context = { now: sigstore.clock, signal: new AbortController().signal, name: undefined };
    const took = await median(async () => {
      const [result] = await proveBundle(found, materials, context);
      if (result?.kind !== 'proven') throw new Error('the bundle was not proven');
    });
    add(`keyless offline, Rekor ${log}, inside a process`, milliseconds(took), '< 15 ms', took < 15);
  }
}

async function flood(
  add: Add,
  what: string,
  { host }: FakeRegistry,
  tag: string,
  key: string,
  status: number,
): Promise<void> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'pratique-bench-'));
  try {
    const command = [
      ...pratique,
      `${host}/${NAME}:${tag}`,
      '--key',
      key,
      '--plain-http',
      host,
      '--cache-dir',
      cacheDir,
    ];
    const run = expectStatus(await runOnce(command), [status], 'pratique');
    add(what, seconds(run.seconds), '< 30 s', run.seconds < 30);
    add('  peak memory', mebibytes(run.peakMiB), '≤ 400 MiB', run.peakMiB <= 400);
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

function putImage(registry: FakeRegistry, tag: string): Blob {
  const config = blob(OCI.config, {
    architecture: 'amd64',
    os: 'linux',
    tag,
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const manifest = blob(OCI.manifest, {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config: config.descriptor,
    layers: [],
  });
  registry.putBlob(NAME, config.bytes);
  registry.putManifest(NAME, manifest, tag);
  return manifest;
}

function attachBundle(registry: FakeRegistry, subject: Blob, json: Buffer): void {
  const content = blob(BUNDLE, json);
  const empty = blob('application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  registry.putBlob(NAME, content.bytes);
  registry.putBlob(NAME, empty.bytes);
  registry.putManifest(
    NAME,
    blob(OCI.manifest, {
      schemaVersion: 2,
      mediaType: OCI.manifest,
      artifactType: BUNDLE,
      config: empty.descriptor,
      layers: [content.descriptor],
      subject: subject.descriptor,
    }),
  );
}

/** The way cosign appends: ours first, then what others added. */
function floodTag(registry: FakeRegistry, image: Blob, signWith: (payload: Buffer) => Buffer): void {
  const { digest } = image.descriptor;
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': `registry.example/${NAME}` },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
  const content = blob(SIMPLE_SIGNING, payload);
  const config = blob(OCI.config, { architecture: '', os: '', rootfs: { type: 'layers', diff_ids: [] } });
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const forged = sign('sha256', payload, stranger).toString('base64');
  const layers = Array.from({ length: FLOOD }, (_, place) => ({
    ...content.descriptor,
    annotations: {
      'dev.cosignproject.cosign/signature': place === 0 ? signWith(payload).toString('base64') : forged,
    },
  }));
  registry.putBlob(NAME, payload);
  registry.putBlob(NAME, config.bytes);
  registry.putManifest(
    NAME,
    blob(OCI.manifest, { schemaVersion: 2, mediaType: OCI.manifest, config: config.descriptor, layers }),
    `${digest.replace(':', '-')}.sig`,
  );
}

/** Milliseconds of the middle one of many rounds, after as many to warm up. */
async function median(work: () => Promise<void>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const start = performance.now();
    await work();
    if (round >= ROUNDS) took.push(performance.now() - start);
  }
  return took.toSorted((a, b) => a - b)[ROUNDS / 2] ?? Number.NaN;
}
