/** One place where code asks a cloud for an image. What is undefined the code does not say; `computed` it says with an expression. */
export type Lookup = { readonly line: number; readonly text: string } & (
  | {
      readonly cloud: 'aws';
      /** Names or patterns that are filtered by; empty when it asks by id. */
      readonly names: readonly string[];
      /** Owners asked for, as written; `undefined` when none are. */
      readonly owners: readonly string[] | undefined;
      readonly mostRecent: boolean;
    }
  | { readonly cloud: 'gcp'; readonly project: string | undefined; readonly family: string }
  | { readonly cloud: 'azure'; readonly publisher: string; readonly version: string }
);

/** What a value that code computes is written as: nobody can say more of it. */
export const COMPUTED = '(computed)';

/** `debian-cloud/debian-12`, `projects/P/global/images/family/F`, or the full URL: GCP's ways to write a family. */
export function parseFamily(text: string): { project: string | undefined; family: string } | undefined {
  const long = /(?:^|\/)projects\/([^/]{1,100})\/global\/images\/family\/([^/]{1,100})$/.exec(text);
  if (long !== null) return { project: long[1], family: long[2] ?? '' };
  const short = /^([a-z][a-z0-9-]{4,62})\/(?:family\/)?([a-z][a-z0-9-]{0,62})$/.exec(text);
  return short === null ? undefined : { project: short[1], family: short[2] ?? '' };
}

/** `Publisher:Offer:Sku:Version`, as Azure calls a URN. */
export function parseUrn(text: string): { publisher: string; version: string } | undefined {
  const match =
    /^([A-Za-z0-9_.-]{1,100}):[A-Za-z0-9_.-]{1,100}:[A-Za-z0-9_.-]{1,100}:([A-Za-z0-9_.-]{1,100})$/.exec(
      text,
    );
  return match === null ? undefined : { publisher: match[1] ?? '', version: match[2] ?? '' };
}
