import { createHash, sign } from 'node:crypto';
import { parseCertificate } from '../x509/certificate.ts';
import { type Holder, NOW } from './authority.ts';
import { der, ECDSA_SHA256, explicit, integer, octets, oid, SHA256, sequence, set, time } from './der.ts';

/* RFC 3161 tokens, as an authority makes them, and bent ones. */

export interface StampRequest {
  readonly time?: Date;
  /** Seconds. */
  readonly accuracy?: number;
  readonly policy?: string;
  readonly version?: number;
  /** OID of the hash of what is stamped; the digest stays SHA-256's. */
  readonly imprintHash?: string;
  /** The certificate that the signed attributes name. */
  readonly named?: Holder;
  /** Left out of the signed attributes. */
  readonly without?: string;
  /** Certificates in the token; default: all but the root. */
  readonly certificates?: readonly Buffer[];
  /** What the signer's digest is of. */
  readonly digestOf?: (content: Buffer) => Buffer;
  readonly signers?: number;
}

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export function stamp(authority: Holder, stamped: Uint8Array, request: StampRequest = {}): Buffer {
  const info = sequence(
    integer(request.version ?? 1),
    oid(request.policy ?? '1.3.6.1.4.1.99999.1'),
    sequence(sequence(oid(request.imprintHash ?? SHA256)), octets(digest(stamped))),
    integer(7),
    time(request.time ?? NOW),
    ...(request.accuracy === undefined ? [] : [sequence(integer(request.accuracy))]),
  );
  const [own = Buffer.of()] = authority.chain;
  const [named = own] = request.named?.chain ?? [];
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid(TST_INFO)),
    attribute('1.2.840.113549.1.9.4', octets(digest(request.digestOf?.(info) ?? info))),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(octets(digest(named)))))),
  ].filter((bytes) => request.without === undefined || !bytes.includes(oid(request.without)));
  const signature = sign('sha256', set(...attributes), authority.keys.privateKey);
  const { issuer, serial } = parseCertificate(own);
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, der(0x02, serial)),
    sequence(oid(SHA256)),
    explicit(0, ...attributes),
    sequence(oid(ECDSA_SHA256)),
    octets(signature),
  );
  const signedData = sequence(
    integer(3),
    set(sequence(oid(SHA256))),
    sequence(oid(TST_INFO), explicit(0, octets(info))),
    explicit(0, ...(request.certificates ?? authority.chain.slice(0, -1))),
    set(...new Array<Buffer>(request.signers ?? 1).fill(signerInfo)),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), explicit(0, signedData));
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), set(value));
}
