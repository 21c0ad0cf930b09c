import { TIERS } from '../../core/finding.ts';
import type { Naming, Suspicion } from '../../core/naming.ts';
import type { NameBook } from './book.ts';
import { isCloudName, judgeCloudName } from './clouds.ts';
import { HUB, MAX_NAME, type SplitName, splitName } from './split-name.ts';
import { toSuspicion } from './suspicion.ts';
import { isAllowed, isInternal, suspectConfusion } from './tricks/confusion.ts';
import { suspectHost } from './tricks/hosts.ts';
import { suspectLetters } from './tricks/letters.ts';
import { suspectNamespace } from './tricks/namespaces.ts';
import { suspectRepository } from './tricks/repositories.ts';
import { suspectTag } from './tricks/tags.ts';

/**
 * Says whose a name is, and what it may imitate. Pure, and in time that no name can blow up: it is cut at `MAX_NAME`.
 * @param text what a person writes, also what no registry would take: `nginx`, `docker.io/vibersastra/ubuntu:latest`,
 * `aws:099720109477/ubuntu/images/…`
 */
export function judgeName(text: string, book: NameBook): Naming {
  if (isCloudName(text)) return judgeCloudName(text, book);
  const name = splitName(text);
  const standing = standingOf(name, book);
  if (standing.standing === 'internal' || isAllowed(name, book))
    return { name: name.text, ...standing, suspicions: [] };
  return {
    name: name.text,
    ...standing,
    suspicions: sorted([...cutOff(name), ...suspect(name, standing, book)]),
  };
}

type Stand = Pick<Naming, 'standing' | 'publisher'>;

function standingOf(name: SplitName, book: NameBook): Stand {
  const { host, path } = name;
  if (isInternal(name, book)) return { standing: 'internal' };
  const official =
    host === HUB && path.length === 2 && path[0] === 'library' ? book.official.get(path[1] ?? '') : undefined;
  if (official !== undefined) {
    return {
      standing: 'official',
      publisher: official.retired ? 'Docker official image, no longer built' : 'Docker official image',
    };
  }
  const publisher = book.publisherOf(name);
  return publisher === undefined
    ? { standing: 'unknown' }
    : { standing: 'known-publisher', publisher: publisher.name };
}

function suspect(name: SplitName, { standing }: Stand, book: NameBook): Suspicion[] {
  const bad = book.knownBad(name, name.host);
  const copied = bad === undefined && name.host !== HUB ? book.knownBad(name, HUB) : undefined;
  const listed: Suspicion[] = [];
  if (bad !== undefined)
    listed.push(toSuspicion('known-bad', undefined, [[1, `${bad.what}: ${bad.source}`]], 'block'));
  if (copied !== undefined) {
    const what = `an image of this path on ${HUB} is known to be malicious (${copied.what}: ${copied.source})`;
    listed.push(toSuspicion('known-bad-copy', copied.repository, [[0.7, what]]));
  }
  const letters = suspectLetters(name, book);
  const everywhere = [
    ...listed,
    ...suspectConfusion(name, book, standing === 'known-publisher'),
    ...letters,
    ...suspectHost(name, book),
  ];
  if (standing === 'official') {
    const image = book.official.get(name.path[1] ?? '');
    return image === undefined || name.tag === undefined
      ? everywhere
      : [...everywhere, ...suspectTag(name.tag, image)];
  }
  if (standing === 'known-publisher') return everywhere;
  // What is no name at all need not be compared with names.
  if (letters.length > 0) return everywhere;
  return [...everywhere, ...suspectNamespace(name, book), ...suspectRepository(name, book)];
}

function cutOff({ isCut }: SplitName): Suspicion[] {
  return isCut
    ? [toSuspicion('too-long', undefined, [[0.6, `only the first ${MAX_NAME} characters were looked at`]])]
    : [];
}

/** The gravest first. */
function sorted(suspicions: readonly Suspicion[]): Suspicion[] {
  return suspicions.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || b.score - a.score);
}
