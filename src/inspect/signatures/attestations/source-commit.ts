import * as z from 'zod';

/** A digest set as provenance has it: algorithm to text. */
export const digestSet = z.record(z.string(), z.string().max(256));

export function commitOf(digest: Readonly<Record<string, string>> | undefined): string | undefined {
  return digest?.gitCommit ?? digest?.sha1;
}

/**
 * The repository of a source URI, without the ways to say how it is fetched and what of it:
 * `git+https://github.com/acme/app@refs/tags/v1` and `https://github.com/acme/app.git#v1` are in one repository.
 * The first `@refs/` cuts, because a branch may have that in its name and a repository may not.
 */
export function repositoryOf(uri: string): string {
  const bare = uri.startsWith('git+') ? uri.slice(4) : uri;
  const ends = [bare.indexOf('@refs/'), bare.indexOf('#')].filter((at) => at !== -1);
  const end = Math.min(bare.length, ...ends);
  return bare.slice(0, end).replace(/\.git$/, '');
}

/** The ways in which a policy may write a source: with and without `git+`, with and without what was checked out. */
export function sourceForms(uri: string): readonly string[] {
  const repository = repositoryOf(uri);
  const forms = [uri, repository];
  if (uri.startsWith('git+')) forms.push(uri.slice(4), `git+${repository}`);
  return forms;
}
