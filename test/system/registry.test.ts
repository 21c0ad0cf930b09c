import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parseReference } from '../../src/core/reference.ts';
import type { Descriptor } from '../../src/read/blob-source.ts';
import { openRegistry } from '../../src/read/registry/open.ts';
import type { RegistryOptions } from '../../src/read/registry/options.ts';
import { makeCertificates } from '../../src/read/registry/testing/certificates.ts';
import { collect, digestOf, json, NEVER, serve } from '../../src/read/registry/testing/server.ts';
import {
  freePort,
  missingForRegistry,
  type RegistryParts,
  type RunningRegistry,
  startRegistry,
} from '../peers/registry.ts';

/**
 * The registry client against Debian's `docker-registry` on the loopback interface, filled by Skopeo: http, basic
 * authentication, TLS with a private authority, and bearer tokens that the registry itself verifies.
 */
const skip = missingForRegistry() ?? false;

const work = mkdtempSync(join(tmpdir(), 'pratique-registry-'));
const certificates =
  skip === false ? makeCertificates({ server: 'IP:127.0.0.1', issuer: 'DNS:issuer' }) : undefined;
const running: RunningRegistry[] = [];
after(() => {
  for (const registry of running) registry.stop();
  certificates?.remove();
  rmSync(work, { recursive: true, force: true });
});

const LAYER = randomBytes(3 << 20);
const ME = { kind: 'password', username: 'me', password: 'secret' } as const;

/** An OCI layout (image-spec, image-layout.md) of one image with one layer of noise. */
function makeLayout(): string {
  const folder = join(work, 'layout');
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): object => {
    const digest = digestOf(bytes);
    writeFileSync(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const layer = put('application/vnd.oci.image.layer.v1.tar', LAYER);
  const rootfs = { type: 'layers', diff_ids: [digestOf(LAYER)] };
  const image = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const config = put('application/vnd.oci.image.config.v1+json', image);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [layer],
    }),
  );
  const index = {
    schemaVersion: 2,
    manifests: [put('application/vnd.oci.image.manifest.v1+json', manifest)],
  };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return folder;
}

/** Starts a registry with these parts of its configuration. */
async function serveRegistry(name: string, parts: RegistryParts = {}): Promise<string> {
  const registry = await startRegistry(join(work, name), parts);
  running.push(registry);
  return registry.host;
}

/** Not the synchronous way: the token realm is in this process. */
async function push(host: string, ...options: string[]): Promise<void> {
  const target = `docker://${host}/team/app:v1`;
  const words = ['--insecure-policy', 'copy', '--quiet', ...options, `oci:${makeLayout()}`, target];
  await promisify(execFile)('skopeo', words, { timeout: 30_000 });
}

/** Reads the image whole, by tag and by digest, and checks each byte. */
async function pull(host: string, options: Partial<RegistryOptions>): Promise<void> {
  const source = openRegistry(parseReference(`${host}/team/app:v1`), {
    documentBytes: 1 << 20,
    env: {},
    homeDir: work,
    certsDirs: [],
    ...options,
  });
  try {
    const document = await source.document('v1', NEVER);
    assert.equal(document.mediaType, 'application/vnd.oci.image.manifest.v1+json');
    assert.deepEqual(await source.document(document.digest, NEVER), document);
    const manifest = JSON.parse(Buffer.from(document.bytes).toString()) as {
      config: Descriptor;
      layers: Descriptor[];
    };
    const blobs = [manifest.config, ...manifest.layers];
    const contents = await Promise.all(blobs.map((descriptor) => collect(source, descriptor)));
    assert.deepEqual(
      contents.map((content) => digestOf(content)),
      blobs.map(({ digest }) => digest),
    );
    // Skopeo compresses layers on their way.
    assert.ok(gunzipSync(contents[1] ?? '').equals(LAYER));
  } finally {
    await source.close();
  }
}

