import type { Naming, Suspicion } from '../../core/naming.ts';
import type { NameBook } from './book.ts';
import { MAX_NAME } from './split-name.ts';
import { toSuspicion } from './suspicion.ts';
import { likenessParts } from './tricks/likeness-parts.ts';
import { withoutAffix } from './tricks/namespaces.ts';
import { surestError, WordIndex } from './word-index.ts';

/*
 * Names of machine images: `aws:OWNER/NAME`, `gcp:PROJECT/IMAGE`, `azure:PUBLISHER:OFFER:SKU:VERSION`. Anybody may give an AMI the name
 * that Canonical's have; only the owner tells. Projects and publishers are words, and are imitated as words are.
 */

const CLOUD = /^(aws|gcp|azure):(.*)$/s;

export function isCloudName(text: string): boolean {
  return CLOUD.test(text);
}

export function judgeCloudName(text: string, book: NameBook): Naming {
  const name = text.slice(0, MAX_NAME);
  const [, cloud = '', rest = ''] = CLOUD.exec(name) ?? [];
  if (cloud === 'aws') return { name, ...judgeAmi(rest, book) };
  const separator = cloud === 'gcp' ? '/' : ':';
  const owner = rest.replace(/^projects\//, '').split(separator)[0] ?? '';
  const known = cloud === 'gcp' ? book.clouds.gcp : book.clouds.azure;
  return { name, ...judgeOwner(owner, known, cloud === 'gcp' ? 'GCP image project' : 'Azure publisher') };
}

function judgeOwner(owner: string, known: readonly string[], what: string): Omit<Naming, 'name'> {
  if (known.includes(owner))
    return { standing: 'known-publisher', publisher: `${what} ${owner}`, suspicions: [] };
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const like = new WordIndex(lower.keys()).likeness(owner.toLowerCase());
  const same = lower.get(owner.toLowerCase());
  if (same !== undefined)
    return { standing: 'known-publisher', publisher: `${what} ${same}`, suspicions: [] };
  const affixed = withoutAffix(owner.toLowerCase(), (word) => lower.has(word));
  if (like === undefined && affixed !== undefined) {
    const real = lower.get(affixed.known) ?? affixed.known;
    const parts = [[0.7, `${owner} is the ${what} ${real} with "${affixed.affix}" added`] as const];
    return { standing: 'unknown', suspicions: [toSuspicion('affix', real, parts)] };
  }
  if (like === undefined) return { standing: 'unknown', suspicions: [] };
  const of = lower.get(like.of) ?? like.of;
  const parts = [...likenessParts(like, owner), [0.3, `there is a well-known ${what} ${of}`] as const];
  return { standing: 'unknown', suspicions: [toSuspicion(like.kind, of, parts)] };
}

function judgeAmi(text: string, { clouds }: NameBook): Omit<Naming, 'name'> {
  const slash = text.indexOf('/');
  const owner = slash === -1 ? '' : text.slice(0, slash);
  const image = text.slice(slash + 1);
  const known = clouds.aws.find((one) => one.owner === owner);
  const stand =
    known === undefined
      ? ({ standing: 'unknown' } as const)
      : ({
          standing: 'known-publisher',
          publisher: `${known.name}${known.retired === true ? ', no longer used' : ''}`,
        } as const);
  const meant = clouds.aws.find(({ patterns }) => patterns.some((pattern) => matches(pattern, image)));
  const near =
    known === undefined
      ? surestError(
          owner,
          clouds.aws.map((one) => one.owner),
        )
      : undefined;
  const slips =
    near === undefined
      ? []
      : [
          toSuspicion(near.kind, `aws:${near.of}`, [
            [0.7, `the account ${owner} is one slip from ${near.of}`],
          ]),
        ];
  const suspicions: Suspicion[] =
    meant === undefined || known !== undefined
      ? []
      : [
          toSuspicion('stranger-owner', `aws:${meant.owner}`, [
            [
              0.7,
              `${image} is named as the images of ${meant.name} are, whose account is ${meant.owner}, not ${owner === '' ? 'said' : owner}`,
            ],
          ]),
        ];
  return { ...stand, suspicions: [...slips, ...suspicions] };
}

/** AWS's own patterns: `*` is anything. In linear time: the pieces between stars follow each other. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return (
    (pieces.length > 0 && (pieces.at(-1) === '' || text.endsWith(pieces.at(-1) ?? ''))) || at === text.length
  );
}
