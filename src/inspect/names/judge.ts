import { TIERS } from '../../core/finding.ts';
import type { Naming, Suspicion } from '../../core/naming.ts';
import type { NameBook } from './book.ts';
import { isCloudName } from './cloud-book.ts';
import { judgeCloudName } from './clouds.ts';
import { HUB, type SplitName, splitName } from './split-name.ts';
import { suspectConfusion } from './tricks/confusion.ts';
import { isWellFormed, suspectForm } from './tricks/form.ts';
import { suspectHost } from './tricks/hosts.ts';
import { suspectLetters } from './tricks/letters.ts';
import { suspectListed } from './tricks/listed.ts';
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
  const isTaken = isWellFormed(name);
  const stand: Stand = isTaken ? standingOf(name, book) : { standing: 'unknown' };
  const found = suspect(name, stand, book);
  return {
    name: name.text,
    ...stand,
    suspicions: sorted([...found, ...suspectForm(name, isTaken, found)]),
  };
}

type Stand = Pick<Naming, 'standing' | 'publisher'>;

function standingOf(name: SplitName, book: NameBook): Stand {
  const { host, path } = name;
  if (book.isInternal(name)) return { standing: 'internal' };
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
  const letters = suspectLetters(name, book);
  // Nobody can vouch for these: an allowed name that is reported later, or that only looks like the one allowed.
  const always = [...suspectListed(name, book), ...letters, ...suspectHost(name, book)];
  if (standing === 'internal' || book.isAllowed(name)) return always;
  const everywhere = [...always, ...suspectConfusion(name, book, standing === 'known-publisher')];
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

/** The gravest first. */
function sorted(suspicions: readonly Suspicion[]): Suspicion[] {
  return suspicions.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || b.score - a.score);
}
