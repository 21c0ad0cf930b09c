import { Failure } from '../../../core/failure.ts';
import type { CloudFacts } from '../../../core/image.ts';
import type { Problem } from '../../../core/problem.ts';
import { at, list, text } from '../web/fields.ts';
import { maskUrl } from '../web/mask.ts';
import type { Management } from './management.ts';
import { type AzureId, parseAzureId } from './resource-id.ts';

/** Where a disk of the image can be read. */
export type Origin =
  | { readonly kind: 'access'; readonly path: string }
  | { readonly kind: 'blob'; readonly url: URL };

/** What Azure says of an image, and what its disks were made of. */
export interface Described {
  readonly facts: CloudFacts;
  readonly origins: readonly Origin[];
  readonly problems: readonly Problem[];
}

/** An id that is asked about: everything but what only has a name. */
export type Resource = Extract<AzureId, { readonly path: string }>;

const IMAGE_VERSION = '2024-07-01';
const GALLERY_VERSION = '2023-07-03';
const DISK_VERSION = '2023-10-02';
/** A version of a gallery may be made of another, that of an image, that of a snapshot. */
const DEEPEST = 5;
/** Data disks of one machine; Azure has at most 64. */
const MAX_DISKS = 128;
/** Disks that one image names. */
const MAX_PARTS = 2 * MAX_DISKS;
/** Images that images are made of, over all. */
const MAX_ASKED = 32;

/**
 * Asks what an image is, and follows what it was made of to disks, snapshots and blobs.
 * @throws Failure of the management service
 */
export async function describe(id: Resource, management: Management): Promise<Described> {
  const body = await management.get(id.path, VERSIONS[id.kind]);
  const problems: Problem[] = [];
  const trail = { management, problems, asked: 0 };
  // Two disks of a machine may have begun as one.
  const found = await follow(id, body, trail, 0);
  const origins = [...new Map(found.map((origin) => [keyOf(origin), origin])).values()];
  if (origins.length > MAX_DISKS) {
    const message = `${origins.length - MAX_DISKS} of the ${origins.length} disks of ${id.path} were not read: no machine has more than ${MAX_DISKS}`;
    problems.push({ code: 'LIMIT_FILES', message, effect: 'incomplete' });
  }
  const some = origins.slice(0, MAX_DISKS);
  return { facts: toFacts(id, body, some), origins: some, problems };
}

/** Ids are one in every case; a blob is one by all of its URL. */
function keyOf(origin: Origin): string {
  return origin.kind === 'access' ? origin.path.toLowerCase() : origin.url.href;
}

/** What is found on the way. Whoever made the images decides how many others each names: how many are asked about is bounded. */
interface Trail {
  readonly management: Management;
  readonly problems: Problem[];
  asked: number;
}

const VERSIONS: Readonly<Record<Resource['kind'], string>> = {
  image: IMAGE_VERSION,
  version: GALLERY_VERSION,
  disk: DISK_VERSION,
  snapshot: DISK_VERSION,
};

function toFacts(
  { path, subscription, kind, name }: Resource,
  body: unknown,
  origins: readonly Origin[],
): CloudFacts {
  const properties = at(body, 'properties');
  const plan = at(properties, 'purchasePlan');
  const system = (
    text(properties, 'osType') ?? text(properties, 'storageProfile', 'osDisk', 'osType')
  )?.toLowerCase();
  const region = text(body, 'location');
  const created =
    text(properties, 'timeCreated') ??
    text(properties, 'publishingProfile', 'publishedDate') ??
    text(body, 'systemData', 'createdAt');
  const deprecated = text(properties, 'publishingProfile', 'endOfLifeDate');
  return {
    asked: new Date().toISOString(),
    id: path,
    name: kind === 'version' ? name : (text(body, 'name') ?? name),
    owner: subscription,
    ...(region !== undefined && { region }),
    ...(system !== undefined && { system }),
    ...(created !== undefined && { created }),
    ...(deprecated !== undefined && { deprecated }),
    productCodes: plan === undefined ? [] : [PLAN.map((part) => text(plan, part) ?? '').join(':')],
    disks: origins.map(nameOf),
  };
}

const PLAN = ['publisher', 'product', 'name'];

export function nameOf(origin: Origin): string {
  return origin.kind === 'access' ? origin.path : maskUrl(origin.url);
}

