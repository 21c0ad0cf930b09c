import { createHash, X509Certificate } from 'node:crypto';

/** One certificate of a PEM file. */
export interface Certificate {
  readonly line: number;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
  /** The subject's common name or organisation; empty where it could not be read. */
  readonly subject: string;
  /** False for one that says it is no authority (RFC 5280, 4.2.1.9). What cannot be read may be one. */
  readonly authority: boolean;
}

const BEGIN = '-----BEGIN ';
const END = '-----END';
/** Also OpenSSL's `TRUSTED CERTIFICATE`, which carries more bytes behind the certificate. */
const LABEL = /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;
const MAX_CERTIFICATES = 10_000;
/** What is longer is no certificate that could be read, and is told as one that could not. */
const MAX_BASE64 = 64 * 1024;

/** The certificates of a PEM text (RFC 7468), or the one of a DER file; `cut` says that there are more. */
export function* certificatesIn(
  bytes: Uint8Array,
  text: string,
  cut: (what: string) => void,
): Generator<Certificate> {
  if (bytes[0] === 0x30 && !text.includes(BEGIN)) {
    // A Java key store begins so too: only what reads as a certificate is one.
    const certificate = readCertificate(Buffer.from(bytes));
    if (certificate !== undefined) yield { line: 1, ...describe(certificate.raw) };
    return;
  }
  let certificates = 0;
  const lastEnd = text.lastIndexOf(END);
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + BEGIN.length)) {
    const label = LABEL.exec(text.slice(at, at + 64));
    if (label === null) continue;
    if (at > lastEnd) return;
    if (certificates++ === MAX_CERTIFICATES) {
      cut(`certificates after the first ${MAX_CERTIFICATES}`);
      return;
    }
    const body = text.slice(at + label[0].length, at + MAX_BASE64);
    line += linesIn(text, counted, at);
    counted = at;
    yield {
      line,
      ...describe(Buffer.from(body.split(END, 1)[0] ?? '', 'base64')),
    };
  }
}

function describe(der: Buffer): Omit<Certificate, 'line'> {
  const certificate = readCertificate(der);
  // Only the certificate's own bytes: what OpenSSL appends is no part of it.
  const fingerprint = createHash('sha256')
    .update(certificate?.raw ?? der)
    .digest('hex');
  const names = certificate?.subject ?? '';
  const subject = /^CN=(.+)$/m.exec(names)?.[1] ?? /^O=(.+)$/m.exec(names)?.[1] ?? '';
  return {
    fingerprint,
    subject: subject.slice(0, 100),
    authority: certificate === undefined || isAuthority(certificate),
  };
}

function readCertificate(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function isAuthority(certificate: X509Certificate): boolean {
  try {
    return certificate.ca;
  } catch {
    return true;
  }
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
