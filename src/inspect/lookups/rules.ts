import type { Rule } from '../../core/finding.ts';
import type { LookupFinding } from '../../core/lookup.ts';
import { toPrintable } from '../../core/printable.ts';
import type { CloudBook } from '../names/cloud-book.ts';
import { COMPUTED, type Lookup } from './lookup.ts';

/*
 * Anybody may make a public AMI called `ubuntu-…`, with a later date than Canonical's. Code that asks for the newest image of a name, and not of an
 * owner, is given theirs, and starts it (whoAMI, CVE-2018-15869). GCP's families and Azure's "latest" are names in somebody's project or
 * account: whose, decides.
 */

const shared = { attack: ['T1204.003'], controls: ['IAM-16', 'TVM-06'] };
const WHOAMI = 'https://securitylabs.datadoghq.com/articles/whoami-a-cloud-image-name-confusion-attack/';

const RULES = {
  newest: {
    id: 'ami-lint/most-recent-without-owner',
    tier: 'block',
    title: 'The newest image of a name is taken, whoever made it',
    remedy: 'Name the owner’s account id (owners, --owners), or the image by its id.',
    ...shared,
    references: [WHOAMI, 'https://nvd.nist.gov/vuln/detail/CVE-2018-15869'],
  },
  named: {
    id: 'ami-lint/name-without-owner',
    tier: 'review',
    title: 'An image is looked up by name without its owner',
    remedy: 'Name the owner’s account id (owners, --owners), or the image by its id.',
    ...shared,
    references: [WHOAMI],
  },
  wildcard: {
    id: 'ami-lint/wildcard-owner',
    tier: 'block',
    title: 'An image of any owner is taken',
    remedy: 'Name the owner’s account id: a pattern for owners is no owner.',
    ...shared,
    references: [WHOAMI],
  },
  stranger: {
    id: 'ami-lint/unknown-owner',
    tier: 'review',
    title: 'An image of an owner that nobody knows is taken',
    remedy: 'Make sure whose account it is, and add it to your own names (--names).',
    ...shared,
    references: ['https://github.com/fwdcloudsec/known_aws_accounts'],
  },
  family: {
    id: 'ami-lint/foreign-family',
    tier: 'review',
    title: 'The newest image of a foreign project is taken',
    remedy: 'Name an image of a project you know, or add the project to your own names (--names).',
    ...shared,
    references: ['https://cloud.google.com/compute/docs/images/image-families-best-practices'],
  },
  publisher: {
    id: 'ami-lint/latest-of-unknown-publisher',
    tier: 'review',
    title: 'The latest image of a publisher that nobody knows is taken',
    remedy: 'Name the version, and make sure who the publisher is; add it to your own names (--names).',
    ...shared,
    references: ['https://learn.microsoft.com/azure/virtual-machines/linux/cli-ps-findimage'],
  },
} as const satisfies Record<string, Rule>;

/** Owners that AWS itself gives a meaning to; and one's own. */
const AWS_ALIASES: ReadonlySet<string> = new Set([
  'self',
  'amazon',
  'aws-marketplace',
  'aws-backup-vault',
  COMPUTED,
]);

/** Pure: what is wrong with one look-up. */
export function judgeLookup(lookup: Lookup, file: string, clouds: CloudBook): LookupFinding[] {
  const say = (rule: Rule, why: string): LookupFinding[] => {
    const { id, ...fields } = rule;
    const evidence = toPrintable(`${lookup.text}: ${why}`, 200);
    return [{ rule: id, ...fields, file, line: lookup.line, evidence }];
  };
  switch (lookup.cloud) {
    case 'aws':
      return judgeAmi(lookup, clouds, say);
    case 'gcp':
      return lookup.project === undefined ||
        lookup.project === COMPUTED ||
        clouds.gcp.get(lookup.project) !== undefined
        ? []
        : say(RULES.family, `${lookup.family} of ${lookup.project}`);
    case 'azure':
      return lookup.version.toLowerCase() !== 'latest' || clouds.azure.get(lookup.publisher) !== undefined
        ? []
        : say(RULES.publisher, lookup.publisher);
  }
}

function judgeAmi(
  { names, owners, mostRecent }: Extract<Lookup, { cloud: 'aws' }>,
  clouds: CloudBook,
  say: (rule: Rule, why: string) => LookupFinding[],
): LookupFinding[] {
  const what = names.length === 0 ? 'any image' : names.join(', ');
  if (owners?.some((owner) => /[*?]/.test(owner)) === true) return say(RULES.wildcard, owners.join(', '));
  if (owners === undefined || owners.length === 0) {
    if (mostRecent) return say(RULES.newest, what);
    return names.length > 0 ? say(RULES.named, what) : [];
  }
  const strangers = owners.filter((owner) => !AWS_ALIASES.has(owner) && clouds.aws.get(owner) === undefined);
  return strangers.length === 0 ? [] : say(RULES.stranger, `${what} of ${strangers.join(', ')}`);
}
