/** Keeps what was read or decoded last, within a number of bytes; what is asked for twice at once is made once. */
export class Recent<Key> {
  readonly #kept = new Map<Key, Buffer>();
  readonly #pending = new Map<Key, Promise<Buffer>>();
  readonly #budget: number;
  #bytes = 0;

  /** @param budget bytes; the last one is kept whatever its size */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** At once, where it is kept: a file system asks a hundred thousand times, and waiting for nothing costs too. */
  peek(key: Key): Buffer | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  /** @throws what `make` throws; a failure is not kept */
  get(key: Key, make: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.peek(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const pending = this.#pending.get(key) ?? this.#make(key, make);
    this.#pending.set(key, pending);
    return pending;
  }

  async #make(key: Key, make: () => Promise<Buffer>): Promise<Buffer> {
    try {
      const value = await make();
      this.#keep(key, value);
      return value;
    } finally {
      this.#pending.delete(key);
    }
  }

  #keep(key: Key, value: Buffer): void {
    this.#kept.set(key, value);
    this.#bytes += value.length + OVERHEAD;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= this.#budget || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#bytes -= length + OVERHEAD;
    }
  }
}

/** What an entry costs besides its bytes: tables of 512 bytes would else be kept by the hundred thousand. */
const OVERHEAD = 256;
