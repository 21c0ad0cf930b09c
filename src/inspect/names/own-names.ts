/** What the user knows of names and the catalogue does not. */
export interface OwnNames {
  readonly publishers: readonly {
    /** A host; `aws`, `gcp` or `azure` for machine images. */
    readonly registry: string;
    /** For machine images: the account, project or publisher. */
    readonly namespace: string;
    readonly name: string;
  }[];
  /** Repositories known to be good: `docker.io/acme/app`. */
  readonly images: readonly string[];
  /** Where internal images live: `registry.acme.example/**`, `registry.acme.example/team/app`. */
  readonly internal: readonly string[];
  readonly knownBad: readonly { readonly repository: string; readonly what: string }[];
  /** Names that the user has looked at: no likeness is said of them any more. A cloud name stands for all below it. */
  readonly allow: readonly string[];
}

export const NO_OWN_NAMES: OwnNames = { publishers: [], images: [], internal: [], knownBad: [], allow: [] };

/** Whether a publisher is one of machine images: `aws`, `gcp`, `azure`. */
export function isCloudRegistry(registry: string): registry is 'aws' | 'gcp' | 'azure' {
  return registry === 'aws' || registry === 'gcp' || registry === 'azure';
}
