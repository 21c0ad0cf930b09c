import { Failure } from '../../../core/failure.ts';
import { parseJson } from '../../../core/json.ts';
import { toOneLine } from '../../../core/one-line.ts';
import { STATEMENT_TYPES, type Statement, type StatementSubject } from '../../../core/statement.ts';

/*
 * Narrows the payload of a verified envelope to an in-toto statement (github.com/in-toto/attestation, spec/v1/statement.md
 * and digest_set.md). The signature says only that these bytes were signed; what they say is settled here, once, and
 * strictly: a statement that two readers could read differently is no statement.
 */

/** Objects inside each other; provenance that carries a whole build request has about 12. */
const MAX_DEPTH = 64;
const MAX_SUBJECTS = 10_000;
const MAX_DIGESTS = 16;
const MAX_NAME = 4096;
const TYPE_URI = /^[\x21-\x7e]{1,512}$/;

/** Hex digits of the algorithms that digest_set.md names. Others are left out, as it demands: nothing is compared with them. */
const HEX_LENGTHS: ReadonlyMap<string, readonly number[]> = new Map([
  ['sha256', [64]],
  ['sha224', [56]],
  ['sha384', [96]],
  ['sha512', [128]],
  ['sha512_224', [56]],
  ['sha512_256', [64]],
  ['sha3_224', [56]],
  ['sha3_256', [64]],
  ['sha3_384', [96]],
  ['sha3_512', [128]],
  ['sha1', [40]],
  ['gitCommit', [40, 64]],
  ['gitTree', [40, 64]],
  ['gitBlob', [40, 64]],
  ['gitTag', [40, 64]],
]);

/**
 * @param bytes the payload of an envelope whose signature holds
 * @throws Failure MALFORMED naming the field that is wrong
 */
export function parseStatement(bytes: Uint8Array): Statement {
  const value = parseJson(bytes, 'the in-toto statement', MAX_DEPTH);
  if (!isRecord(value)) throw malformed('is no JSON object');
  const { _type: type, subject, predicateType, predicate } = value;
  if (typeof type !== 'string' || !STATEMENT_TYPES.includes(type)) {
    throw malformed(`has the _type ${quote(type)} instead of ${STATEMENT_TYPES.join(' or ')}`);
  }
  if (typeof predicateType !== 'string' || !TYPE_URI.test(predicateType)) {
    throw malformed(`has the predicateType ${quote(predicateType)}, which is no type URI`);
  }
  return { type, subjects: parseSubjects(subject), predicateType, predicate };
}

function parseSubjects(subject: unknown): StatementSubject[] {
  if (!Array.isArray(subject) || subject.length === 0) throw malformed('names no subject');
  if (subject.length > MAX_SUBJECTS) throw malformed(`names more than ${MAX_SUBJECTS} subjects`);
  return subject.map(parseSubject);
}

function parseSubject(value: unknown, index: number): StatementSubject {
  const at = `subject[${index}]`;
  if (!isRecord(value)) throw malformed(`has a ${at} that is no object`);
  const { name, digest } = value;
  if (name !== undefined && (typeof name !== 'string' || name.length > MAX_NAME)) {
    throw malformed(`has a ${at}.name that is no text of at most ${MAX_NAME} characters`);
  }
  const parsed = parseDigestSet(digest, `${at}.digest`);
  return name === undefined ? { digest: parsed } : { name, digest: parsed };
}

function parseDigestSet(digest: unknown, at: string): Readonly<Record<string, string>> {
  if (!isRecord(digest)) throw malformed(`has no ${at}`);
  const entries = Object.entries(digest);
  if (entries.length === 0) throw malformed(`has an empty ${at}`);
  if (entries.length > MAX_DIGESTS) throw malformed(`has more than ${MAX_DIGESTS} algorithms in ${at}`);
  const known: [string, string][] = [];
  for (const [algorithm, hex] of entries) {
    if (typeof hex !== 'string') throw malformed(`has a ${at} that is no text`);
    const lengths = HEX_LENGTHS.get(algorithm);
    if (lengths === undefined) continue;
    if (!lengths.includes(hex.length) || !/^[0-9a-f]+$/.test(hex)) {
      throw malformed(`has a ${at}.${algorithm} that is not ${lengths.join(' or ')} lower-case hex digits`);
    }
    known.push([algorithm, hex]);
  }
  return Object.fromEntries(known);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `"${toOneLine(value, 120)}"` : String(typeof value);
}

function malformed(what: string): Failure {
  return new Failure('MALFORMED', `the in-toto statement ${what}`);
}
