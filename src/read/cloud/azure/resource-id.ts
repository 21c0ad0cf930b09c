import { Failure } from '../../../core/failure.ts';

/** What `azure:` names. */
export type AzureId =
  | {
      readonly kind: 'image' | 'disk' | 'snapshot' | 'version';
      /** From the subscription on, as Azure Resource Manager takes it. */
      readonly path: string;
      readonly subscription: string;
      readonly name: string;
    }
  | {
      readonly kind: 'community' | 'shared';
      /** The public name of the gallery. */
      readonly gallery: string;
      readonly image: string;
      readonly version: string;
    }
  | { readonly kind: 'marketplace'; readonly publisher: string; readonly name: string };

/** A segment of a resource id: nothing that could lead to another path. */
const NAME = String.raw`(?!\.{1,2}(?:\/|$))[\w().-]{1,90}`;
const GROUP = String.raw`\/?(subscriptions\/([0-9a-f-]{36})\/resourceGroups\/${NAME}\/providers\/Microsoft\.Compute\/`;
const RESOURCE = new RegExp(`^${GROUP}(images|disks|snapshots)/(${NAME}))$`, 'i');
const VERSION = new RegExp(`^${GROUP}galleries/(${NAME})/images/(${NAME})/versions/(${NAME}))$`, 'i');
const PUBLIC = new RegExp(
  String.raw`^\/?(Community|Shared)Galleries\/(${NAME})\/Images\/(${NAME})\/Versions\/(${NAME})$`,
  'i',
);
const URN = new RegExp(`^(${NAME}):${NAME}:${NAME}:${NAME}$`);

const KINDS: Readonly<Record<string, 'image' | 'disk' | 'snapshot'>> = {
  images: 'image',
  disks: 'disk',
  snapshots: 'snapshot',
};

/** @throws Failure USAGE */
export function parseAzureId(text: string): AzureId {
  const [, path = '', subscription = '', type = '', name = ''] = RESOURCE.exec(text) ?? [];
  const kind = KINDS[type.toLowerCase()];
  if (kind !== undefined) return { kind, path: `/${path}`, subscription, name };
  const inGallery = VERSION.exec(text);
  if (inGallery !== null) {
    const [, of = '', subscriber = '', gallery = '', image = '', version = ''] = inGallery;
    if (version === 'latest')
      throw new Failure(
        'USAGE',
        `${text} is whatever is newest: say which version, as az sig image-version list has it`,
      );
    return {
      kind: 'version',
      path: `/${of}`,
      subscription: subscriber,
      name: `${gallery}/${image}/${version}`,
    };
  }
  const [, which, gallery = '', image = '', version = ''] = PUBLIC.exec(text) ?? [];
  if (which !== undefined)
    return { kind: which.toLowerCase() === 'shared' ? 'shared' : 'community', gallery, image, version };
  const publisher = URN.exec(text)?.[1];
  if (publisher !== undefined) return { kind: 'marketplace', publisher, name: text };
  throw new Failure(
    'USAGE',
    `azure:${text.slice(0, 200)} is no resource id of an image, gallery image version, disk or snapshot, and no Publisher:Offer:Sku:Version`,
  );
}
