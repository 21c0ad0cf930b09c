import { createPublicKey, type KeyObject } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { parseJson } from '../../../core/json.ts';
import { Refusal } from '../refusal.ts';

/*
 * Holds a log entry's body against the bundle's signer. The library compares signature and digest; who the entry says has
 * signed, it leaves open. An entry so can be logged by a stranger under the stranger's key, with the signature of another
 * copied in: the owner who watches the log for the own name never sees it (CVE-2022-23649, CVE-2026-22703).
 */

export type Signer =
  | { readonly kind: 'certificate'; readonly der: Buffer }
  | { readonly kind: 'key'; readonly key: KeyObject };

/** Where each kind of entry names its signer, and in which of two ways (rekor, pkg/types; rekor-tiles, api/proto). */
const VERIFIERS: ReadonlyMap<
  string,
  { readonly path: readonly (string | number)[]; readonly form: 'pem' | 'raw' }
> = new Map([
  ['hashedrekord/0.0.1', { path: ['signature', 'publicKey', 'content'], form: 'pem' }],
  ['dsse/0.0.1', { path: ['signatures', 0, 'verifier'], form: 'pem' }],
  ['intoto/0.0.2', { path: ['content', 'envelope', 'signatures', 0, 'publicKey'], form: 'pem' }],
  ['hashedrekord/0.0.2', { path: ['hashedRekordV002', 'signature', 'verifier'], form: 'raw' }],
  ['dsse/0.0.2', { path: ['dsseV002', 'signatures', 0, 'verifier'], form: 'raw' }],
]);

const PEM =
  /^-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\r?\n([A-Za-z0-9+/=\r\n]{1,32768})-----END (CERTIFICATE|PUBLIC KEY)-----\s{0,8}$/;
const MAX_DEPTH = 16;

/**
 * @throws Refusal LOG_ENTRY_MISMATCH, UNSUPPORTED for a kind of entry that is not known
 * @throws Failure MALFORMED when the body is no JSON
 */
export function checkSigner(
  entry: TransparencyLogEntry,
  content: 'envelope' | 'message',
  signer: Signer,
): void {
  const { kind, version } = entry.kindVersion;
  const rule = VERIFIERS.get(`${kind}/${version}`);
  if (rule === undefined) {
    throw new Refusal(
      'UNSUPPORTED',
      `log entries of kind ${kind.slice(0, 40)} ${version.slice(0, 20)} are not known`,
    );
  }
  if (content === 'message' && kind !== 'hashedrekord')
    throw mismatch('is of an envelope, the bundle signs a file');
  const body = parseJson(entry.canonicalizedBody, 'the log entry', MAX_DEPTH);
  const verifier = follow(body, ['spec', ...rule.path]);
  const named = rule.form === 'pem' ? fromPem(verifier) : fromRaw(verifier);
  if (named === undefined) throw mismatch('names no signer');
  if (named.kind !== signer.kind) throw mismatch(`names a ${named.kind}, the bundle a ${signer.kind}`);
  if (!isNamed(named.der, signer)) throw mismatch(`names another ${signer.kind} than the bundle`);
}

interface Named {
  readonly kind: Signer['kind'];
  readonly der: Buffer;
}

function isNamed(der: Buffer, signer: Signer): boolean {
  if (signer.kind === 'certificate') return signer.der.equals(der);
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' }).equals(signer.key);
  } catch {
    return false;
  }
}

/** Base64 of PEM. */
function fromPem(value: unknown): Named | undefined {
  if (typeof value !== 'string') return undefined;
  const match = PEM.exec(Buffer.from(value, 'base64').toString('latin1'));
  const [, label, base64, end] = match ?? [];
  if (base64 === undefined || label !== end) return undefined;
  return { kind: label === 'CERTIFICATE' ? 'certificate' : 'key', der: Buffer.from(base64, 'base64') };
}

/** `{ x509Certificate: { rawBytes } }` or `{ publicKey: { rawBytes } }`. */
function fromRaw(value: unknown): Named | undefined {
  const certificate = follow(value, ['x509Certificate', 'rawBytes']);
  const key = follow(value, ['publicKey', 'rawBytes']);
  if (typeof certificate === 'string' && key === undefined) {
    return { kind: 'certificate', der: Buffer.from(certificate, 'base64') };
  }
  if (typeof key === 'string' && certificate === undefined)
    return { kind: 'key', der: Buffer.from(key, 'base64') };
  return undefined;
}

function follow(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}

function mismatch(flaw: string): Refusal {
  return new Refusal('LOG_ENTRY_MISMATCH', `the log entry ${flaw}`);
}
