import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Failure, messageOf } from '../core/failure.ts';
import { toOneLine } from '../core/one-line.ts';
import { parseCosignKey } from './cosign-key.ts';
import { checkPkcs8Cost } from './pkcs8-cost.ts';
import { type SigningKey, toSigningKey } from './signing-key.ts';

/** Asks for the password of an encrypted key; undefined when there is nobody to ask. An empty one is one. */
export type AskPassword = () => Promise<string | undefined>;

interface PemBlock {
  readonly label: string;
  /** With its first and last line. */
  readonly text: string;
  /** What the Base64 lines hold; empty when they are not Base64. */
  readonly bytes: Buffer;
}

const MAX_FILE = 64 * 1024;
const MAX_BLOCKS = 20;
const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,64})-----/;
/** `awskms://…`, `k8s://…`, `pkcs11:…`: keys that are not in a file. */
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]{1,31}:\/\/|pkcs11:)/;

/**
 * Reads a private key in PEM: PKCS #8 (plain or encrypted), PKCS #1, SEC 1, or as `cosign generate-key-pair` writes it.
 * `password` is asked only for an encrypted key.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE; USAGE (no private key in it, more than one, a public one);
 * UNAUTHORIZED (no password, or the wrong one); UNSUPPORTED (kept in a KMS, OpenSSH's format, another kind of key);
 * MALFORMED
 */
export async function readPrivateKey(file: string, password: AskPassword): Promise<SigningKey> {
  if (ELSEWHERE.test(file)) {
    const scheme = file.slice(0, file.indexOf(':'));
    throw new Failure(
      'UNSUPPORTED',
      `keys in ${scheme} are not supported yet: name a file with a private key`,
    );
  }
  const text = await readKeyFile(file);
  try {
    return await parsePrivateKey(text, password);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${file}: ${error.message}`, { cause: error });
  }
}

/** @throws Failure as `readPrivateKey` */
export async function parsePrivateKey(text: string, password: AskPassword): Promise<SigningKey> {
  return toSigningKey(await unlock(pickPrivate(text), password));
}

async function unlock(block: PemBlock, password: AskPassword): Promise<KeyObject> {
  switch (block.label) {
    case 'PRIVATE KEY':
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
      if (/^Proc-Type: ?4,ENCRYPTED/m.test(block.text)) return toKey(block.text, await demand(password));
      return toKey(block.text);
    case 'ENCRYPTED PRIVATE KEY':
      checkPkcs8Cost(block.bytes);
      return toKey(block.text, await demand(password));
    case 'ENCRYPTED SIGSTORE PRIVATE KEY':
    case 'ENCRYPTED COSIGN PRIVATE KEY':
      return unlockCosign(block.bytes, password);
    default:
      throw new Failure(
        'UNSUPPORTED',
        `"${block.label}" is not read: convert it to PKCS #8 (openssl pkcs8 -topk8; ssh-keygen -p -m PKCS8)`,
      );
  }
}

async function unlockCosign(json: Buffer, password: AskPassword): Promise<KeyObject> {
  const locked = parseCosignKey(json);
  const der = await locked.unlock(await demand(password));
  if (der === undefined) throw wrongPassword();
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Failure('MALFORMED', 'what is encrypted in it is no PKCS #8 private key', { cause });
  } finally {
    der.fill(0);
  }
}

/** With a password the two ways to fail, wrong or damaged, cannot be told apart: a wrong one can decrypt to noise. */
function toKey(pem: string, passphrase?: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    if (passphrase !== undefined) throw wrongPassword(cause);
    throw new Failure('MALFORMED', `the private key is damaged: ${toOneLine(messageOf(cause), 120)}`, {
      cause,
    });
  }
}

async function demand(password: AskPassword): Promise<string> {
  const given = await password();
  if (given !== undefined) return given;
  throw new Failure(
    'UNAUTHORIZED',
    'the key is encrypted: set PRATIQUE_KEY_PASSWORD, or run where you can be asked',
  );
}

function wrongPassword(cause?: unknown): Failure {
  return new Failure('UNAUTHORIZED', 'the password is wrong, or the file was changed: check the password', {
    cause,
  });
}

/** The one private key of a PEM file; what else stands there, such as `EC PARAMETERS`, is passed over. */
function pickPrivate(text: string): PemBlock {
  const blocks = splitPem(text);
  const [found, second] = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (second !== undefined)
    throw new Failure('USAGE', 'there is more than one private key in it: which one?');
  if (found !== undefined) return found;
  const [other] = blocks;
  if (other === undefined) throw new Failure('USAGE', 'there is no private key in it, in PEM');
  throw new Failure('USAGE', `"${other.label}" signs nothing: name the file with the private key`);
}

/** The blocks of a PEM file (RFC 7468 section 2), as far as each has its end. */
function splitPem(text: string): PemBlock[] {
  const found: PemBlock[] = [];
  for (let at = 0; found.length < MAX_BLOCKS; ) {
    const [begin, label] = BEGIN.exec(text.slice(at)) ?? [];
    if (begin === undefined || label === undefined) break;
    const start = text.indexOf(begin, at);
    const end = `-----END ${label}-----`;
    const stop = text.indexOf(end, start);
    if (stop === -1) break;
    const body = text.slice(start + begin.length, stop);
    at = stop + end.length;
    found.push({ label, text: text.slice(start, at), bytes: toBytes(body) });
  }
  return found;
}

function toBytes(body: string): Buffer {
  const base64 = body.replace(/\s/g, '');
  return /^[A-Za-z0-9+/]{1,65536}={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
}

async function readKeyFile(file: string): Promise<string> {
  try {
    if ((await stat(file)).isDirectory())
      throw new Failure('USAGE', `${file} is a folder: name a private key`);
    // Not `readFile`: what is no regular file, such as a pipe from a secret store, has no size to go by.
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: MAX_FILE })) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (bytes.length <= MAX_FILE) return bytes.toString('latin1');
    throw new Failure('TOO_LARGE', `${file} has more than ${MAX_FILE} bytes: that is no key`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new Failure('NOT_FOUND', `there is no key file ${file}`);
    if (code === 'EACCES' || code === 'EPERM') throw new Failure('NO_PERMISSION', messageOf(error));
    throw error;
  }
}
