import { Failure, messageOf } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';

/** A connection that broke: what to say, and whether trying again makes sense. */
interface ConnectionFailure {
  readonly failure: Failure;
  readonly transient: boolean;
}

const TRANSIENT: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** X509_V_ERR names as Node gives them (tls: "X509 certificate error codes"). */
const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

const OTHER_CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/**
 * @param host whom the request was for, in messages.
 * @param signal of the request: a deadline of our own (`AbortSignal.timeout`) is silence of the other side, all else
 * that aborts is the user's wish.
 */
export function toConnectionFailure(error: unknown, host: string, signal: AbortSignal): ConnectionFailure {
  if (signal.aborted && !isTimeout(signal.reason))
    return lasting(new Failure('CANCELLED', 'cancelled', { cause: error }));
  if (error instanceof Failure) {
    const transient = error.code === 'UNREACHABLE' && TRANSIENT.has(codeOf(error.cause));
    return { failure: error, transient };
  }
  const code = codeOf(error);
  const transient = TRANSIENT.has(code);
  return { failure: new Failure('UNREACHABLE', toMessage(code, error, host), { cause: error }), transient };
}

function toMessage(code: string, error: unknown, host: string): string {
  if (code === 'ENOTFOUND')
    return `${host} is not known to the name service: check the spelling and the network`;
  if (code === 'ECONNREFUSED') return `${host} refuses connections: is it up, and is the port right?`;
  if (UNKNOWN_ISSUER.has(code)) {
    return `${host} shows a certificate of an unknown authority (${code}): name the authority's file with --ca-file or NODE_EXTRA_CA_CERTS`;
  }
  if (OTHER_CERTIFICATE.test(code)) {
    return `${host} shows a certificate that is not valid for it (${code}): ${toOneLine(messageOf(error), 160)}`;
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return `${host} does not speak TLS as expected (${code}): if it only speaks http, say so with --plain-http (a registry) or an http: address`;
  }
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return `${host} gave no answer in time (${code})`;
  return `${host} cannot be reached (${code || 'no code'}): ${toOneLine(messageOf(error), 160)}`;
}

function lasting(failure: Failure): ConnectionFailure {
  return { failure, transient: false };
}

/** The code of an error or of what caused it; undici wraps socket errors. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if (isTimeout(at)) return 'ETIMEDOUT';
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return '';
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
