/** Why an operation broke. docs/errors.md explains each; a test holds the two together. */
export const FAILURE_CODES = [
  'USAGE',
  'NOT_FOUND',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'UNREACHABLE',
  'RATE_LIMITED',
  'REGISTRY_ERROR',
  'NO_PERMISSION',
  'NOT_AN_IMAGE',
  'NO_SUCH_PLATFORM',
  'MEDIA_TYPE_MISMATCH',
  'DIGEST_MISMATCH',
  'MALFORMED',
  'TRUNCATED',
  'TOO_LARGE',
  'UNSUPPORTED',
  'DISK_FULL',
  'ENGINE_UNAVAILABLE',
  'CREDENTIAL_HELPER_FAILED',
  'RULES_INVALID',
  'TRUST_ROOT_INVALID',
  'CANCELLED',
  'INTERNAL',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** The one error class: a broken operation, with a documented code and its cause. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;

  /** @param message what happened, to which thing, and what to do: one line. */
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function isFailure(error: unknown, code?: FailureCode): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').slice(0, 500);
}
