import { Failure, type FailureCode, messageOf } from '../../../core/failure.ts';

/** Error names of EC2 and EBS direct (API references, "Errors") and of the SDK's credential chain. */
const CODES: Readonly<Record<string, FailureCode>> = {
  'InvalidAMIID.NotFound': 'NOT_FOUND',
  'InvalidAMIID.Unavailable': 'NOT_FOUND',
  'InvalidAMIID.Malformed': 'USAGE',
  'InvalidSnapshot.NotFound': 'NOT_FOUND',
  ResourceNotFoundException: 'NOT_FOUND',
  UnauthorizedOperation: 'FORBIDDEN',
  AccessDeniedException: 'FORBIDDEN',
  AccessDenied: 'FORBIDDEN',
  AuthFailure: 'UNAUTHORIZED',
  CredentialsProviderError: 'UNAUTHORIZED',
  ExpiredToken: 'UNAUTHORIZED',
  ExpiredTokenException: 'UNAUTHORIZED',
  InvalidClientTokenId: 'UNAUTHORIZED',
  UnrecognizedClientException: 'UNAUTHORIZED',
  InvalidSignatureException: 'UNAUTHORIZED',
  OptInRequired: 'FORBIDDEN',
  RequestLimitExceeded: 'RATE_LIMITED',
  RequestThrottledException: 'RATE_LIMITED',
  ThrottlingException: 'RATE_LIMITED',
  ServiceQuotaExceededException: 'RATE_LIMITED',
};

const ADVICE: Partial<Record<FailureCode, string>> = {
  FORBIDDEN: 'docs/clouds.md has the policy that is needed',
  UNAUTHORIZED: 'sign in as for the AWS command line (aws sts get-caller-identity must work)',
  RATE_LIMITED: 'try again later, or ask AWS for a higher quota',
  UNREACHABLE: 'check the region, the endpoint and the network',
};

/**
 * What went wrong with a call to AWS, in the words of a `Failure`.
 * @param what what was asked for: `ami-1 in eu-west-1`
 */
export function toAwsFailure(error: unknown, what: string, signal: AbortSignal): Failure {
  if (error instanceof Failure) return error;
  if (signal.aborted)
    return new Failure('CANCELLED', 'cancelled before the image was read', { cause: error });
  const name = error instanceof Error ? error.name : '';
  const code = CODES[name] ?? (isNetwork(error) ? 'UNREACHABLE' : 'REGISTRY_ERROR');
  const advice = ADVICE[code];
  const message = messageOf(error).replace(/\s+/g, ' ').slice(0, 300);
  return new Failure(
    code,
    `AWS gave no ${what}: ${name} ${message}${advice === undefined ? '' : `; ${advice}`}`,
    {
      cause: error,
    },
  );
}

/** The name AWS gave the error. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** A region that does not exist is a host that does not resolve. */
function isNetwork(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code) ||
    (error instanceof Error && error.name === 'TimeoutError')
  );
}
