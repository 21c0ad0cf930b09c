import { Unreadable } from '../disk/unreadable.ts';

/**
 * How much may be read of files that say what a system does at boot, over all systems of an image: one file can have a hundred
 * thousand names, each of which would be read anew.
 */
export class TextBudget {
  readonly #most: number;
  #left: number;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  /**
   * Takes `bytes` out.
   * @throws Unreadable LIMIT_BYTES where there are not as many left
   */
  take(bytes: number): void {
    if (bytes > this.#left)
      throw new Unreadable(
        'LIMIT_BYTES',
        `all such files have more than the ${this.#most} bytes that are read`,
      );
    this.#left -= bytes;
  }
}
