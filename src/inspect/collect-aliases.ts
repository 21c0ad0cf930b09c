import { posix } from 'node:path';
import type { FileRecord } from '../core/file.ts';
import type { LayerSink, LayerSource } from '../core/image.ts';
import type { Problem } from '../core/problem.ts';
import type { Alias } from './aliases.ts';
import type { CollectOptions } from './collect.ts';
import type { Place } from './contract.ts';
import type { LayerObservation } from './facts.ts';
import { fill } from './fill.ts';
import type { BatchFile, ExaminedFile } from './pool/messages.ts';

/** An observation of a file under a link's name. */
export interface AliasObservation extends LayerObservation {
  /** The layer that has the link. */
  readonly layer: number;
  readonly target: Place;
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
  const summary = await layer.read(collector, options.signal);
  // The bytes came a second time: what was sound at the first reading need not be now.
  const unsound = summary.problems.filter(({ effect }) => effect === 'incomplete');
  return {
    observations: collector.observations,
    problems: [...unsound, ...collector.problems, ...collector.unread.map(toUnread)],
  };
}

class AliasCollector implements LayerSink {
  readonly observations: AliasObservation[] = [];
  readonly problems: Problem[] = [];
  readonly #byTarget: ReadonlyMap<string, readonly Alias[]>;
  readonly #options: CollectOptions;
  readonly folders: ReadonlySet<string>;
  readonly #read = new Set<string>();

  constructor(aliases: readonly Alias[], options: CollectOptions) {
    this.#byTarget = Map.groupBy(aliases, ({ target }) => target.record.path);
    this.folders = new Set(aliases.map(({ target }) => posix.dirname(target.record.path)));
    this.#options = options;
  }

  /** Aliases whose target did not come, or not whole. */
  get unread(): Alias[] {
    return [...this.#byTarget].flatMap(([path, aliases]) => (this.#read.has(path) ? [] : aliases));
  }

  wants({ path }: FileRecord): boolean {
    return this.#byTarget.has(path);
  }

  /** Empty files have nothing to examine; what the layer holds besides was collected by the first reading. */
  entry({ path, kind }: FileRecord): void {
    if (kind === 'file') this.#read.add(path);
  }
  whiteout(): void {}
  oddity(): void {}
  progress(): void {}

  async file(record: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void> {
    const aliases = this.#byTarget.get(record.path);
    if (aliases === undefined) return;
    if (record.size > this.#options.limits.fileMemory) {
      for (const { path } of aliases) this.problems.push(tooLarge(record, path));
      this.#read.add(record.path);
      return;
    }
    const { pool, signal } = this.#options;
    const buffer = await pool.takeBuffer(record.size, signal);
    const length = await fill(new Uint8Array(buffer, 0, record.size), content).catch((error: unknown) => {
      pool.giveBack(buffer);
      throw error;
    });
    if (length === record.size) this.#read.add(record.path);
    const files = aliases.map(({ path }): BatchFile => {
      return { record: { ...record, path }, start: 0, length, base: 0, whole: true };
    });
    const examined = await pool.examine(buffer, files);
    examined.forEach((one, index) => {
      this.#note(aliases[index] as Alias, one);
    });
  }

  #note({ path, layer, target, examiners }: Alias, { observations, problems }: ExaminedFile): void {
    for (const one of observations) {
      if (examiners.includes(one.examiner))
        this.observations.push({
          ...one,
          path,
          layer,
          target: { layer: target.layer, path: target.record.path },
        });
    }
    this.problems.push(...problems);
  }
}

function tooLarge(record: FileRecord, path: string): Problem {
  const message = `${record.path} is too large to look at again under its second name ${path}`;
  return { code: 'LIMIT_FILE_MEMORY', message, effect: 'incomplete', path };
}

function toUnread({ path, target }: Alias): Problem {
  const message = `${target.record.path} could not be read again to look at it under its second name ${path}`;
  return { code: 'TRUNCATED', message, effect: 'incomplete', path };
}
