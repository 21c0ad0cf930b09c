import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

/* Azurite, Microsoft's emulator of Azure's storage: page blobs, as Azure has disks, behind a SAS. */

const AZURITE = fileURLToPath(new URL('../../node_modules/.bin/azurite-blob', import.meta.url));

/** Why it cannot be used, as `skip` takes it. */
export const withoutAzurite = existsSync(AZURITE) ? false : 'needs azurite';

/** Azurite's only account, as its documentation has it. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const VERSION = '2021-08-06';
const PAGES = 4 * 2 ** 20;
const ZEROS = Buffer.alloc(PAGES);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @returns where it listens */
export async function startAzurite(t: TestContext): Promise<string> {
  const port = await freePort();
  const options = ['--inMemoryPersistence', '--skipApiVersionCheck', '--silent'];
  const child = spawn(process.execPath, [AZURITE, ...options, '--blobPort', String(port)], {
    stdio: 'ignore',
  });
  // Asked to end, it waits for minutes.
  t.after(() => child.kill('SIGKILL'));
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await fetch(base).then(
      () => true,
      () => false,
    );
    if (isUp) return base;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('azurite did not come up');
}

function sign(text: string): string {
  return createHmac('sha256', Buffer.from(KEY, 'base64')).update(text, 'utf8').digest('base64');
}

/** Shared Key (REST reference, "Authorize with Shared Key"): the account is in the path once more, as with all emulators. */
async function put(
  base: string,
  path: string,
  query: Record<string, string>,
  headers: Record<string, string>,
  body: Uint8Array = new Uint8Array(),
): Promise<void> {
  const all = { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': VERSION };
  const canonical = Object.entries(all)
    .filter(([name]) => name.startsWith('x-ms-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`);
  const resource = Object.entries(query)
    .sort()
    .map(([name, value]) => `\n${name}:${value}`);
  const length = body.length === 0 ? '' : String(body.length);
  const text = `PUT\n\n\n${length}\n\n\n\n\n\n\n\n\n${canonical.join('')}/${ACCOUNT}/${ACCOUNT}${path}${resource.join('')}`;
  const url = `${base}/${ACCOUNT}${path}?${new URLSearchParams(query)}`;
  const authorization = `SharedKey ${ACCOUNT}:${sign(text)}`;
  // Not `fetch`: it adds a type, which is signed too.
  const answer = await request(url, { method: 'PUT', headers: { ...all, authorization }, body });
  assert.equal(answer.statusCode, 201, await answer.body.text());
}

/** A service SAS that reads one blob ("Create a service SAS", version 2018-11-09). */
function toSas(blob: string): string {
  const expiry = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
  const fields = [
    'r',
    '',
    expiry,
    `/blob/${ACCOUNT}${blob}`,
    '',
    '',
    '',
    '2018-11-09',
    'b',
    '',
    '',
    '',
    '',
    '',
    '',
  ];
  const sas = { sp: 'r', se: expiry, sv: '2018-11-09', sr: 'b', sig: sign(fields.join('\n')) };
  return new URLSearchParams(sas).toString();
}

/**
 * Holds a blob in a container of its own; what is only zeros is not sent.
 * @returns its URL with a SAS
 */
export async function holdBlob(base: string, name: string, bytes: Buffer): Promise<string> {
  const blob = `/${name}/os.vhd`;
  await put(base, `/${name}`, { restype: 'container' }, {});
  const page = { 'x-ms-blob-type': 'PageBlob', 'x-ms-blob-content-length': String(bytes.length) };
  await put(base, blob, {}, page);
  for (let at = 0; at < bytes.length; at += PAGES) {
    const part = bytes.subarray(at, at + PAGES);
    if (part.equals(ZEROS.subarray(0, part.length))) continue;
    const range = { 'x-ms-page-write': 'update', 'x-ms-range': `bytes=${at}-${at + part.length - 1}` };
    await put(base, blob, { comp: 'page' }, range, part);
  }
  return `${base}/${ACCOUNT}${blob}?${toSas(blob)}`;
}
