import { Failure, isFailure } from '../../../core/failure.ts';
import type { Image } from '../../../core/image.ts';
import type { Problem } from '../../../core/problem.ts';
import type { BlockSource } from '../../disk/block-source.ts';
import { refuseNeighbour } from '../../disk/open-disks.ts';
import { toProblem, Unreadable } from '../../disk/unreadable.ts';
import { openVhd } from '../../disk/vhd/index.ts';
import { openMachine } from '../../machine/open-machine.ts';
import type { Selection } from '../../selection.ts';
import type { CloudOptions } from '../options.ts';
import type { Bearer } from '../web/bearer.ts';
import { WebClient } from '../web/client.ts';
import { openWebDisk } from '../web/range-disk.ts';
import { type Described, describe, nameOf, type Origin, toRefusal } from './describe.ts';
import { describeNamed } from './describe-named.ts';
import { Management, PATIENCE, toAzureBearer } from './management.ts';
import { parseAzureId } from './resource-id.ts';

const STORAGE_SCOPE = 'https://storage.azure.com/.default';
/** Tokens need a version to be named; this one Azurite and the sovereign clouds have too. */
const STORAGE_VERSION = '2021-08-06';
/** Hosts of Azure's storage, in its public and sovereign clouds: the only ones that a token for storage is sent to. */
const STORAGE_HOST =
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)?\.blob\.(?:core\.windows\.net|core\.usgovcloudapi\.net|core\.chinacloudapi\.cn|storage\.azure\.net)$/;

const SAS_ADVICE = {
  FORBIDDEN:
    'the disk may allow no access from this network (networkAccessPolicy), or reading took longer than the access lasts',
  RATE_LIMITED: 'try again later',
  UNREACHABLE: 'the disk may be reachable from a private network only',
};

/**
 * Opens an image, gallery image version, disk or snapshot of Azure: what Azure says of it, and its disks through a URL that
 * Azure makes for reading and that is given back at the end.
 * @param id a resource id, or `Publisher:Offer:Sku:Version`
 * @throws Failure USAGE, NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, DIGEST_MISMATCH, CANCELLED
 */
export async function openAzure(
  id: string,
  cloud: CloudOptions,
  selection: Selection,
  patience = PATIENCE,
): Promise<Image> {
  const parsed = parseAzureId(id);
  const client = new WebClient(cloud.caFile);
  const disks = new Disks(client, selection.signal);
  const close = async (): Promise<void> => {
    await disks.close();
    await client.close();
  };
  let described: Described;
  try {
    const management = new Management(client, cloud.endpoints.management, selection.signal, patience);
    described =
      'path' in parsed ? await describe(parsed, management) : await describeNamed(parsed, cloud, management);
    disks.expect(described.origins.length);
    for (const origin of described.origins) await disks.open(origin, management);
  } catch (error) {
    await close();
    throw error;
  }
  const { facts, problems } = described;
  return openMachine(
    {
      identity: { location: selection.location, kind: 'azure', tags: [], cloud: facts },
      disks: disks.opened,
      flaws: disks.flaws,
      problems: [...problems, ...disks.problems],
      distant: true,
      close,
    },
    selection,
  );
}

/** The disks that are open, and the access that was given for them. */
class Disks {
  readonly opened: BlockSource[] = [];
  readonly problems: Problem[] = [];
  readonly flaws: Unreadable[] = [];
  readonly #client: WebClient;
  readonly #signal: AbortSignal;
  readonly #given: (() => Promise<void>)[] = [];
  #share = 1;

  constructor(client: WebClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** So many share the memory for what is kept of them. */
  expect(disks: number): void {
    this.#share = Math.max(1, disks);
  }

  /** What is refused or cannot be read is a problem. @throws Failure of the cloud */
  async open(origin: Origin, management: Management): Promise<void> {
    const name = nameOf(origin);
    try {
      const disk = await this.#read(origin, name, management);
      // Azure gives a VHD always, and its guest writes the first sectors: the content is not asked what it is.
      const neighbour = refuseNeighbour(name);
      const flaw = (one: Unreadable): void => {
        this.flaws.push(one);
      };
      this.opened.push(
        await openVhd(disk, {
          neighbour,
          openAny: (other) => neighbour('another disk', other),
          depth: 0,
          flaw,
        }),
      );
    } catch (error) {
      this.problems.push(error instanceof Unreadable ? toProblem(error) : toRefusal(error, name));
    }
  }

  async #read(origin: Origin, name: string, management: Management): Promise<BlockSource> {
    const { reach } = management;
    const share = this.#share;
    const options = { client: this.#client, signal: this.#signal, reach, name, share, advice: SAS_ADVICE };
    if (origin.kind === 'blob') {
      requireStorage(origin.url, management);
      return openWebDisk(origin.url, { ...options, headers: toStorageBearer(origin.url) });
    }
    const url = await management.beginAccess(origin.path).catch((error: unknown) => {
      // It may be given after nobody waited for it any more.
      if (!isFailure(error, 'FORBIDDEN') && !isFailure(error, 'NOT_FOUND'))
        this.#giveBack(origin.path, management);
      throw error;
    });
    this.#giveBack(origin.path, management);
    return openWebDisk(url, options);
  }

  #giveBack(path: string, management: Management): void {
    this.#given.push(() => management.endAccess(path));
  }

  async close(): Promise<void> {
    for (const disk of this.opened.splice(0)) await disk.close();
    await Promise.all(this.#given.splice(0).map((give) => give()));
  }
}

/**
 * Whoever made an image named its blobs: no other host than Azure's storage is asked, but where the user named another Azure.
 * @throws Failure FORBIDDEN
 */
export function requireStorage(url: URL, { isOverridden }: Pick<Management, 'isOverridden'>): void {
  const isAzure = url.protocol === 'https:' && url.port === '' && STORAGE_HOST.test(url.hostname);
  if (
    url.username === '' &&
    url.password === '' &&
    (isAzure || (isOverridden && /^https?:$/.test(url.protocol)))
  )
    return;
  throw new Failure('FORBIDDEN', `${url.host} is no blob storage of Azure, and was not asked`);
}

function toStorageBearer(url: URL): Bearer {
  const version = { 'x-ms-version': STORAGE_VERSION };
  // An emulator's or a private cloud's may be public, or signed for; Azure's token is not for it.
  if (url.protocol !== 'https:' || !STORAGE_HOST.test(url.hostname)) return async () => version;
  const bearer = toAzureBearer({ base: url, isOverridden: false }, STORAGE_SCOPE);
  return async () => ({ ...version, ...(await bearer()) });
}
