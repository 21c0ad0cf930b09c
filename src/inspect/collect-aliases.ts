import type { FileRecord } from '../core/file.ts';
import type { LayerSink, LayerSource } from '../core/image.ts';
import type { Problem } from '../core/problem.ts';
import type { Alias } from './aliases.ts';
import type { CollectOptions } from './collect.ts';
import type { LayerObservation } from './facts.ts';
import type { BatchFile, ExaminedFile } from './pool/messages.ts';

/** An observation of a file under a link's name. */
export interface AliasObservation extends LayerObservation {
  /** The layer that has the link. */
  readonly layer: number;
}

export interface AliasFacts {
  readonly observations: readonly AliasObservation[];
  readonly problems: readonly Problem[];
}

/**
 * Reads one layer again for the files in it that have a second name, and examines each under that name.
 * @param aliases those whose target is in this layer
 * @throws Failure as `collectFacts`
 */
export async function collectAliases(
  layer: LayerSource,
  aliases: readonly Alias[],
  options: CollectOptions,
): Promise<AliasFacts> {
  const collector = new AliasCollector(aliases, options);
  await layer.read(collector, options.signal);
  return { observations: collector.observations, problems: collector.problems };
}

class AliasCollector implements LayerSink {
  readonly observations: AliasObservation[] = [];
  readonly problems: Problem[] = [];
  readonly #byTarget: ReadonlyMap<string, readonly Alias[]>;
  readonly #options: CollectOptions;

  constructor(aliases: readonly Alias[], options: CollectOptions) {
    this.#byTarget = Map.groupBy(aliases, ({ target }) => target.record.path);
    this.#options = options;
  }

  /** What the layer holds besides was collected by the first reading. */
  entry(): void {}
  whiteout(): void {}
  oddity(): void {}
  progress(): void {}

  async file(record: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void> {
    const aliases = this.#byTarget.get(record.path);
    if (aliases === undefined) return;
    if (record.size > this.#options.limits.fileMemory) {
      for (const { path } of aliases) this.problems.push(tooLarge(record, path));
      return;
    }
    const { pool, signal } = this.#options;
    const buffer = await pool.takeBuffer(record.size, signal);
    const length = await fill(new Uint8Array(buffer, 0, record.size), content).catch((error: unknown) => {
      pool.giveBack(buffer);
      throw error;
    });
    const files = aliases.map(({ path }): BatchFile => {
      return { record: { ...record, path }, start: 0, length, base: 0, whole: true };
    });
    const examined = await pool.examine(buffer, files);
    examined.forEach((one, index) => {
      this.#note(aliases[index] as Alias, one);
    });
  }

  #note({ path, layer, examiners }: Alias, { observations, problems }: ExaminedFile): void {
    for (const one of observations) {
      if (examiners.includes(one.examiner)) this.observations.push({ ...one, path, layer });
    }
    this.problems.push(...problems);
  }
}

async function fill(target: Uint8Array, content: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of content) {
    const fits = chunk.subarray(0, target.length - length);
    target.set(fits, length);
    length += fits.length;
  }
  return length;
}

function tooLarge(record: FileRecord, path: string): Problem {
  const message = `${record.path} is too large to look at again under its second name ${path}`;
  return { code: 'LIMIT_FILE_MEMORY', message, effect: 'incomplete', path };
}
