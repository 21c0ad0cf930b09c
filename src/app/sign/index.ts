import type { Digest } from '../../core/digest.ts';
import { Failure, isFailure, messageOf } from '../../core/failure.ts';
import { formatReference, type ImageReference, parseReference } from '../../core/reference.ts';
import { BUNDLE_V03, STATEMENT_TYPE, type Statement } from '../../core/statement.ts';
import { readPredicate, toPredicateUris } from '../../inspect/signatures/attestations/all.ts';
import { decideLocation } from '../../read/decide-location.ts';
import { openRegistryForPush, type RegistryWriter, type Subject } from '../../read/registry/push.ts';
import { openSubject } from '../../read/subject.ts';
import { signStatement, toBundleAnnotations } from '../../sign/bundle.ts';
import { type AskPassword, readPrivateKey } from '../../sign/private-key.ts';
import type { SigningKey } from '../../sign/signing-key.ts';
import { checkPredicateType, toAttestation, toSignStatement } from '../../sign/statement.ts';
import { readGivenFile } from '../given-file.ts';
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
  text: string,
  settings: SignSettings,
  askPassword: AskPassword,
  signal: AbortSignal,
): Promise<Signed> {
  const reference = toReference(text);
  const key = await readKey(settings, askPassword);
  return attach(reference, settings, key, ({ digest }) => toSignStatement(digest), signal);
}

/**
 * Signs a statement of the given predicate about what a reference leads to.
 * @throws Failure as `signImage`, MALFORMED when the predicate is no JSON object
 */
export async function attestImage(
  text: string,
  settings: AttestSettings,
  askPassword: AskPassword,
  signal: AbortSignal,
): Promise<Signed> {
  const { type, predicate: file } = settings;
  if (type === undefined) throw new Failure('USAGE', 'name what the predicate is: --type slsaprovenance1');
  if (file === undefined) throw new Failure('USAGE', 'name the file with the predicate: --predicate FILE');
  const reference = toReference(text);
  const predicateType = toPredicateType(type);
  const predicate = await readPredicateFile(file, predicateType);
  const name = `${reference.registry}/${reference.repository}`;
  const key = await readKey(settings, askPassword);
  const toStatement = ({ digest }: Subject): Statement =>
    toAttestation(digest, predicateType, predicate, name);
  return attach(reference, settings, key, toStatement, signal);
}

async function readKey({ key }: SignSettings, askPassword: AskPassword): Promise<SigningKey> {
  if (key === undefined) throw new Failure('USAGE', 'name the private key to sign with: --key FILE');
  return readPrivateKey(key, askPassword);
}

async function attach(
  reference: ImageReference,
  settings: SignSettings,
  key: SigningKey,
  toStatement: (subject: Subject) => Statement,
  signal: AbortSignal,
): Promise<Signed> {
  const writer = openRegistryForPush(reference, toOpenOptions(settings, toLimits(settings), signal).registry);
  try {
    const subject = await readSubject(writer, reference, settings, signal);
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

/** @throws Failure USAGE; UNSUPPORTED for a location that is no registry */
function toReference(text: string): ImageReference {
  const location = decideLocation(text);
  if (location.kind === 'registry') return parseReference(location.reference);
  throw new Failure(
    'UNSUPPORTED',
    `${text}: a signature is attached in a registry: push the image, and name it there, as registry.example/app:1`,
  );
}

/** With a platform asked for, the manifest that the index leads to is signed, and not the index. */
async function readSubject(
  writer: RegistryWriter,
  reference: ImageReference,
  settings: SignSettings,
  signal: AbortSignal,
): Promise<Subject> {
  const { tag, digest } = reference;
  if (settings.platform === undefined) return writer.readSubject(digest ?? tag ?? 'latest', signal);
  const location = `registry:${formatReference(reference)}`;
  const opened = await openSubject(location, toOpenOptions(settings, toLimits(settings), signal));
  try {
    return await writer.readSubject(opened.leaf?.digest ?? opened.digest, signal);
  } finally {
    await opened.close();
  }
}

/** A short name, or a URI as it is. @throws Failure USAGE */
function toPredicateType(type: string): string {
  const [uri = type] = toPredicateUris(type) ?? [];
  checkPredicateType(uri);
  return uri;
}

/** What nobody will accept need not be signed. */
async function readPredicateFile(file: string, predicateType: string): Promise<unknown> {
  const what = `the predicate ${file}`;
  const text = (await readGivenFile(file, what, MAX_PREDICATE)).toString('utf8');
  const predicate = parseJson(text, what);
  try {
    readPredicate({ type: STATEMENT_TYPE, subjects: [], predicateType, predicate });
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new Failure(error.code, `${what}: ${error.message}`, { cause: error });
  }
  return predicate;
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('MALFORMED', `${what} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}
