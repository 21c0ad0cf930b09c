import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { HUB, type SplitName } from '../split-name.ts';
import { toSuspicion } from '../suspicion.ts';

/** What is reported of a name, or of the image of Docker Hub that it may be a copy of. */
export function suspectListed(name: SplitName, book: NameBook): Suspicion[] {
  const bad = book.knownBad(name, name.host);
  if (bad !== undefined)
    return [toSuspicion('known-bad', undefined, [[1, `${bad.what}: ${bad.source}`]], 'block')];
  const copied = name.host === HUB ? undefined : book.knownBad(name, HUB);
  if (copied === undefined) return [];
  const what = `an image of this path on ${HUB} is known to be malicious (${copied.what}: ${copied.source})`;
  return [toSuspicion('known-bad-copy', copied.repository, [[0.7, what]])];
}
