import type { Publisher } from './catalogue/contract.ts';
import { HUB } from './split-name.ts';
import { type Likeness, WordIndex } from './word-index.ts';

/** A namespace that is like a known one. */
export interface NearNamespace {
  readonly like: Likeness;
  /** `quay.io/jetstack`. */
  readonly of: string;
  /** Whether the publisher has an image of that name, there. */
  publishes(repository: string): boolean;
  /** `library` of Docker Hub, where the official images are. */
  readonly isOfficial: boolean;
}

/** Shorter namespaces of other registries are one slip from too many honest ones. */
const SHORTEST_ELSEWHERE = 6;

/** First path components of known namespaces, for each registry and for all of them. */
export class NamespaceIndex {
  readonly #owners = new Map<string, Publisher[]>();
  readonly #byRegistry: ReadonlyMap<string, WordIndex>;
  readonly #anywhere: WordIndex;

  constructor(publishers: Iterable<Publisher>) {
    const words = new Map<string, string[]>([[HUB, ['library']]]);
    for (const publisher of publishers) {
      const { registry, namespace } = publisher;
      const [first = ''] = namespace.split('/');
      if (first === '') continue;
      const owners = this.#owners.get(first);
      if (owners === undefined) this.#owners.set(first, [publisher]);
      else owners.push(publisher);
      const known = words.get(registry);
      if (known === undefined) words.set(registry, [first]);
      else known.push(first);
    }
    this.#byRegistry = new Map([...words].map(([registry, all]) => [registry, new WordIndex(all)]));
    this.#anywhere = new WordIndex(this.#owners.keys());
  }

  has(registry: string, namespace: string): boolean {
    return this.#byRegistry.get(registry)?.has(namespace) === true;
  }

  /** The known namespace of this registry that a namespace is like, or else of another. */
  near(registry: string, namespace: string): NearNamespace | undefined {
    const here = this.#byRegistry.get(registry)?.likeness(namespace);
    if (here !== undefined) {
      const owners = (this.#owners.get(here.of) ?? []).filter((owner) => owner.registry === registry);
      return toNear(here, registry, owners);
    }
    const there = this.#anywhere.likeness(namespace);
    // The same people, elsewhere: registries differ in which separators they take.
    if (there === undefined || there.kind === 'separator' || there.of.length < SHORTEST_ELSEWHERE)
      return undefined;
    const owners = this.#owners.get(there.of) ?? [];
    return toNear(there, owners[0]?.registry ?? registry, owners);
  }
}

function toNear(like: Likeness, registry: string, owners: readonly Publisher[]): NearNamespace {
  return {
    like,
    of: `${registry}/${like.of}`,
    publishes: (repository) => owners.some(({ repositories }) => repositories.includes(repository)),
    isOfficial: owners.length === 0,
  };
}
