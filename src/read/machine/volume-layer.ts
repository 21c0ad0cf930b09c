import type { FileRecord } from '../../core/file.ts';
import type { LayerSink, LayerSource, LayerSummary } from '../../core/image.ts';
import type { LayerPath } from '../../core/layer-path.ts';
import type { Limits } from '../../core/limits.ts';
import type { LayerRef, Problem } from '../../core/problem.ts';
import { throwIfCancelled } from '../archive/local-file.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { contentOf } from '../filesystem/content.ts';
import type { FileSystem, Node } from '../filesystem/contract.ts';
import { Reach } from '../filesystem/reach.ts';
import { type Step, walk } from '../filesystem/walk.ts';
import { type Ahead, ahead } from './read-ahead.ts';

const MOST_PROBLEMS = 1000;
/** Holes are zeros: a file may be mostly holes up to this size, beyond it within the ratio limit. */
const RATIO_FLOOR = 64 * 2 ** 20;

/** A folder of a file system, the root or another, that is laid into a tree. */
export interface VolumeLayer {
  readonly ref: LayerRef;
  readonly tree: number;
  readonly fileSystem: FileSystem;
  readonly start: Node;
  /** See `WalkOptions`. */
  readonly except: ReadonlySet<string>;
  /** Mount points of its tree, as layer paths. */
  readonly mounts: readonly string[];
  /** True where each read waits for a network: contents are then fetched ahead. */
  readonly distant: boolean;
}

/** Entries that may still be read, over all layers of an image; counted down. */
export interface EntryBudget {
  entries: number;
}

export function toLayerSource(layer: VolumeLayer, limits: Limits, budget: EntryBudget): LayerSource {
  const { ref, tree } = layer;
  return {
    ref,
    tree,
    // Nothing pins a volume: its digest is of its beginning only.
    cacheable: false,
    read: (sink, signal) => new VolumeReader(layer, limits, budget, sink, signal).run(),
  };
}

class VolumeReader {
  readonly #layer: VolumeLayer;
  readonly #limits: Limits;
  readonly #budget: EntryBudget;
  readonly #sink: LayerSink;
  readonly #signal: AbortSignal;
  readonly #problems: Problem[] = [];
  #bytes = 0;

  constructor(layer: VolumeLayer, limits: Limits, budget: EntryBudget, sink: LayerSink, signal: AbortSignal) {
    this.#layer = layer;
    this.#limits = limits;
    this.#budget = budget;
    this.#sink = sink;
    this.#signal = signal;
  }

  /** @throws Failure of the source, CANCELLED */
  async run(): Promise<LayerSummary> {
    const { fileSystem, ref } = this.#layer;
    const mount = ref.volume?.mount ?? '';
    // What lies under a mount point is out of sight.
    if (mount !== '') this.#sink.whiteout({ path: mount as LayerPath, opaque: true });
    for (const flaw of fileSystem.flaws) this.#note(toProblem(flaw));
    for await (const { step, content } of this.#steps(mount)) {
      throwIfCancelled(this.#signal);
      if (this.#budget.entries-- <= 0) {
        this.#complain('LIMIT_FILES', `only the first ${this.#limits.files} entries of the image were read`);
        break;
      }
      if (step.kind === 'problem') this.#note(step.problem);
      else await this.#take(step, content);
    }
    return { bytes: this.#bytes, problems: this.#problems };
  }

  #steps(mount: string): AsyncGenerator<Ahead> {
    const { fileSystem, start, except, distant } = this.#layer;
    const wants = (record: FileRecord): boolean => this.#sink.wants(record);
    const { folders } = this.#sink;
    const steps = walk(fileSystem, start, {
      mount,
      except,
      pathLength: this.#limits.pathLength,
      ...(folders !== undefined && {
        reach: new Reach(folders, wants, (path) => mountOf(path, this.#layer.mounts) === mount),
      }),
    });
    return ahead(steps, distant, wants);
  }

  async #take({ record, node }: Found, content: Promise<Buffer> | undefined): Promise<void> {
    if (record.kind !== 'file' || record.size === 0) {
      this.#sink.entry(record);
      return;
    }
    const bound = this.#boundOf(record, node);
    if (bound !== undefined) {
      this.#note(toProblem(bound, record.path));
      this.#sink.entry(record);
      return;
    }
    await this.#sink.file(record, this.#content(record, node, content));
    this.#sink.progress(this.#bytes);
  }

  #boundOf({ size }: FileRecord, { stored }: Node): Unreadable | undefined {
    const { bytes, ratio } = this.#limits;
    if (this.#bytes + size > bytes)
      return new Unreadable('LIMIT_BYTES', `more than ${bytes} bytes of content (--max-bytes)`);
    if (stored === undefined || size <= RATIO_FLOOR || size <= stored * ratio) return undefined;
    return new Unreadable('LIMIT_RATIO', `${size} bytes of which only ${stored} are stored (--max-ratio)`);
  }

  /** Ends early where the rest cannot be read, and says so. */
  async *#content(
    record: FileRecord,
    node: Node,
    first: Promise<Buffer> | undefined,
  ): AsyncGenerator<Buffer> {
    try {
      if (first === undefined) {
        for await (const piece of contentOf(node, this.#signal)) yield this.#count(piece);
      } else yield this.#count(await first);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#note(toProblem(error, record.path));
    }
  }

  #count(piece: Buffer): Buffer {
    this.#bytes += piece.length;
    return piece;
  }

  /** A damaged folder of a million names, or a million files beyond a limit, say no more than the first thousand. */
  #note(problem: Problem): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
    else if (this.#problems.length === MOST_PROBLEMS)
      this.#complain(
        'LIMIT_FILES',
        `more than ${MOST_PROBLEMS} problems with this volume: the rest are not told`,
      );
  }

  #complain(code: Problem['code'], message: string): void {
    this.#problems.push({ code, message, effect: 'incomplete' });
  }
}

/** The deepest mount point that a layer path is on. */
function mountOf(path: string, mounts: readonly string[]): string {
  return mounts.reduce(
    (deepest, mount) =>
      mount.length > deepest.length && (path === mount || path.startsWith(`${mount}/`)) ? mount : deepest,
    '',
  );
}

type Found = Extract<Step, { kind: 'found' }>;
