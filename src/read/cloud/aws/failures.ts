import { Failure, type FailureCode, messageOf } from '../../../core/failure.ts';
import { toConnectionFailure } from '../../registry/connection-failure.ts';
import { at, text } from '../web/fields.ts';
import { maskText } from '../web/mask.ts';

/** Error names of EC2 and EBS direct (API references, "Errors") and of the SDK's credential chain. */
const CODES: Readonly<Record<string, FailureCode>> = {
  'InvalidAMIID.NotFound': 'NOT_FOUND',
  'InvalidAMIID.Unavailable': 'NOT_FOUND',
  'InvalidAMIID.Malformed': 'USAGE',
  'InvalidSnapshot.NotFound': 'NOT_FOUND',
  ResourceNotFoundException: 'NOT_FOUND',
  // Of a snapshot that is not completed, or is being restored from the archive.
  ValidationException: 'NOT_FOUND',
  ConflictException: 'NOT_FOUND',
  UnauthorizedOperation: 'FORBIDDEN',
  AccessDeniedException: 'FORBIDDEN',
  AccessDenied: 'FORBIDDEN',
  AuthFailure: 'UNAUTHORIZED',
  CredentialsProviderError: 'UNAUTHORIZED',
  TokenProviderError: 'UNAUTHORIZED',
  ExpiredToken: 'UNAUTHORIZED',
  ExpiredTokenException: 'UNAUTHORIZED',
  RequestExpired: 'UNAUTHORIZED',
  InvalidClientTokenId: 'UNAUTHORIZED',
  MissingAuthenticationTokenException: 'UNAUTHORIZED',
  UnrecognizedClientException: 'UNAUTHORIZED',
  InvalidSignatureException: 'UNAUTHORIZED',
  SignatureDoesNotMatch: 'UNAUTHORIZED',
  OptInRequired: 'FORBIDDEN',
  RequestLimitExceeded: 'RATE_LIMITED',
  RequestThrottledException: 'RATE_LIMITED',
  Throttling: 'RATE_LIMITED',
  ThrottlingException: 'RATE_LIMITED',
  EC2ThrottledException: 'RATE_LIMITED',
  TooManyRequestsException: 'RATE_LIMITED',
  ServiceQuotaExceededException: 'RATE_LIMITED',
};

const ADVICE: Partial<Record<FailureCode, string>> = {
  FORBIDDEN: 'docs/clouds.md has the policy that is needed',
  UNAUTHORIZED: 'sign in as for the AWS command line (aws sts get-caller-identity must work)',
  RATE_LIMITED: 'try again later, or ask AWS for a higher quota',
  UNREACHABLE: 'check the endpoint and the network',
};

/** By what AWS calls it, where that tells more. */
const CLOSER: Readonly<Record<string, string>> = {
  ENOTFOUND:
    'check the region (aws ec2 describe-regions --all-regions lists them), the endpoint and the network',
  AuthFailure: `${ADVICE.UNAUTHORIZED}, and the region must be enabled for the account`,
};

/**
 * What went wrong with a call to AWS, in the words of a `Failure`.
 * @param what what was asked for: `ami-0abc in eu-west-1`
 */
export function toAwsFailure(error: unknown, what: string, signal: AbortSignal): Failure {
  if (error instanceof Failure)
    return new Failure(error.code, wordsOf(error), { cause: error.cause ?? error });
  if (signal.aborted)
    return new Failure('CANCELLED', 'cancelled before the image was read', { cause: error });
  const name = awsErrorName(error);
  if (isOfTls(error)) return toConnectionFailure(error, 'AWS', signal).failure;
  const network = networkCodeOf(error);
  const code = CODES[name] ?? (network === undefined ? 'REGISTRY_ERROR' : 'UNREACHABLE');
  const advice = isKeyRefused(error)
    ? 'it is encrypted, and kms:Decrypt on its key is needed as well (docs/clouds.md)'
    : (CLOSER[network ?? name] ?? ADVICE[code]);
  const status = at(error, '$metadata', 'httpStatusCode');
  const said = [
    network ?? (/^(?:Error|Unknown|UnknownError)?$/.test(name) ? '' : name),
    typeof status === 'number' && CODES[name] === undefined ? `HTTP status ${status}` : '',
    wordsOf(error),
  ];
  // The same twice tells nothing more.
  const words = said.filter((part, index) => part !== '' && said.indexOf(part) === index).join(': ');
  const message = `AWS gave no ${what}: ${words}${advice === undefined ? '' : `; ${advice}`}`;
  return new Failure(code, message, { cause: error });
}

/** The SDK adds hints for whoever wrote the program, to errors of others too. */
function wordsOf(error: unknown): string {
  return maskText(messageOf(error).replace(/\s*Deserialization error:.*$/s, ''));
}

/** The name AWS gave the error. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Whether the key of an encrypted snapshot is what was refused, not the snapshot (EBS direct APIs, AccessDeniedException). */
export function isKeyRefused(error: unknown): boolean {
  return text(error, 'Reason') === 'DEPENDENCY_ACCESS_DENIED';
}

/** Whether it may go away by itself. */
export function isPassing(error: unknown, { code }: Failure): boolean {
  if (code === 'CANCELLED') return false;
  if (code === 'RATE_LIMITED') return true;
  // A host that does not resolve, or refuses, will not do better soon; what ends halfway will.
  const network = networkCodeOf(error);
  if (code === 'UNREACHABLE') return network !== undefined && !/^(?:ENOTFOUND|ECONNREFUSED)$/.test(network);
  const status = at(error, '$metadata', 'httpStatusCode');
  // The SDK took the time of the answer: the next try has it.
  if (at(error, '$metadata', 'clockSkewCorrected') === true) return true;
  return code === 'REGISTRY_ERROR' && typeof status === 'number' && (status >= 500 || status === 429);
}

/** A certificate that is not trusted, or no TLS at all. */
function isOfTls(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|CRL_|INVALID_CA|INVALID_PURPOSE)|ISSUER|SELF_SIGNED|LEAF_SIGNATURE|HOSTNAME/.test(
    code,
  );
}

const NETWORK =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_PREMATURE_CLOSE)$/;

/** A region that does not exist is a host that does not resolve. */
function networkCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (NETWORK.test(code)) return code;
  return error.name === 'TimeoutError' ? 'ETIMEDOUT' : undefined;
}
