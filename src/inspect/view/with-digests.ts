import type { FileView } from '../contract.ts';
import { type PackagingDigests, packagingDigestsOf } from './provenance.ts';

/**
 * Adds to each observation of a file what `isPristine` needs when the file lies outside the program folders. Computed
 * once, and only when something was observed: most files have nothing to say.
 */
export function* withDigests<O extends object>(
  file: FileView,
  observations: Iterable<O>,
): Generator<O & { readonly digests: PackagingDigests }> {
  let digests: PackagingDigests | undefined;
  for (const observation of observations) {
    digests ??= packagingDigestsOf(file);
    yield { ...observation, digests };
  }
}

/** An observation with its file's digests. */
export type Attested<O> = O & { readonly digests: PackagingDigests };
