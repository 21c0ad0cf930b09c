import { Failure } from '../core/failure.ts';

/*
 * An encrypted PKCS #8 file says itself how often its password is to be hashed, and OpenSSL obeys: a number near 2^31 holds
 * a process for half an hour, in a call that nothing can interrupt. So the number is read before OpenSSL is asked. This
 * is the little of DER (X.690 section 8) that it takes, over the structures of RFC 8018 appendix A.
 */

const MAX_ITERATIONS = 10_000_000;
const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const INTEGER = 0x02;
const OBJECT_IDENTIFIER = 0x06;
/** 1.2.840.113549.1.5.12 */
const PBKDF2 = '2a864886f70d01050c';
/** 1.2.840.113549.1.5.13 */
const PBES2 = '2a864886f70d01050d';

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * @param der EncryptedPrivateKeyInfo (RFC 5958 section 3).
 * @throws Failure UNSUPPORTED for more iterations than anybody chooses, MALFORMED
 */
export function checkPkcs8Cost(der: Buffer): void {
  const [algorithm] = childrenOf(firstOf(der, SEQUENCE));
  const [scheme, parameters] = childrenOf(expect(algorithm, SEQUENCE));
  const iterations =
    identifierOf(scheme) === PBES2
      ? iterationsOfPbes2(parameters)
      : iterationsOf(childrenOf(expect(parameters, SEQUENCE)));
  if (iterations > MAX_ITERATIONS) {
    throw new Failure(
      'UNSUPPORTED',
      `the key wants its password hashed ${iterations} times, more than ${MAX_ITERATIONS}: encrypt it anew`,
    );
  }
}

/** PBES2-params; another key derivation than PBKDF2 is scrypt, whose memory OpenSSL bounds by itself. */
function iterationsOfPbes2(parameters: Element | undefined): number {
  const [derivation] = childrenOf(expect(parameters, SEQUENCE));
  const [name, inner] = childrenOf(expect(derivation, SEQUENCE));
  return identifierOf(name) === PBKDF2 ? iterationsOf(childrenOf(expect(inner, SEQUENCE))) : 0;
}

/** PBEParameter and PBKDF2-params both begin with a salt and the number. */
function iterationsOf([salt, count]: readonly Element[]): number {
  if (salt?.tag !== OCTET_STRING || count?.tag !== INTEGER || count.content.length === 0) throw malformed();
  return count.content.length > 6
    ? Number.MAX_SAFE_INTEGER
    : count.content.readUIntBE(0, count.content.length);
}

function identifierOf(element: Element | undefined): string {
  return expect(element, OBJECT_IDENTIFIER).toString('hex');
}

function firstOf(der: Buffer, tag: number): Buffer {
  return expect(childrenOf(der)[0], tag);
}

function expect(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw malformed();
  return element.content;
}

/** The elements that stand one after another, at most the eight that any of these structures needs. */
function childrenOf(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length && found.length < 8; ) {
    const { element, next } = readElement(bytes, at);
    found.push(element);
    at = next;
  }
  return found;
}

/** Definite lengths of at most four bytes; OpenSSL refuses what else there is. */
function readElement(bytes: Buffer, at: number): { element: Element; next: number } {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) throw malformed();
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + more;
  if ((first >= 0x80 && (more === 0 || more > 4)) || start > bytes.length) throw malformed();
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  if (start + length > bytes.length) throw malformed();
  return { element: { tag, content: bytes.subarray(start, start + length) }, next: start + length };
}

function malformed(): Failure {
  return new Failure('MALFORMED', 'the encrypted key is damaged: it is no PKCS #8');
}
