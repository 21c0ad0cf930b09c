import { createHash } from 'node:crypto';

/** A private key whose material is really there, not just its first line. */
export interface PrivateKey {
  /** As the armour says: `RSA`, `OPENSSH`, `PGP`; `PKCS#8` where it names no algorithm. */
  readonly kind: string;
  /** A passphrase is asked before the key can be used. */
  readonly encrypted: boolean;
  /** Bytes of the decoded material. */
  readonly bytes: number;
  /** First 12 hexadecimal digits of its SHA-256: the same key in two places has the same. */
  readonly print: string;
}

/** Armour of PEM (RFC 7468) and OpenPGP (RFC 9580, section 6.2). */
const BEGIN = /-----BEGIN ((?:[A-Z0-9]{2,10} ){0,2})PRIVATE KEY(?: BLOCK)?-----/y;
/** The longest real key, RSA of 16384 bits, is 13 KiB of text. */
const MAX_BODY = 30_000;
const HEADER = /^[A-Za-z-]{2,30}: /;
const CHECKSUM = /^=[A-Za-z0-9+/]{4}$/;

/** Reads the armour that begins at `offset`. Line breaks may be escapes, as they are in JSON and in `.env` files. */
export function parseKey(text: string, offset: number): PrivateKey | undefined {
  BEGIN.lastIndex = offset;
  const match = BEGIN.exec(text);
  if (match === null) return undefined;
  const start = offset + match[0].length;
  const end = text.slice(start, start + MAX_BODY).indexOf('-----END');
  if (end < 0) return undefined;
  const lines = linesOf(text.slice(start, start + end));
  const encoded = lines.filter((line) => !HEADER.test(line) && !CHECKSUM.test(line)).join('');
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const material = Buffer.from(encoded, 'base64');
  const label = (match[1] ?? '').trim();
  const armoured = lines.some((line) => /^Proc-Type: 4,?ENCRYPTED/.test(line));
  const state = stateOf(label, material, armoured);
  if (state === undefined) return undefined;
  return {
    kind: label === '' || label === 'ENCRYPTED' ? 'PKCS#8' : label,
    encrypted: state === 'encrypted',
    bytes: material.length,
    print: createHash('sha256').update(material).digest('hex').slice(0, 12),
  };
}

/** Lines without the quotes, commas and plus signs around them in source code. */
function linesOf(body: string): string[] {
  const lines = body.replace(/\\+[nr]/g, '\n').split(/[\r\n]/);
  return lines
    .map((line) => (/^["'\s+,;\\]*$/.test(line) ? '' : line.trim().replace(/["',;\\]/g, '')))
    .filter(Boolean);
}

/** Whether the decoded bytes are what the label says; undefined when they are not. */
function stateOf(label: string, material: Buffer, armoured: boolean): 'open' | 'encrypted' | undefined {
  if (material.length < 40) return undefined;
  if (label === 'OPENSSH') return openSshState(material);
  // Bit 7 is set in every packet header; tag 5 is a secret key, in the old form and in the new (RFC 9580, 4.2).
  if (label === 'PGP') return (material[0] ?? 0) >> 2 === 0x25 || material[0] === 0xc5 ? 'open' : undefined;
  if (armoured) return 'encrypted';
  if (!isSequence(material)) return undefined;
  return label === 'ENCRYPTED' ? 'encrypted' : 'open';
}

/** PROTOCOL.key of OpenSSH: a magic, then the cipher's name, which is `none` where there is no passphrase. */
function openSshState(material: Buffer): 'open' | 'encrypted' | undefined {
  const magic = 'openssh-key-v1\0';
  if (!material.toString('latin1').startsWith(magic)) return undefined;
  const length = material.readUInt32BE(magic.length);
  const cipher = material
    .subarray(magic.length + 4, magic.length + 4 + Math.min(length, 64))
    .toString('latin1');
  return cipher === 'none' ? 'open' : 'encrypted';
}

/** DER (X.690): one SEQUENCE that fills the bytes. PKCS#1, PKCS#8, SEC 1 and DSA keys all are. */
function isSequence(material: Buffer): boolean {
  if (material[0] !== 0x30) return false;
  const first = material[1] ?? 0;
  if (first < 0x80) return first + 2 === material.length;
  const octets = first & 0x7f;
  if (octets < 1 || octets > 3 || material.length < 2 + octets) return false;
  return material.readUIntBE(2, octets) + 2 + octets === material.length;
}
