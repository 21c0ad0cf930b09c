import { createHash } from 'node:crypto';
import type { FileRecord, Whiteout } from '../../core/file.ts';
import type { LayerSink, Oddity } from '../../core/image.ts';

/** A sink that remembers what a layer held. */
export class LayerRecorder implements LayerSink {
  readonly files: FileRecord[] = [];
  readonly whiteouts: Whiteout[] = [];
  readonly oddities: Oddity[] = [];
  /** Content by path, as far as it came; latin1. With `digestOnly`, its SHA-256. */
  readonly contents = new Map<string, string>();
  stored = 0;
  readonly #digestOnly: boolean;

  constructor(options: { readonly digestOnly?: boolean } = {}) {
    this.#digestOnly = options.digestOnly ?? false;
  }

  wants(): boolean {
    return true;
  }

  async file(record: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.files.push(record);
    const hash = createHash('sha256');
    const pieces: Uint8Array[] = [];
    for await (const chunk of content) {
      if (this.#digestOnly) hash.update(chunk);
      else pieces.push(chunk);
    }
    const text = this.#digestOnly ? hash.digest('hex') : Buffer.concat(pieces).toString('latin1');
    this.contents.set(record.path, text);
  }

  entry(record: FileRecord): void {
    this.files.push(record);
  }

  whiteout(whiteout: Whiteout): void {
    this.whiteouts.push(whiteout);
  }

  oddity(oddity: Oddity): void {
    this.oddities.push(oddity);
  }

  progress(bytes: number): void {
    this.stored = bytes;
  }
}
