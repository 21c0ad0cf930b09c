/** What the user knows of names and the catalogue does not. */
export interface OwnNames {
  readonly publishers: readonly {
    readonly registry: string;
    readonly namespace: string;
    readonly name: string;
  }[];
  /** Repositories known to be good: `docker.io/acme/app`. */
  readonly images: readonly string[];
  /** Where internal images live: `registry.acme.example/**`, `registry.acme.example/team/app`. */
  readonly internal: readonly string[];
  readonly knownBad: readonly { readonly repository: string; readonly what: string }[];
  /** Names that the user has looked at, and wants quiet. */
  readonly allow: readonly string[];
}

export const NO_OWN_NAMES: OwnNames = { publishers: [], images: [], internal: [], knownBad: [], allow: [] };
