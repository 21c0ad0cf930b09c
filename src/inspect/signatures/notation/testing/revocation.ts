import { createHash, sign } from 'node:crypto';
import { Failure } from '../../../../core/failure.ts';
import type { RevocationFetch } from '../../contract.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { DAY, type Holder, NOW } from './authority.ts';
import { der, ECDSA_SHA256, explicit, octets, oid, SHA1, sequence, time } from './der.ts';

/* Revocation lists and OCSP responses, good ones and bent ones, and a network of them. */

export interface ListRequest {
  readonly revoked?: readonly {
    readonly who: Holder;
    readonly invalidSince?: Date;
    readonly critical?: string;
  }[];
  readonly thisUpdate?: Date;
  /** Null: absent. */
  readonly nextUpdate?: Date | null;
  readonly extensions?: readonly Buffer[];
  /** Whose name the list has; default: the signer's. */
  readonly issuer?: Holder;
  readonly algorithm?: string;
}

const LATER = new Date(NOW.getTime() + DAY);

export function extension(type: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), octets(value));
}

export function makeList(signer: Holder, request: ListRequest = {}): Buffer {
  const { nextUpdate = LATER, thisUpdate = NOW } = request;
  const entries = (request.revoked ?? []).map(({ who, invalidSince, critical }) => {
    const extras = [
      ...(invalidSince === undefined ? [] : [extension('2.5.29.24', time(invalidSince))]),
      ...(critical === undefined ? [] : [extension(critical, Buffer.of(5, 0), true)]),
    ];
    return sequence(
      der(0x02, certificateOf(who).serial),
      time(new Date(NOW.getTime() - DAY)),
      ...(extras.length === 0 ? [] : [sequence(...extras)]),
    );
  });
  const body = sequence(
    Buffer.of(2, 1, 1),
    sequence(oid(ECDSA_SHA256)),
    certificateOf(request.issuer ?? signer).subject,
    time(thisUpdate),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(request.extensions === undefined ? [] : [explicit(0, sequence(...request.extensions))]),
  );
  return signed(signer, body, request.algorithm);
}

export interface ResponseRequest {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly invalidSince?: Date;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
  /** Whom it is about; default: who was asked about. */
  readonly about?: Holder;
  readonly nonce?: Uint8Array;
  /** Of the whole response: 0 is success. */
  readonly outer?: number;
  readonly certificates?: readonly Buffer[];
}

/** A response about `who`, whose issuer is `issuer`, signed by `signer`. */
export function makeResponse(
  who: Holder,
  issuer: Holder,
  signer: Holder,
  request: ResponseRequest = {},
): Buffer {
  const { status = 'good', nextUpdate = LATER, thisUpdate = NOW } = request;
  const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
  const authority = certificateOf(issuer);
  const id = sequence(
    sequence(oid(SHA1), Buffer.of(5, 0)),
    octets(sha1(authority.subject)),
    octets(sha1(authority.keyBits)),
    der(0x02, certificateOf(request.about ?? who).serial),
  );
  const statuses = {
    good: der(0x80),
    revoked: explicit(1, time(new Date(NOW.getTime() - DAY))),
    unknown: der(0x82),
  };
  const single = sequence(
    id,
    statuses[status],
    time(thisUpdate),
    ...(nextUpdate === null ? [] : [explicit(0, time(nextUpdate))]),
    ...(request.invalidSince === undefined
      ? []
      : [explicit(1, sequence(extension('2.5.29.24', time(request.invalidSince))))]),
  );
  const data = sequence(
    explicit(1, Buffer.from(certificateOf(signer).subject)),
    time(NOW),
    sequence(single),
    ...(request.nonce === undefined
      ? []
      : [explicit(1, sequence(extension('1.3.6.1.5.5.7.48.1.2', octets(request.nonce))))]),
  );
  const certificates = request.certificates ?? (signer === issuer ? [] : [signer.chain[0] ?? Buffer.of()]);
  const basic = signed(signer, data, undefined, certificates);
  const outer = der(0x0a, Buffer.of(request.outer ?? 0));
  if (request.outer !== undefined && request.outer !== 0) return sequence(outer);
  return sequence(outer, explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic))));
}

function signed(
  signer: Holder,
  body: Buffer,
  algorithm = ECDSA_SHA256,
  certificates: readonly Buffer[] = [],
): Buffer {
  const signature = sign('sha256', body, signer.keys.privateKey);
  return sequence(
    body,
    sequence(oid(algorithm)),
    der(0x03, Buffer.of(0), signature),
    ...(certificates.length === 0 ? [] : [explicit(0, sequence(...certificates))]),
  );
}

function certificateOf({ chain }: Holder) {
  return parseCertificate(chain[0] ?? Buffer.of());
}

export type Answers = Readonly<
  Record<string, Uint8Array | ((body: Uint8Array | undefined) => Uint8Array) | Failure>
>;

/** A network that has these answers and no others; `asked` lists what it was asked. */
export function makeNetwork(answers: Answers): { readonly fetch: RevocationFetch; readonly asked: string[] } {
  const asked: string[] = [];
  const fetch: RevocationFetch = async (url, body) => {
    asked.push(url);
    const answer = answers[url] ?? new Failure('UNREACHABLE', `${url} gave no answer in time`);
    if (answer instanceof Failure) throw answer;
    return typeof answer === 'function' ? answer(body) : answer;
  };
  return { fetch, asked };
}
