import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Verification } from '../../src/core/verification.ts';
import { authority, issue } from '../../src/inspect/signatures/notation/testing/authority.ts';
import { cli } from '../peers/cli.ts';
import { missingGoPeers, startCraneRegistry } from '../peers/go-peers.ts';
import { askNotation, missingNotation } from '../peers/notation/peer.ts';
import { bytesOf, COSE, fromPeer, policyOf, today, work } from './notation-work.ts';

/* Notation signatures that are found in a registry. */

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
