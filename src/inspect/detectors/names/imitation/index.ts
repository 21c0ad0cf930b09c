import type { Rule } from '../../../../core/finding.ts';
import type { ImageIdentity } from '../../../../core/image.ts';
import type { Suspicion } from '../../../../core/naming.ts';
import type { Detector } from '../../../contract.ts';
import { type NameBook, toNameBook } from '../../../names/book.ts';
import { CATALOGUE } from '../../../names/catalogue/index.ts';
import { judgeName } from '../../../names/judge.ts';
import { namesOf } from './image-names.ts';

const COMMON = {
  attack: ['T1204.003', 'T1036.005'],
  controls: ['UEM-14', 'TVM-06', 'IAM-16'],
  references: [
    'https://attack.mitre.org/techniques/T1204/003/',
    'https://attack.mitre.org/techniques/T1036/005/',
  ],
};

const RULES = {
  knownBad: {
    ...COMMON,
    id: 'names/known-bad',
    tier: 'block',
    title: 'The image name is on the list of malicious images',
    remedy: 'Do not use it, and look for it in your logs: the report says what it did.',
  },
  spoofed: {
    ...COMMON,
    id: 'names/spoofed',
    tier: 'block',
    title: 'The name is written to be taken for another',
    remedy: 'Write the name that you mean, letter by letter, and find out where this one came from.',
  },
  confusion: {
    ...COMMON,
    id: 'names/confusion',
    tier: 'block',
    title: 'An internal name comes from a foreign registry',
    remedy:
      'Write the internal registry in full, and make builds and mirrors ask no other for internal names.',
  },
  lookAlike: {
    ...COMMON,
    id: 'names/look-alike',
    tier: 'review',
    title: 'The name looks like another, better known one',
    remedy:
      'Use the image that it looks like. If this one is meant, list it under "allow" in your own names.',
  },
  stranger: {
    ...COMMON,
    id: 'names/stranger',
    tier: 'note',
    title: 'An unknown publisher uses a well-known name',
    remedy: 'Prefer the official image, or one whose publisher you know.',
  },
  tag: {
    ...COMMON,
    id: 'names/unknown-tag',
    tier: 'note',
    title: 'No release of the official image is known to have this tag',
    remedy: 'Use a tag of a release, and pin its digest.',
  },
  malformed: {
    ...COMMON,
    id: 'names/malformed',
    tier: 'review',
    title: 'No registry takes a name that is written like this',
    remedy: 'Find out who wrote the name and what was meant: tools differ in what they make of it.',
  },
} as const satisfies Record<string, Rule>;

const BY_TRICK: Readonly<Record<string, keyof typeof RULES>> = {
  'known-bad': 'knownBad',
  'known-bad-copy': 'knownBad',
  'dependency-confusion': 'confusion',
  'spoofed-host': 'spoofed',
  userinfo: 'spoofed',
  punycode: 'spoofed',
  'mixed-scripts': 'spoofed',
  'stranger-namespace': 'stranger',
  'random-namespace': 'stranger',
  'no-such-official': 'stranger',
  'unknown-tag': 'tag',
  'upper-case': 'malformed',
  malformed: 'malformed',
  'too-long': 'malformed',
};

/**
 * Looks at what an image is called: as the user named it, or as an archive's tags say.
 * @param book asked for only when an image is judged, as it takes a while to build
 */
export function toImitation(book: () => NameBook): Detector {
  return {
    id: 'names/imitation',
    rules: Object.values(RULES),
    *judge(image) {
      for (const given of namesOf(image.identity).names) {
        const { name, suspicions } = judgeName(given, book());
        for (const suspicion of suspicions) {
          if (isOfOwnBuild(suspicion, image.identity)) continue;
          yield {
            rule: ruleOf(suspicion).id,
            tier: suspicion.tier,
            config: `name ${name}`,
            evidence: evidenceOf(suspicion),
          };
        }
      }
    },
  };
}

/** The book of the catalogue that ships, built when it is first asked for. */
let shipped: NameBook | undefined;
export function shippedNames(): NameBook {
  shipped ??= toNameBook(CATALOGUE);
  return shipped;
}

export const imitation = toImitation(shippedNames);

/** What an engine or an archive holds was often built there: nobody pulled `my-app`, and nobody thinks it official. */
function isOfOwnBuild({ trick }: Suspicion, { kind }: ImageIdentity): boolean {
  return trick === 'no-such-official' && kind !== 'registry';
}

function ruleOf({ trick, tier }: Suspicion): Rule {
  const known = BY_TRICK[trick];
  if (known !== undefined) return RULES[known];
  return tier === 'block' ? RULES.spoofed : RULES.lookAlike;
}

function evidenceOf({ trick, of, why }: Suspicion): string {
  return of === undefined ? `${trick}: ${why}` : `${trick}, like ${of}: ${why}`;
}
