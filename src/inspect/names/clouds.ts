import type { Naming, Suspicion } from '../../core/naming.ts';
import { withoutAffix } from './affix.ts';
import type { NameBook } from './book.ts';
import { type CloudBook, type CloudOwner, type OwnerIndex, splitCloudName } from './cloud-book.ts';
import { isAscii, toAscii } from './skeleton.ts';
import { MAX_NAME } from './split-name.ts';
import { toSuspicion } from './suspicion.ts';
import { foreignLetters } from './tricks/letters.ts';
import { likenessParts } from './tricks/likeness-parts.ts';

/*
 * Names of machine images: `aws:OWNER/NAME`, `gcp:PROJECT/IMAGE`, `azure:PUBLISHER:OFFER:SKU:VERSION`. Anybody may give an AMI the name
 * that Canonical's have; only the owner tells. Projects and publishers are words, and are imitated as words are.
 */

export function judgeCloudName(text: string, { clouds }: NameBook): Naming {
  const name = text.slice(0, MAX_NAME);
  const { cloud = 'aws', rest = '' } = splitCloudName(name) ?? {};
  const { owner, image } = split(cloud, rest);
  const known = clouds[cloud].get(owner);
  const stand = known === undefined ? ({ standing: 'unknown' } as const) : toStand(known);
  const bad = clouds.knownBad(name);
  const always: Suspicion[] =
    bad === undefined ? [] : [toSuspicion('known-bad', undefined, [[1, `${bad}: your own names`]], 'block')];
  if (!isAscii(rest)) {
    const of = plainly(cloud, toAscii(owner), toAscii(image), clouds);
    return { name, standing: 'unknown', suspicions: [...always, foreignLetters(rest, of)] };
  }
  if (known !== undefined || clouds.isAllowed(name)) return { name, ...stand, suspicions: always };
  const tricks = cloud === 'aws' ? suspectAmi(owner, image, clouds) : suspectOwner(owner, clouds[cloud]);
  return { name, ...stand, suspicions: [...always, ...tricks] };
}

function split(cloud: 'aws' | 'gcp' | 'azure', rest: string): { owner: string; image: string } {
  const text = cloud === 'gcp' ? rest.replace(/^projects\//, '') : rest;
  const end = text.indexOf(cloud === 'azure' ? ':' : '/');
  if (end !== -1) return { owner: text.slice(0, end), image: text.slice(end + 1) };
  // Without an owner, an AMI's name is all there is.
  return cloud === 'aws' && !/^\d{12}$/.test(text) ? { owner: '', image: text } : { owner: text, image: '' };
}

function toStand({ name }: CloudOwner): Pick<Naming, 'standing' | 'publisher'> {
  return { standing: 'known-publisher', publisher: name };
}

/** The owner that a name in plain letters would be of, or be like. */
function plainly(
  cloud: 'aws' | 'gcp' | 'azure',
  owner: string,
  image: string,
  clouds: CloudBook,
): string | undefined {
  const meant = cloud === 'aws' ? clouds.ownerOfImage(image)?.owner : clouds[cloud].get(owner)?.owner;
  if (meant !== undefined) return cloud === 'aws' ? `aws:${meant}` : meant;
  const like = clouds[cloud].words.likeness(owner.toLowerCase());
  return like && clouds[cloud].get(like.of)?.owner;
}

/** A project or publisher that is like a well-known one. */
function suspectOwner(owner: string, owners: OwnerIndex): Suspicion[] {
  const lower = owner.toLowerCase();
  const like = owners.words.likeness(lower);
  if (like !== undefined) {
    const { owner: of = like.of, name = like.of } = owners.get(like.of) ?? {};
    const parts = [...likenessParts(like, owner), [0.3, `${of} is well known: ${name}`] as const];
    return [toSuspicion(like.kind, of, parts)];
  }
  const affixed = withoutAffix(lower, (word) => owners.words.has(word));
  if (affixed === undefined) return [];
  const of = owners.get(affixed.known)?.owner ?? affixed.known;
  return [toSuspicion('affix', of, [[0.7, `${owner} is ${of} with "${affixed.affix}" added`]])];
}

function suspectAmi(owner: string, image: string, clouds: CloudBook): Suspicion[] {
  const found: Suspicion[] = [];
  const near = clouds.aws.words.slip(owner);
  if (near !== undefined) {
    const what = `the account ${owner} is one slip from ${near.of}`;
    found.push(toSuspicion(near.kind, `aws:${near.of}`, [[0.7, what]]));
  }
  const meant = clouds.ownerOfImage(image);
  if (meant !== undefined) {
    const not = owner === '' ? 'and no account is written' : `not ${owner}`;
    const what = `${image} is named as the images of ${meant.name} are, whose account is ${meant.owner}, ${not}`;
    return [...found, toSuspicion('stranger-owner', `aws:${meant.owner}`, [[0.7, what]])];
  }
  const like = clouds.nearImage(image);
  if (like?.like === undefined) return found;
  const what = `images named so are of ${like.owner.name}, whose account is ${like.owner.owner}`;
  const parts = [...likenessParts(like.like, image.split(/[/-]/)[0] ?? ''), [0.25, what] as const];
  return [...found, toSuspicion(like.like.kind, `aws:${like.owner.owner}`, parts)];
}
