import type { CloudFacts } from '../../../../core/image.ts';
import type { Detector, FindingDraft } from '../../../contract.ts';

/* What a cloud says of a machine image, whether or not its disks could be read. Whose it is and whom it imitates, the names room says. */

const DEPRECATED = 'machine/deprecated-image';
const OLD = 'machine/old-image';

const DAY = 24 * 60 * 60 * 1000;
/** Two years without a new one: distributions make images every few weeks. */
const OLD_DAYS = 730;

const shared = {
  attack: ['T1204.003'],
  controls: ['TVM-06', 'UEM-14'],
  references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html'],
};

export const cloudImage: Detector = {
  id: 'machine/cloud-image',
  rules: [
    {
      id: DEPRECATED,
      tier: 'review',
      title: 'The owner has deprecated the image',
      remedy: 'Use the image that replaces it: what is deprecated gets no fixes.',
      ...shared,
    },
    {
      id: OLD,
      tier: 'note',
      title: 'The image is older than two years',
      remedy: 'Use a newer one, or bring it up to date before it is used.',
      ...shared,
    },
  ],
  *judge({ identity: { cloud } }) {
    if (cloud === undefined) return;
    yield* judgeDeprecation(cloud);
    yield* judgeAge(cloud);
  },
};

/** A date to come is a plan; a state without a date (GCP) holds now. */
function* judgeDeprecation({ deprecated, asked }: CloudFacts): Generator<FindingDraft> {
  if (deprecated === undefined) return;
  const from = Date.parse(deprecated);
  if (Number.isNaN(from) || from <= Date.parse(asked))
    yield { rule: DEPRECATED, config: 'cloud.deprecated', evidence: deprecated };
}

function* judgeAge({ created, asked }: CloudFacts): Generator<FindingDraft> {
  const days = (Date.parse(asked) - Date.parse(created ?? '')) / DAY;
  if (days > OLD_DAYS)
    yield { rule: OLD, config: 'cloud.created', evidence: `made ${created}, ${Math.floor(days)} days ago` };
}
