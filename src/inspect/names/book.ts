import type { Catalogue, KnownBadImage, OfficialImage, Publisher } from './catalogue/contract.ts';
import { CloudBook, isCloudName } from './cloud-book.ts';
import { ConfusionIndex } from './confusion-index.ts';
import { HostIndex } from './host-index.ts';
import { PatternMap, toNamePattern, toPatternSet } from './name-pattern.ts';
import { NamespaceIndex } from './namespace-index.ts';
import { isCloudRegistry, NO_OWN_NAMES, type OwnNames } from './own-names.ts';
import { toProducts } from './product-words.ts';
import { type SplitName, splitName } from './split-name.ts';
import { WordIndex } from './word-index.ts';

/** Everything known of names, indexed: made once, asked a hundred thousand times. */
export interface NameBook {
  readonly official: ReadonlyMap<string, OfficialImage>;
  /** Names of official images that are still built. */
  readonly officialWords: WordIndex;
  /** Distinctive names of publishers' images, and whose they are. */
  readonly products: ReadonlyMap<string, Publisher>;
  readonly productWords: WordIndex;
  /** Registries that anybody may meet, and the user's. */
  readonly hosts: HostIndex;
  readonly namespaces: NamespaceIndex;
  readonly confusion: ConfusionIndex;
  readonly clouds: CloudBook;
  /** Whether strangers may register a namespace in a registry: it is well known, and no single publisher's. */
  isShared(host: string): boolean;
  /** Whose a name is; the longest namespace wins. */
  publisherOf(name: SplitName): Publisher | undefined;
  /** What is reported of a repository of that path in a registry. */
  knownBad(name: SplitName, registry: string): KnownBadImage | undefined;
  /** Whether the user calls a name internal. */
  isInternal(name: SplitName): boolean;
  /** Whether a name is one of the user's: internal, or a good image. */
  isOurs(name: SplitName): boolean;
  /** Whether the user has looked at a name, and wants to hear of no likeness. */
  isAllowed(name: SplitName): boolean;
}

const SOURCE_OF_OWN = 'your own names';

/** @param own what the user adds; wins over what ships */
export function toNameBook(catalogue: Catalogue, own: OwnNames = NO_OWN_NAMES): NameBook {
  const publishers = [...ownPublishers(own), ...catalogue.publishers];
  const official = new Map(catalogue.official.map((image) => [image.name, image]));
  const products = toProducts(catalogue.publishers);
  const internal = own.internal.map(toNamePattern);
  const images = own.images.map(toNamePattern);
  const isInternal = toPatternSet(internal);
  const isImage = toPatternSet(images);
  const isAllowed = toPatternSet(withoutClouds(own.allow).map(toNamePattern));
  const shared = sharedRegistries(catalogue, publishers);
  const bad = knownBadOf(catalogue, own);
  return {
    official,
    officialWords: new WordIndex(
      catalogue.official.filter(({ retired }) => !retired).map(({ name }) => name),
    ),
    products,
    productWords: new WordIndex(products.keys()),
    hosts: new HostIndex([
      ...catalogue.registries,
      ...publishers.map(({ registry }) => registry),
      ...[...internal, ...images].map(({ host }) => host),
    ]),
    namespaces: new NamespaceIndex(publishers),
    confusion: new ConfusionIndex([...internal, ...images], (host) => shared.has(host)),
    clouds: new CloudBook(catalogue.clouds, own),
    isShared: (host) => shared.has(host),
    publisherOf: toPublisherOf(publishers),
    knownBad: ({ path }, host) => bad.find({ host, path }),
    isInternal: (name) => isInternal.find(name) !== undefined,
    isOurs: (name) => isInternal.find(name) !== undefined || isImage.find(name) !== undefined,
    isAllowed: (name) => isAllowed.find(name) !== undefined || isImage.find(name) !== undefined,
  };
}

function ownPublishers({ publishers }: OwnNames): Publisher[] {
  return publishers
    .filter(({ registry }) => !isCloudRegistry(registry))
    .map(({ registry, namespace, name }) => {
      // `index.docker.io` and `registry.example:443` have another name here, as they have where a name is read.
      const { host } = splitName(`${registry}/x/x`);
      return {
        registry: host,
        namespace: namespace.toLowerCase(),
        name,
        repositories: [],
        source: SOURCE_OF_OWN,
      };
    });
}

function toPublisherOf(publishers: readonly Publisher[]): NameBook['publisherOf'] {
  const byNamespace = new Map<string, Publisher>();
  for (const publisher of publishers) {
    const { registry, namespace } = publisher;
    const key = namespace === '' ? registry : `${registry}/${namespace}`;
    if (!byNamespace.has(key)) byNamespace.set(key, publisher);
  }
  return ({ host, path }) => {
    for (let length = path.length; length >= 0; length--) {
      const publisher = byNamespace.get([host, ...path.slice(0, length)].join('/'));
      if (publisher !== undefined) return publisher;
    }
    return undefined;
  };
}

/** The user's own registries are never among them: who may register a namespace there is up to the user. */
function sharedRegistries(catalogue: Catalogue, publishers: readonly Publisher[]): ReadonlySet<string> {
  const shared = new Set([...catalogue.registries, ...catalogue.publishers.map(({ registry }) => registry)]);
  for (const { registry, namespace } of publishers) if (namespace === '') shared.delete(registry);
  return shared;
}

function knownBadOf(catalogue: Catalogue, own: OwnNames): PatternMap<KnownBadImage> {
  const bad = new PatternMap<KnownBadImage>();
  for (const { repository, what } of own.knownBad) {
    if (isCloudName(repository)) continue;
    bad.add(toNamePattern(repository), { repository, what, source: SOURCE_OF_OWN });
  }
  for (const image of catalogue.knownBad) bad.add(toNamePattern(image.repository), image);
  return bad;
}

function withoutClouds(names: readonly string[]): string[] {
  return names.filter((name) => !isCloudName(name));
}
