import type { Image } from '../../core/image.ts';
import type { Distribution, PackageWithFiles } from '../../core/package.ts';
import type { Problem } from '../../core/problem.ts';
import type {
  AnyCataloger,
  ConfigCommand,
  FileTree,
  ImageView,
  LayerView,
  Owner,
  Seen,
} from '../contract.ts';
import { distributionFrom, type ReleaseFile } from '../inventory/distribution/index.ts';
import { commandsOf } from './commands.ts';
import { Ownership } from './ownership.ts';
import type { Timeline } from './timeline.ts';

/** Observations of catalogers and of the distribution reader, by examiner id. */
export type SeenBy = ReadonlyMap<string, readonly Seen<unknown>[]>;

const CUT_VARIABLES: Problem = {
  code: 'LIMIT_DETECTOR',
  message: 'The environment variables in the commands of the config are too large to be all expanded.',
  effect: 'incomplete',
};

interface PackageState {
  readonly packages: readonly PackageWithFiles[];
  readonly ownership: Ownership;
}

export class InspectedImage implements ImageView {
  readonly identity: Image['identity'];
  readonly config: Image['config'];
  readonly commands: readonly ConfigCommand[];
  /** What of the config could not be looked at. */
  readonly problems: Problem[] = [];
  readonly layers: readonly LayerView[];
  readonly timeline: Timeline;
  readonly #catalogers: readonly AnyCataloger[];
  readonly #seen: SeenBy;
  /** One state for each set of visible database files: layers that install nothing share it. */
  readonly #states = new Map<string, PackageState>();
  readonly #stateOfLayer = new Map<number, PackageState>();

  constructor(
    image: Pick<Image, 'identity' | 'config'>,
    layers: readonly LayerView[],
    timeline: Timeline,
    catalogers: readonly AnyCataloger[],
    seen: SeenBy,
  ) {
    this.identity = image.identity;
    this.config = image.config;
    this.commands = commandsOf(image.config, () => this.problems.push(CUT_VARIABLES));
    this.layers = layers;
    this.timeline = timeline;
    this.#catalogers = catalogers;
    this.#seen = seen;
  }

  get final(): FileTree {
    return this.treeAt(this.layers.length - 1);
  }

  get packages(): readonly PackageWithFiles[] {
    return this.packagesAt(this.layers.length - 1);
  }

  get distribution(): Distribution | undefined {
    return this.#distributionAt(this.layers.length - 1);
  }

  treeAt(index: number): FileTree {
    return this.timeline.at(index);
  }

  packagesAt(index: number): readonly PackageWithFiles[] {
    return this.#stateAt(index).packages;
  }

  owner(path: string, index: number = this.layers.length - 1): Owner | undefined {
    return this.#stateAt(index).ownership.get(this.treeAt(index).canonical(path));
  }

  everOwned(path: string): boolean {
    return this.layers.some((_, index) => this.owner(path, index) !== undefined);
  }

  #distributionAt(index: number): Distribution | undefined {
    return distributionFrom(this.#visible('inventory/distribution', index) as Seen<ReleaseFile>[]);
  }

  #stateAt(index: number): PackageState {
    const known = this.#stateOfLayer.get(index);
    if (known !== undefined) return known;
    const state = this.#makeState(index);
    this.#stateOfLayer.set(index, state);
    return state;
  }

  #makeState(index: number): PackageState {
    const visible = this.#catalogers.map((cataloger) => this.#visible(cataloger.id, index));
    const key = visible
      .map((seen) =>
        seen.map((one) => `${one.path} ${one.target?.layer ?? one.layer} ${one.target?.path}`).join('\n'),
      )
      .join('\n\n');
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const distribution = this.#distributionAt(index);
    const packages = this.#catalogers.flatMap((cataloger, at) =>
      cataloger.packages(visible[at] ?? [], distribution),
    );
    const state = { packages, ownership: new Ownership(packages, this.treeAt(index)) };
    this.#states.set(key, state);
    return state;
  }

  #visible(examiner: string, index: number): readonly Seen<unknown>[] {
    const tree = this.treeAt(index);
    return (this.#seen.get(examiner) ?? []).filter(({ layer, path, target }) => {
      if (target !== undefined) {
        const meant = tree.resolve(path);
        return meant?.layer === target.layer && meant.record.path === target.path;
      }
      const spot = tree.canonical(path);
      const entry = tree.get(spot);
      return entry?.layer === layer && (entry.record.path === path || spot === path);
    });
  }
}
