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

interface Family {
  readonly project: string | undefined;
  readonly family: string;
}

/** `projects/P/global/images/family/F`, or the full URL: a family of GCP wherever it stands. */
export function parseLongFamily(text: string): Family | undefined {
  const match = /(?:^|\/)projects\/([^/]{1,100})\/global\/images\/family\/([^/]{1,100})$/.exec(
    text.slice(0, 500),
  );
  if (match === null) return undefined;
  return { project: known(match[1] ?? ''), family: match[2] ?? '' };
}

/** That, or `debian-cloud/debian-12`. What ends in a date is one image, not a family. */
export function parseFamily(text: string): Family | undefined {
  const short = /^([a-z][a-z0-9-]{4,62})\/(family\/)?([a-z][a-z0-9-]{0,62})$/.exec(text);
  if (short === null) return parseLongFamily(text);
  const [, project, explicit, family = ''] = short;
  return explicit === undefined && /-v?\d{8}[a-z]?$/.test(family) ? undefined : { project, family };
}

/** A value of which a part is computed is one that nobody knows. */
export function known(value: string): string {
  return value.includes('$') ? COMPUTED : value;
}

/** `Publisher:Offer:Sku:Version`, as Azure calls a URN. */
export function parseUrn(text: string): { publisher: string; version: string } | undefined {
  const match =
    /^([A-Za-z0-9_.-]{1,100}):[A-Za-z0-9_.-]{1,100}:[A-Za-z0-9_.-]{1,100}:([A-Za-z0-9_.-]{1,100})$/.exec(
      text,
    );
  return match === null ? undefined : { publisher: match[1] ?? '', version: match[2] ?? '' };
}