describe('docker-registry', { skip }, () => {
  test('plain http, and only where asked', async () => {
    const host = await serveRegistry('plain');
    await push(host, '--dest-tls-verify=false');
    await pull(host, { plainHttp: [host] });
    await assert.rejects(pull(host, {}), { code: 'UNREACHABLE', message: /--plain-http/ });

    const options = { plainHttp: true, documentBytes: 1 << 20, env: {}, homeDir: work, certsDirs: [] };
    const source = openRegistry(parseReference(`${host}/team/app`), options);
    await assert.rejects(source.document('nope', NEVER), { code: 'NOT_FOUND', message: /MANIFEST_UNKNOWN/ });
    await source.close();
    const other = openRegistry(parseReference(`${host}/team/other`), options);
    await assert.rejects(other.document('v1', NEVER), { code: 'NOT_FOUND', message: /team\/other:v1/ });
    await other.close();
  });

  test('a mirror is used, a broken one passed over', async () => {
    const host = await serveRegistry('mirror');
    await push(host, '--dest-tls-verify=false');
    const mirrors = [`http://127.0.0.1:${await freePort()}`, `http://${host}`];
    await pull('registry.invalid', { mirrors: { 'registry.invalid': mirrors } });
  });

  test('basic authentication, with credentials as Skopeo keeps them', async () => {
    const passwords = execFileSync('htpasswd', ['-Bbn', 'me', 'secret']);
    writeFileSync(join(work, 'passwords'), passwords);
    const auth = { htpasswd: { realm: 'test', path: join(work, 'passwords') } };
    const host = await serveRegistry('basic', { auth });
    await push(host, '--dest-tls-verify=false', '--dest-creds', 'me:secret');
    const authFile = join(work, 'auth.json');
    const login = ['login', '--authfile', authFile, '--tls-verify=false', '-u', 'me', '-p', 'secret', host];
    execFileSync('skopeo', login, { stdio: 'pipe' });

    await pull(host, { plainHttp: true, env: { REGISTRY_AUTH_FILE: authFile } });
    await assert.rejects(pull(host, { plainHttp: true }), { code: 'UNAUTHORIZED', message: /docker login/ });
    const wrong = { ...ME, password: 'wrong' };
    await assert.rejects(pull(host, { plainHttp: true, credentials: wrong }), {
      code: 'UNAUTHORIZED',
      message: /options were tried/,
    });
  });

  test('TLS with a private authority', async () => {
    assert.ok(certificates);
    const { folder, caFile } = certificates;
    const tls = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') };
    const host = await serveRegistry('tls', { tls });
    const certsDir = join(work, 'certs.d');
    mkdirSync(join(certsDir, host), { recursive: true });
    execFileSync('cp', [caFile, join(certsDir, host, 'ca.crt')]);
    await push(host, '--dest-cert-dir', join(certsDir, host));

    await pull(host, { caFile });
    await pull(host, { certsDirs: [certsDir] });
    await assert.rejects(pull(host, {}), { code: 'UNREACHABLE', message: /unknown authority/ });
  });

  test('bearer tokens that the registry verifies', async () => {
    assert.ok(certificates);
    const { cert, key } = certificates.pem('issuer');
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    await using realm = await serve((request, response) => {
      const url = new URL(request.url ?? '/', 'http://realm.invalid');
      if (request.headers.authorization !== basic) return json(response, 401, {});
      const scopes = url.searchParams.getAll('scope').flatMap((scope) => scope.split(' '));
      return json(response, 200, { token: toToken(scopes, cert, key) });
    });
    const token = {
      realm: `${realm.origin}/token`,
      service: 'test',
      issuer: 'issuer',
      rootcertbundle: certificates.caFile,
    };
    const host = await serveRegistry('bearer', { auth: { token } });
    await push(host, '--dest-tls-verify=false', '--dest-creds', 'me:secret');

    await pull(host, { plainHttp: true, credentials: ME, authRealms: { [host]: [realm.host] } });
    await assert.rejects(pull(host, { plainHttp: true, credentials: ME }), {
      code: 'UNAUTHORIZED',
      message: /foreign host/,
    });
    await assert.rejects(pull(host, { plainHttp: true }), { code: 'UNAUTHORIZED' });
  });
});

/** A token as distribution's "Token Authentication Implementation" has it: a JWT (RFC 7519) with its certificate. */
function toToken(scopes: readonly string[], cert: Buffer, key: Buffer): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const claims = {
    iss: 'issuer',
    sub: 'me',
    aud: 'test',
    exp: now + 60,
    nbf: now - 10,
    iat: now,
    jti: createHash('sha256').update(randomBytes(8)).digest('hex'),
    access: scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    }),
  };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: createPrivateKey(key),
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}
