/** What is known of image names: reviewed data, each with its source. */
export interface Catalogue {
  /** Docker official images (`docker.io/library/NAME`), also retired ones. */
  readonly official: readonly OfficialImage[];
  /** Namespaces that belong to known publishers. */
  readonly publishers: readonly Publisher[];
  /** Registry hosts that anybody may meet: `docker.io`, `ghcr.io`, … */
  readonly registries: readonly string[];
  /** Repositories that public reports name as malicious. */
  readonly knownBad: readonly KnownBadImage[];
  readonly clouds: CloudOwners;
}

export interface OfficialImage {
  readonly name: string;
  /** Tags that a release has had, as the source lists them; empty when unknown. */
  readonly tags: readonly string[];
  /** Docker's names: `amd64`, `arm64v8`. */
  readonly architectures: readonly string[];
  /** Was official once, and is no longer built. */
  readonly retired: boolean;
}

export interface Publisher {
  /** `docker.io`, `ghcr.io`, `registry.k8s.io`. */
  readonly registry: string;
  /** First path component, or several: `bitnami`, `dotnet/runtime`; empty: the whole registry is this publisher's. */
  readonly namespace: string;
  /** For a person: `Bitnami (Broadcom)`. */
  readonly name: string;
  /** Well-known repositories below the namespace, for look-alike search: `redis`, `prometheus`. Not a complete list. */
  readonly repositories: readonly string[];
  /** Where this was taken from: a URL, or a repository's path. */
  readonly source: string;
}

export interface KnownBadImage {
  /** `docker.io/vibersastra/ubuntu`; with a trailing `/*` for a whole namespace. */
  readonly repository: string;
  /** What the report says of it, in a few words: `XMRig, TeamTNT campaign`. */
  readonly what: string;
  /** URL of the report. */
  readonly source: string;
}

export interface CloudOwners {
  readonly aws: readonly {
    readonly owner: string;
    readonly name: string;
    readonly patterns: readonly string[];
    readonly retired?: boolean;
  }[];
  readonly gcp: readonly string[];
  readonly azure: readonly string[];
}
