import type { CloudFacts } from '../../../core/image.ts';
import type { Problem } from '../../../core/problem.ts';
import type { CloudOptions } from '../options.ts';
import { text } from '../web/fields.ts';
import type { Described } from './describe.ts';
import type { Management } from './management.ts';
import type { AzureId } from './resource-id.ts';

const GALLERY_VERSION = '2022-03-03';

/**
 * What has no resource of its own in any subscription: there is nothing to ask for access to.
 * @throws Failure of the management service
 */
export async function describeNamed(
  id: Exclude<AzureId, { readonly path: string }>,
  cloud: CloudOptions,
  management: Management,
): Promise<Described> {
  if (id.kind === 'marketplace') {
    const [, , , version] = id.name.split(':');
    const facts = {
      asked: new Date().toISOString(),
      id: id.name,
      name: id.name,
      owner: id.publisher,
      public: true,
      productCodes: [],
      disks: [],
    };
    const vague =
      version === 'latest' ? ' (say which version instead of latest: it may be another tomorrow)' : '';
    return {
      facts,
      origins: [],
      problems: [
        unread(
          `${id.name} is an image of the Marketplace, which Azure lets nobody read${vague}; its name was checked, and Azure was not asked about it: az disk create --resource-group G --name D --image-reference ${id.name}, then inspect azure:/subscriptions/…/disks/D`,
        ),
      ],
    };
  }
  const path = `/${id.kind === 'shared' ? 'Shared' : 'Community'}Galleries/${id.gallery}/Images/${id.image}/Versions/${id.version}`;
  const asked = await askGallery(id, cloud, management);
  const problems = [
    unread(
      `${path} is in a gallery of somebody else, which Azure lets nobody read; ${asked === undefined ? 'its name was checked, and Azure was not asked about it' : 'what Azure says of it was checked all the same'}: az disk create --resource-group G --name D --gallery-image-reference ${path}, then inspect azure:/subscriptions/…/disks/D`,
    ),
  ];
  if (asked === undefined) problems.push(NOT_ASKED);
  const created = text(asked, 'properties', 'publishedDate');
  const deprecated = text(asked, 'properties', 'endOfLifeDate');
  const region = text(asked, 'location') ?? cloud.region;
  const facts: CloudFacts = {
    asked: new Date().toISOString(),
    id: path,
    name: `${id.gallery}/${id.image}/${id.version}`,
    owner: id.gallery,
    ...(id.kind === 'community' && { public: true }),
    ...(region !== undefined && { region }),
    ...(created !== undefined && { created }),
    ...(deprecated !== undefined && { deprecated }),
    productCodes: [],
    disks: [],
  };
  return { facts, origins: [], problems };
}

const NOT_ASKED: Problem = {
  code: 'UNSUPPORTED',
  message:
    'Azure was not asked about the gallery: that takes --region and a subscription (AZURE_SUBSCRIPTION_ID) to ask from',
  effect: 'notice',
};

/** Azure tells of foreign galleries in a subscription and a region of one's own. */
async function askGallery(
  { kind, gallery, image, version }: Extract<AzureId, { readonly gallery: string }>,
  { region }: CloudOptions,
  management: Management,
): Promise<unknown> {
  const subscription = process.env.AZURE_SUBSCRIPTION_ID ?? '';
  if (!/^[0-9a-f-]{36}$/i.test(subscription) || region === undefined || !/^[a-z0-9]+$/i.test(region))
    return undefined;
  const path = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${region}/${kind}Galleries/${gallery}/images/${image}/versions/${version}`;
  return management.get(path, GALLERY_VERSION);
}

function unread(message: string): Problem {
  return { code: 'UNSUPPORTED', message, effect: 'incomplete' };
}
