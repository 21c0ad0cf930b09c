import { readFile, stat } from 'node:fs/promises';
import type { Digest } from '../../core/digest.ts';
import { Failure, messageOf } from '../../core/failure.ts';
import { type ImageReference, parseReference } from '../../core/reference.ts';
import { BUNDLE_V03, STATEMENT_TYPE, type Statement } from '../../core/statement.ts';
import { readPredicate, toPredicateUris } from '../../inspect/signatures/attestations/all.ts';
import { openRegistryForPush, type RegistryWriter, type Subject } from '../../read/registry/push.ts';
import { openSubject } from '../../read/subject.ts';
import { signStatement, toBundleAnnotations } from '../../sign/bundle.ts';
import { type AskPassword, readPrivateKey } from '../../sign/private-key.ts';
import type { SigningKey } from '../../sign/signing-key.ts';
import { toAttestation, toSignStatement } from '../../sign/statement.ts';
import { toLimits, toOpenOptions } from '../open-options.ts';
import type { AttestSettings, SignSettings } from './settings.ts';

export type { AskPassword } from '../../sign/private-key.ts';

/** What was signed, and where the signature is. */
export interface Signed {
  readonly subject: Digest;
  readonly kind: Subject['kind'];
  /** Of the manifest that carries the bundle. */
  readonly attachment: Digest;
  readonly predicateType: string;
  /** SHA-256 of the public key. */
  readonly key: Digest;
}

const MAX_PREDICATE = 16 * 2 ** 20;

/**
 * Signs what a reference leads to at this moment, and attaches the bundle as cosign 3 does.
 * @throws Failure USAGE, and as `readPrivateKey` and `RegistryWriter`
 */
export async function signImage(
  reference: string,
  settings: SignSettings,
  askPassword: AskPassword,
  signal: AbortSignal,
): Promise<Signed> {
  const key = await readKey(settings, askPassword);
  return attach(reference, settings, key, ({ digest }) => toSignStatement(digest), signal);
}

/**
 * Signs a statement of the given predicate about what a reference leads to.
 * @throws Failure as `signImage`, MALFORMED when the predicate is no JSON object
 */
export async function attestImage(
  reference: string,
  settings: AttestSettings,
  askPassword: AskPassword,
  signal: AbortSignal,
): Promise<Signed> {
  const { type, predicate: file } = settings;
  if (type === undefined) throw new Failure('USAGE', 'name what the predicate is: --type slsaprovenance1');
  if (file === undefined) throw new Failure('USAGE', 'name the file with the predicate: --predicate FILE');
  const predicateType = toPredicateType(type);
  const predicate = await readJsonFile(file);
  const key = await readKey(settings, askPassword);
  const { registry, repository } = parseReference(reference);
  const name = `${registry}/${repository}`;
  // What nobody will accept need not be signed.
  readPredicate({ type: STATEMENT_TYPE, subjects: [], predicateType, predicate });
  const toStatement = ({ digest }: Subject): Statement =>
    toAttestation(digest, predicateType, predicate, name);
  return attach(reference, settings, key, toStatement, signal);
}

async function readKey({ key }: SignSettings, askPassword: AskPassword): Promise<SigningKey> {
  if (key === undefined) throw new Failure('USAGE', 'name the private key to sign with: --key FILE');
  return readPrivateKey(key, askPassword);
}

async function attach(
  text: string,
  settings: SignSettings,
  key: SigningKey,
  toStatement: (subject: Subject) => Statement,
  signal: AbortSignal,
): Promise<Signed> {
  const reference = parseReference(text);
  const writer = openRegistryForPush(reference, toOpenOptions(settings, toLimits(settings), signal).registry);
  try {
    const subject = await readSubject(writer, reference, text, settings, signal);
    const statement = toStatement(subject);
    const blob = signStatement(statement, key);
    const annotations = toBundleAnnotations(statement, new Date());
    const attachment = await writer.attach({ subject, artifactType: BUNDLE_V03, blob, annotations }, signal);
    const { predicateType } = statement;
    return { subject: subject.digest, kind: subject.kind, attachment, predicateType, key: key.fingerprint };
  } finally {
    await writer.close();
  }
}

/** With a platform asked for, the manifest that the index leads to is signed, and not the index. */
async function readSubject(
  writer: RegistryWriter,
  { tag, digest }: ImageReference,
  text: string,
  settings: SignSettings,
  signal: AbortSignal,
): Promise<Subject> {
  const reference = digest ?? tag ?? 'latest';
  if (settings.platform === undefined) return writer.readSubject(reference, signal);
  const opened = await openSubject(text, toOpenOptions(settings, toLimits(settings), signal));
  try {
    return await writer.readSubject(opened.leaf?.digest ?? opened.digest, signal);
  } finally {
    await opened.close();
  }
}

/** A short name, or a URI as it is. */
function toPredicateType(type: string): string {
  const [uri] = toPredicateUris(type) ?? [type];
  return uri ?? type;
}

async function readJsonFile(file: string): Promise<unknown> {
  try {
    const { size } = await stat(file);
    if (size > MAX_PREDICATE) throw new Failure('TOO_LARGE', `${file} has more than ${MAX_PREDICATE} bytes`);
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Failure('MALFORMED', `the predicate ${file} is no JSON: ${messageOf(error)}`);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Failure('NOT_FOUND', `the predicate ${file} does not exist`);
    throw error;
  }
}
