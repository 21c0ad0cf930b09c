import type { Catalogue, KnownBadImage, OfficialImage, Publisher } from './catalogue/contract.ts';
import { NO_OWN_NAMES, type OwnNames } from './own-names.ts';
import { toSkeleton } from './skeleton.ts';
import { HUB, repositoryOf, type SplitName, splitName } from './split-name.ts';
import { WordIndex } from './word-index.ts';

/** Everything known of names, indexed: made once, asked a hundred thousand times. */
export interface NameBook {
  readonly official: ReadonlyMap<string, OfficialImage>;
  /** Names of official images that are still built. */
  readonly officialWords: WordIndex;
  /** Hosts that anybody may meet. */
  readonly registries: ReadonlySet<string>;
  /** What a host looks like, by skeleton. */
  readonly hostSkeletons: ReadonlyMap<string, string>;
  /** First path component of known namespaces, for each registry. */
  readonly namespaceWords: ReadonlyMap<string, WordIndex>;
  readonly own: OwnNames;
  /** Whose a name is; the longest namespace wins. */
  publisherOf(name: SplitName): Publisher | undefined;
  /** The publisher of a namespace, by its first component. */
  publisherCalled(registry: string, namespace: string): Publisher | undefined;
  /** What is reported of a repository of that path in a registry. */
  knownBad(name: SplitName, registry: string): KnownBadImage | undefined;
  readonly clouds: Catalogue['clouds'];
}

const SOURCE_OF_OWN = 'your own names';

/** @param own what the user adds; wins over what ships */
export function toNameBook(catalogue: Catalogue, own: OwnNames = NO_OWN_NAMES): NameBook {
  const publishers = [
    ...own.publishers.map((publisher) => ({ ...publisher, repositories: [], source: SOURCE_OF_OWN })),
    ...catalogue.publishers,
  ];
  const byNamespace = new Map<string, Publisher>();
  const byFirst = new Map<string, Publisher>();
  const words = new Map<string, string[]>([[HUB, ['library']]]);
  for (const publisher of publishers) {
    const { registry, namespace } = publisher;
    const key = namespace === '' ? registry : `${registry}/${namespace}`;
    if (!byNamespace.has(key)) byNamespace.set(key, publisher);
    const [first = ''] = namespace.split('/');
    if (first === '') continue;
    if (!byFirst.has(`${registry}/${first}`)) byFirst.set(`${registry}/${first}`, publisher);
    words.set(registry, [...(words.get(registry) ?? []), first]);
  }
  const official = new Map(catalogue.official.map((image) => [image.name, image]));
  const registries = new Set([
    ...catalogue.registries,
    ...publishers.map(({ registry }) => registry),
    ...[...own.internal, ...own.images].map((pattern) => splitName(pattern).host),
  ]);
  const bad = new Map(
    [
      ...own.knownBad.map(({ repository, what }) => ({ repository, what, source: SOURCE_OF_OWN })),
      ...catalogue.knownBad,
    ].map((image) => [toRepository(image.repository), image]),
  );
  return {
    official,
    officialWords: new WordIndex(
      catalogue.official.filter(({ retired }) => !retired).map(({ name }) => name),
    ),
    registries,
    hostSkeletons: new Map([...registries].map((host) => [toSkeleton(host), host])),
    namespaceWords: new Map([...words].map(([registry, names]) => [registry, new WordIndex(names)])),
    own,
    clouds: catalogue.clouds,
    publisherOf: ({ host, path }) => {
      for (let length = path.length; length >= 0; length--) {
        const publisher = byNamespace.get([host, ...path.slice(0, length)].join('/'));
        if (publisher !== undefined) return publisher;
      }
      return undefined;
    },
    publisherCalled: (registry, namespace) => byFirst.get(`${registry}/${namespace}`),
    knownBad: ({ path }, registry) =>
      bad.get([registry, ...path].join('/')) ?? bad.get(`${registry}/${path[0] ?? ''}/*`),
  };
}

/** `nginx` and `docker.io/library/nginx` are one repository. */
export function toRepository(text: string): string {
  return text.endsWith('/*') ? text : repositoryOf(splitName(text));
}

/** Whether a name is one of the user's patterns: a repository, or everything below one. */
export function isAmong(name: SplitName, patterns: readonly string[]): boolean {
  const repository = repositoryOf(name);
  return patterns.some((pattern) => {
    const below = /^(.*?)\/\*{1,2}$/.exec(pattern)?.[1];
    if (below === undefined) return repository === toRepository(pattern);
    return repository.startsWith(`${below}/`);
  });
}