async function follow(
  { kind, path }: Resource,
  body: unknown,
  trail: Trail,
  depth: number,
): Promise<Origin[]> {
  if (kind === 'disk' || kind === 'snapshot') return [{ kind: 'access', path }];
  const { problems } = trail;
  const before = problems.length;
  const origins: Origin[] = [];
  const parts = kind === 'image' ? partsOfImage(body) : partsOfVersion(body);
  if (parts.length > MAX_PARTS) problems.push(toRefusal(tooMany(path, parts.length), `the rest of ${path}`));
  for (const { what, id, uri } of parts.slice(0, MAX_PARTS)) {
    const url = URL.parse(uri ?? '');
    if (id === undefined && url !== null) {
      origins.push({ kind: 'blob', url });
      continue;
    }
    try {
      const source = toResource(id, what, path);
      origins.push(...(await follow(source, await ask(source, what, path, trail, depth), trail, depth + 1)));
    } catch (error) {
      problems.push(toRefusal(error, `${what} of ${path}`));
    }
  }
  if (origins.length > 0) problems.push(notTheImage(path, origins));
  else if (problems.length === before)
    problems.push(toRefusal(unknownSource('disks', path, 'nothing'), path));
  return origins;
}

/** What Azure says of a source; of one that is read at once it need not be asked. */
async function ask(
  source: Resource,
  what: string,
  path: string,
  trail: Trail,
  depth: number,
): Promise<unknown> {
  if (source.kind === 'disk' || source.kind === 'snapshot') return undefined;
  if (depth >= DEEPEST || ++trail.asked > MAX_ASKED)
    throw unknownSource(what, path, 'a chain of images without end');
  return trail.management.get(source.path, VERSIONS[source.kind]);
}

function tooMany(path: string, parts: number): Failure {
  return new Failure('NOT_FOUND', `Azure says that ${path} has ${parts} disks, and no machine has so many`);
}

interface Part {
  readonly what: string;
  readonly id: string | undefined;
  readonly uri: string | undefined;
}

function partsOfImage(body: unknown): Part[] {
  const profile = at(body, 'properties', 'storageProfile');
  const data = list(profile, 'dataDisks').map((disk) => ['data disk', disk] as const);
  return [['OS disk', at(profile, 'osDisk')] as const, ...data].map(([what, disk]) => ({
    what,
    id: text(disk, 'snapshot', 'id') ?? text(disk, 'managedDisk', 'id'),
    uri: text(disk, 'blobUri'),
  }));
}

/** One source for all disks, or one for each. */
function partsOfVersion(body: unknown): Part[] {
  const profile = at(body, 'properties', 'storageProfile');
  const whole = at(profile, 'source');
  const id = text(whole, 'id') ?? text(whole, 'virtualMachineId') ?? text(whole, 'communityGalleryImageId');
  if (id !== undefined) return [{ what: 'source', id, uri: undefined }];
  const data = list(profile, 'dataDiskImages').map((disk) => ['data disk', disk] as const);
  return [['OS disk', at(profile, 'osDiskImage')] as const, ...data].map(([what, disk]) => ({
    what,
    id: text(disk, 'source', 'id'),
    uri: text(disk, 'source', 'uri'),
  }));
}

function toResource(id: string | undefined, what: string, path: string): Resource {
  if (id === undefined) throw unknownSource(what, path, 'nothing');
  let parsed: AzureId;
  try {
    parsed = parseAzureId(id);
  } catch {
    throw unknownSource(what, path, JSON.stringify(id.slice(0, 200)));
  }
  if ('path' in parsed) return parsed;
  throw unknownSource(what, path, JSON.stringify(id.slice(0, 200)));
}

function unknownSource(what: string, path: string, source: string): Failure {
  return new Failure(
    'NOT_FOUND',
    `Azure says that ${what} of ${path} was made of ${source}, which cannot be read`,
  );
}

/** Ways to read what Azure does not give: a disk made of the image has exactly its content. */
export const WAYS =
  'what works: make a disk of the image (az disk create --gallery-image-reference ID, or --image-reference Publisher:Offer:Sku:Version) and inspect that, or start the image in quarantine and inspect a snapshot of its disk; what Azure says of the image was checked all the same';

/** @throws what is no refusal */
export function toRefusal(error: unknown, what: string): Problem {
  if (!(error instanceof Failure) || !['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) throw error;
  return {
    code: 'NO_PERMISSION',
    message: `${what} was not read: ${error.message}; ${WAYS}`,
    effect: 'incomplete',
  };
}

/**
 * Azure keeps an image's own content where nobody can read it. What it was made of is read instead, and whoever may write there could have
 * changed it since: to call the image clean would say what nobody looked at.
 */
function notTheImage(path: string, origins: readonly Origin[]): Problem {
  const [first] = origins.map(nameOf);
  const message = `${path} itself cannot be read: what was inspected is what it was made of (${first}), which may have changed since; ${WAYS}`;
  return { code: 'UNSUPPORTED', message, effect: 'incomplete' };
}
