import { Failure, isFailure } from '../../../core/failure.ts';
import type { CloudFacts, Image, ImageIdentity } from '../../../core/image.ts';
import type { Problem } from '../../../core/problem.ts';
import { toFailure, toProblem, Unreadable } from '../../disk/unreadable.ts';
import { openMachine } from '../../machine/open-machine.ts';
import type { Selection } from '../../selection.ts';
import type { CloudOptions } from '../options.ts';
import { toService } from '../web/bearer.ts';
import { WebClient } from '../web/client.ts';
import { at, list, text } from '../web/fields.ts';
import { getJson, toGoogleBearer } from './google.ts';
import { type ImageName, isImageName, parseImageName } from './image-name.ts';
import { openStoredObject, type StoredObject } from './stored-object.ts';

const USUAL = 'https://compute.googleapis.com';
const GIB = 2 ** 30;

/**
 * Opens an image of Google Cloud: what Compute Engine says of it, and the object it was exported to. Google lets nobody read an image
 * itself.
 * @param id `projects/P/global/images/I`, `projects/P/global/images/family/F` or `P/I`
 * @throws Failure USAGE, NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, DIGEST_MISMATCH, TOO_LARGE, DISK_FULL,
 * CANCELLED
 */
export async function openGcp(id: string, cloud: CloudOptions, selection: Selection): Promise<Image> {
  const name = parseImageName(id);
  const client = new WebClient(cloud.caFile);
  try {
    const { facts, size } = await describe(client, name, cloud, selection.signal);
    const identity = { location: selection.location, kind: 'gcp', tags: [], cloud: facts } as const;
    if (cloud.exported === undefined)
      return await machine(identity, undefined, [notExported(facts)], client, selection);
    const exported = await openExported(cloud.exported, client, cloud, selection);
    if ('code' in exported) return await machine(identity, undefined, [exported], client, selection);
    return await machine(identity, exported, judge(exported, facts, size, cloud.exported), client, selection);
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Opens a disk that is an object of Cloud Storage.
 * @param url `gs://BUCKET/OBJECT`
 * @throws Failure as `openGcp`, and MALFORMED, TRUNCATED, UNSUPPORTED
 */
export async function openObject(url: string, cloud: CloudOptions, selection: Selection): Promise<Image> {
  const client = new WebClient(cloud.caFile);
  try {
    const stored = await openStoredObject(url, client, cloud.endpoints.storage, selection);
    const identity = { location: selection.location, kind: 'disk', tags: [] } as const;
    return await machine(identity, stored, [], client, selection);
  } catch (error) {
    await client.close();
    throw error instanceof Unreadable ? toFailure(error) : error;
  }
}

function machine(
  identity: ImageIdentity,
  stored: StoredObject | undefined,
  problems: readonly Problem[],
  client: WebClient,
  selection: Selection,
): Promise<Image> {
  return openMachine(
    {
      identity,
      disks: stored?.disks ?? [],
      flaws: stored?.flaws ?? [],
      problems: [...problems, ...(stored?.problems ?? [])],
      distant: true,
      async close() {
        await stored?.close();
        await client.close();
      },
    },
    selection,
  );
}

/** What is refused, or cannot be read, is a problem: what Google says of the image was checked. @throws Failure otherwise */
async function openExported(
  url: string,
  client: WebClient,
  { endpoints: { storage } }: CloudOptions,
  selection: Selection,
): Promise<StoredObject | Problem> {
  try {
    return await openStoredObject(url, client, storage, selection);
  } catch (error) {
    if (error instanceof Unreadable) return toProblem(error);
    if (!isFailure(error, 'FORBIDDEN')) throw error;
    return { code: 'NO_PERMISSION', message: `${url} was not read: ${error.message}`, effect: 'incomplete' };
  }
}

interface Described {
  readonly facts: CloudFacts;
  /** Bytes of the disk, where Google says. */
  readonly size: number | undefined;
}

/** Compute Engine API v1: Images: get, getFromFamily. */
async function describe(
  client: WebClient,
  { project, kind, name }: ImageName,
  { endpoints, exported }: CloudOptions,
  signal: AbortSignal,
): Promise<Described> {
  const service = toService(USUAL, endpoints.compute, 'compute');
  const images = `projects/${project}/global/images`;
  const asked = `${images}/${kind === 'family' ? 'family/' : ''}${name}`;
  const { body } = await getJson(
    client,
    service,
    toGoogleBearer(service),
    `/compute/v1/${asked}`,
    asked,
    signal,
  );
  const found = nameOf(body, asked, kind === 'image' ? name : undefined);
  const created = text(body, 'creationTimestamp');
  const deprecated = toDeprecated(at(body, 'deprecated'));
  const isWindows = list(body, 'guestOsFeatures').some((feature) => text(feature, 'type') === 'WINDOWS');
  const gibibytes = Number(text(body, 'diskSizeGb'));
  return {
    facts: {
      asked: new Date().toISOString(),
      id: `${images}/${found}`,
      name: found,
      owner: project,
      ...(isWindows && { system: 'windows' }),
      ...(created !== undefined && { created }),
      ...(deprecated !== undefined && { deprecated }),
      productCodes: list(body, 'licenses').flatMap((license) => toLicense(license)),
      disks: exported === undefined ? [] : [exported],
    },
    size: gibibytes > 0 ? gibibytes * GIB : undefined,
  };
}

/**
 * A family's is what Google says; it gets into a command that the user is told to run.
 * @throws Failure REGISTRY_ERROR
 */
function nameOf(body: unknown, asked: string, name: string | undefined): string {
  const found = text(body, 'name') ?? '';
  if (isImageName(found) && (name === undefined || name === found)) return found;
  throw new Failure('REGISTRY_ERROR', `asked for ${asked}, Google tells of another image`);
}

/** The date, or the state where there is none. */
function toDeprecated(status: unknown): string | undefined {
  const state = text(status, 'state');
  if (state === undefined || state === 'ACTIVE') return undefined;
  return text(status, 'deprecated') ?? text(status, 'obsolete') ?? text(status, 'deleted') ?? state;
}

/** `projects/debian-cloud/global/licenses/debian-12` of a URL. */
function toLicense(url: unknown): string[] {
  return typeof url === 'string' ? [url.replace(/^https:\/\/[^/]+\/compute\/v1\//, '').slice(0, 300)] : [];
}

function notExported({ id, owner, name }: CloudFacts): Problem {
  const bucket = `gs://BUCKET/${name}.tar.gz`;
  return {
    code: 'UNSUPPORTED',
    message: `${id} was not read, as Google serves no image to be read: gcloud compute images export --image ${name} --project ${owner} --destination-uri ${bucket}, then pratique inspect gcp:${id} --exported ${bucket}; what Google says of the image was checked all the same`,
    effect: 'incomplete',
  };
}

/** That an object is the export of the image is the user's word: what can be held against it is. */
function judge(
  stored: StoredObject,
  { id, created }: CloudFacts,
  size: number | undefined,
  url: string,
): Problem[] {
  const wrong: string[] = [];
  const [disk, ...more] = stored.disks;
  if (disk !== undefined && size !== undefined && (disk.size !== size || more.length > 0))
    wrong.push(`it has a disk of ${disk.size} bytes and the image one of ${size}`);
  if (
    stored.created !== undefined &&
    created !== undefined &&
    Date.parse(stored.created) < Date.parse(created)
  )
    wrong.push(`it was made on ${stored.created}, before the image (${created})`);
  return wrong.map((why) => ({
    code: 'UNKNOWN_CONTENT',
    message: `${url} is no export of ${id}: ${why}`,
    effect: 'incomplete',
  }));
}
