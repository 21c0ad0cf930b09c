import { toSkeleton } from './skeleton.ts';
import { WordIndex } from './word-index.ts';

/** Shorter registries are one slip from too many honest hosts. */
const SHORTEST = 6;
/** RFC 1035, section 2.3.4; longer is no host, and only so much is looked at. */
const MAX_HOST = 255;
/** Hosts of a provider's regions, whose part before the domain no customer may choose. */
const REGIONAL: readonly RegExp[] = [
  /^[a-z0-9-]{1,63}-docker\.pkg\.dev$/,
  /^registry(?:-vpc|-internal)?\.[a-z0-9-]{1,63}\.aliyuncs\.com$/,
  /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]{1,63}\.amazonaws\.com(?:\.cn)?$/,
];

/** Registries that are known, and what is read as one of them. */
export class HostIndex {
  readonly #hosts: ReadonlySet<string>;
  readonly #bySkeleton: ReadonlyMap<string, string>;
  /** `docker-io` for `docker.io`. */
  readonly #byDashes: ReadonlyMap<string, string>;
  /** `quay` for `quay.io`: hosts of two labels, whose first says enough. */
  readonly #byLabel = new Map<string, string>();
  readonly #slips: WordIndex;

  constructor(hosts: Iterable<string>) {
    this.#hosts = new Set(hosts);
    const dotted = [...this.#hosts].filter((host) => host.includes('.'));
    this.#bySkeleton = new Map([...this.#hosts].map((host) => [toSkeleton(host), host]));
    this.#byDashes = new Map(dotted.map((host) => [host.replaceAll('.', '-'), host]));
    this.#slips = new WordIndex(dotted.filter((host) => host.length >= SHORTEST));
    for (const host of dotted) {
      const [label = '', , third] = host.split('.');
      if (label.length >= 4 && third === undefined && !this.#byLabel.has(label))
        this.#byLabel.set(label, host);
    }
  }

  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** `eu.gcr.io`, `us-central2-docker.pkg.dev`: whoever owns a domain owns what is below it. */
  isBelowKnown(host: string): boolean {
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      if (this.#hosts.has(host.slice(dot + 1))) return true;
    }
    return REGIONAL.some((form) => form.test(host));
  }

  /** The registry that is written with look-alike letters. */
  twinOf(host: string): string | undefined {
    return this.#bySkeleton.get(toSkeleton(host));
  }

  /** The registry that stands in a host between dots and dashes, and not at its end: `ghcr.io-cdn.example`. */
  inside(given: string): string | undefined {
    const host = given.slice(0, MAX_HOST);
    const ends = [...host.matchAll(/[.-]/g)].map(({ index }) => index);
    for (const start of [0, ...ends.map((at) => at + 1)]) {
      for (const end of ends) {
        const part = end > start ? host.slice(start, end) : '';
        if (part.includes('.') && this.#hosts.has(part)) return part;
      }
    }
    return undefined;
  }

  /** The registry that is a label of a host, with dashes for dots: `docker-io.example`. */
  dashed(host: string): { readonly label: string; readonly of: string } | undefined {
    for (const label of host.slice(0, MAX_HOST).split('.')) {
      const of = this.#byDashes.get(label);
      if (of !== undefined) return { label, of };
    }
    return undefined;
  }

  /** The registry one slip away. */
  slipOf(host: string): ReturnType<WordIndex['slip']> {
    return this.#slips.slip(host);
  }

  /** `quay.com`: a registry of two labels with another end. */
  withOtherEnd(host: string): string | undefined {
    const [label = '', end, third] = host.split('.');
    return end === undefined || third !== undefined ? undefined : this.#byLabel.get(label);
  }

  /** `evilquay.io`: the registry of two labels that a host ends like, without being below it. */
  endOf(host: string): string | undefined {
    const dot = host.lastIndexOf('.');
    const label = host.lastIndexOf('.', dot - 1) + 1;
    for (let at = label + 1; at <= dot - 4; at++) {
      const end = host.slice(at, MAX_HOST);
      if (this.#byLabel.get(host.slice(at, dot)) === end) return end;
    }
    return undefined;
  }
}
