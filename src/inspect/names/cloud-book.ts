import type { CloudOwners } from './catalogue/contract.ts';
import { isCloudRegistry, type OwnNames } from './own-names.ts';
import { WordIndex } from './word-index.ts';

/** An account, a project or a publisher of machine images. */
export interface CloudOwner {
  /** As the cloud writes it. */
  readonly owner: string;
  /** For a person. */
  readonly name: string;
}

export type Cloud = 'aws' | 'gcp' | 'azure';

const CLOUD = /^(aws|gcp|azure):(.*)$/s;
/** What stands in the user's lists is few components deep; so is every name. */
const MAX_DEPTH = 16;

export function isCloudName(text: string): boolean {
  return CLOUD.test(text);
}

/** `aws:099720109477/ubuntu/…` in two parts. */
export function splitCloudName(text: string): { readonly cloud: Cloud; readonly rest: string } | undefined {
  const [, cloud, rest = ''] = CLOUD.exec(text) ?? [];
  return cloud !== undefined && isCloudRegistry(cloud) ? { cloud, rest } : undefined;
}

/** What is known of machine images, with the user's own, indexed. */
export class CloudBook {
  readonly aws: OwnerIndex;
  readonly gcp: OwnerIndex;
  readonly azure: OwnerIndex;
  readonly #images: readonly AmiForm[];
  readonly #imageWords: WordIndex;
  readonly #allowed = new Set<string>();
  readonly #bad = new Map<string, string>();

  constructor(catalogue: CloudOwners, own: OwnNames) {
    const ownOf = (cloud: Cloud): CloudOwner[] =>
      own.publishers
        .filter(({ registry }) => registry === cloud)
        .map(({ namespace, name }) => ({ owner: namespace, name }));
    this.aws = new OwnerIndex([...ownOf('aws'), ...catalogue.aws.map(toNamed), ...AWS_ALIASES]);
    this.gcp = new OwnerIndex([
      ...ownOf('gcp'),
      ...catalogue.gcp.map((owner) => toOwner(owner, 'GCP image project')),
    ]);
    this.azure = new OwnerIndex([
      ...ownOf('azure'),
      ...catalogue.azure.map((owner) => toOwner(owner, 'Azure publisher')),
    ]);
    this.#images = catalogue.aws.flatMap(({ owner, name, patterns }) =>
      patterns.map((pattern) => ({ owner, name, pattern, word: firstWord(pattern) })),
    );
    this.#imageWords = new WordIndex(this.#images.map(({ word }) => word));
    for (const name of own.allow) if (isCloudName(name)) this.#allowed.add(toKey(name));
    for (const { repository, what } of own.knownBad)
      if (isCloudName(repository)) this.#bad.set(toKey(repository), what);
  }

  /** The owner whose AMIs are named so. */
  ownerOfImage(image: string): CloudOwner | undefined {
    return this.#images.find(({ pattern }) => matches(pattern, image));
  }

  /** The owner whose AMIs begin with a word one slip from the first of an image's name: `ubunut/images/…`. */
  nearImage(
    image: string,
  ): { readonly like: ReturnType<WordIndex['likeness']>; readonly owner: CloudOwner } | undefined {
    const like = this.#imageWords.likeness(firstWord(image));
    const owner = like && this.#images.find(({ word }) => word === like.of);
    return owner && { like, owner };
  }

  /** Whether the user has looked at a name, or at an owner. */
  isAllowed(text: string): boolean {
    return this.#allowed.size > 0 && upwards(text).some((key) => this.#allowed.has(key));
  }

  /** What the user knows of a name, or of an owner. */
  knownBad(text: string): string | undefined {
    if (this.#bad.size === 0) return undefined;
    const key = upwards(text).find((above) => this.#bad.has(above));
    return key === undefined ? undefined : this.#bad.get(key);
  }
}

/** What AWS itself gives owners that it vouches for (EC2 API, `ImageOwnerAlias`): nobody else can have them. */
const AWS_ALIASES: readonly CloudOwner[] = [
  { owner: 'amazon', name: 'Amazon, or a provider that it has verified' },
  { owner: 'aws-marketplace', name: 'a seller on AWS Marketplace' },
];

interface AmiForm extends CloudOwner {
  readonly pattern: string;
  /** First word of the pattern, in lower case. */
  readonly word: string;
}

/** Owners of one cloud. They are one name in every case. */
export class OwnerIndex {
  readonly #byLower: ReadonlyMap<string, CloudOwner>;
  readonly words: WordIndex;

  /** @param owners the first of two equal ones wins */
  constructor(owners: readonly CloudOwner[]) {
    this.#byLower = new Map(owners.toReversed().map((one) => [one.owner.toLowerCase(), one]));
    this.words = new WordIndex(this.#byLower.keys());
  }

  get(owner: string): CloudOwner | undefined {
    return this.#byLower.get(owner.toLowerCase());
  }
}

function toNamed({ owner, name, retired }: CloudOwners['aws'][number]): CloudOwner {
  return { owner, name: retired === true ? `${name}, no longer used` : name };
}

function toOwner(owner: string, what: string): CloudOwner {
  return { owner, name: `${what} ${owner}` };
}

/** Letters only: releases are numbered. */
function firstWord(text: string): string {
  return /^[a-z]{0,64}/.exec(text.slice(0, 64).toLowerCase())?.[0] ?? '';
}

/** A name as it is looked up: in lower case, its parts apart. */
function toKey(text: string): string {
  return partsOf(text).join('\n');
}

/** The keys of a name and of all that is above it, the narrowest first; not of a whole cloud. */
function upwards(text: string): string[] {
  const parts = partsOf(text);
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('\n')).slice(0, -1);
}

function partsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/^gcp:projects\//, 'gcp:')
    .split(/[/:]/)
    .filter((part) => part !== '')
    .slice(0, MAX_DEPTH);
}

/** AWS's own patterns: `*` is anything. In linear time: the pieces between stars follow each other. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return (
    (pieces.length > 0 && (pieces.at(-1) === '' || text.endsWith(pieces.at(-1) ?? ''))) || at === text.length
  );
}
