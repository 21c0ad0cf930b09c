/** One compressed archive, unpacked. */
export interface Unpacked {
  /** What came out, also before damage: the kernel keeps it too. */
  readonly bytes: Buffer;
  /** How many packed bytes it is. */
  readonly used: number;
  /** Why it is not all that came out, in words that follow `it`. */
  readonly flaw?: string;
}

/**
 * @param expected bytes that will do mostly
 * @param most bytes that may come out
 */
export type Decode = (packed: Buffer, expected: number, most: number) => Unpacked;

export const TOO_LARGE = 'unpacks to more than is looked at';
