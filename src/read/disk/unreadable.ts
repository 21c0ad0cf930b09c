import { Failure, type FailureCode } from '../../core/failure.ts';
import type { Problem, ProblemCode } from '../../core/problem.ts';

/**
 * Something in a disk that could not be read, at its coordinates. Thrown by readers of disks, partitions and file systems,
 * and turned into a `Problem` by whoever knows the volume and the path; never leaves `read`.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: ProblemCode;
  /** Bytes from the start of the source it was read from. */
  readonly offset: number | undefined;

  constructor(code: ProblemCode, message: string, offset?: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

/** What was thrown by a reader, where it is its verdict on the image. @throws `error` where it is anything else */
export function requireUnreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

/** As the report has it. */
export function toProblem({ code, message, offset }: Unreadable, path?: string): Problem {
  return {
    code,
    message,
    effect: 'incomplete',
    ...(path !== undefined && { path }),
    ...(offset !== undefined && { offset }),
  };
}

const FAILURES: Partial<Record<ProblemCode, FailureCode>> = {
  TRUNCATED: 'TRUNCATED',
  UNSUPPORTED: 'UNSUPPORTED',
  ENCRYPTED: 'UNSUPPORTED',
  LIMIT_BYTES: 'TOO_LARGE',
  LIMIT_RATIO: 'TOO_LARGE',
};

/** Where nothing at all of a disk could be read: there is no report to carry a problem. */
export function toFailure(unreadable: Unreadable): Failure {
  return new Failure(FAILURES[unreadable.code] ?? 'MALFORMED', unreadable.message, { cause: unreadable });
}
