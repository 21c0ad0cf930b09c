import type { RejectionCode } from '../../core/vouching.ts';

/**
 * Thrown inside this room where a signature does not hold, and caught at its door: a refusal is an answer, no broken
 * operation, and must never reach a caller as one.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
