import { Failure } from '../../../core/failure.ts';
import type { Image } from '../../../core/image.ts';
import { openDisks, refuseNeighbour } from '../../disk/open-disks.ts';
import { toFailure, Unreadable } from '../../disk/unreadable.ts';
import { openMachine } from '../../machine/open-machine.ts';
import type { Selection } from '../../selection.ts';
import type { CloudOptions } from '../options.ts';
import { WebClient } from './client.ts';
import { maskUrl } from './mask.ts';
import { openWebDisk } from './range-disk.ts';

/** Where a signature in the URL is what lets one read. */
const ADVICE = {
  UNAUTHORIZED: 'no credentials are sent to a plain URL: use one that is signed (a SAS, a presigned URL)',
  FORBIDDEN: 'check that the signature in the URL allows reading and has not expired',
  RATE_LIMITED: 'try again later',
  UNREACHABLE: 'check the address and the network',
};

/**
 * Opens a disk at a plain `https:` URL, of which only the blocks that are needed are read.
 * @param cloud where `cloud.endpoints.web` is the start of the URL, plain `http:` is allowed
 * @throws Failure USAGE, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, UNSUPPORTED, MALFORMED, TRUNCATED,
 * TOO_LARGE, DISK_FULL, DIGEST_MISMATCH, CANCELLED
 */
export async function openUrl(text: string, cloud: CloudOptions, selection: Selection): Promise<Image> {
  const url = toUrl(text, cloud);
  const client = new WebClient(cloud.caFile);
  try {
    const disk = await openWebDisk(url, { client, signal: selection.signal, reach: 'any', advice: ADVICE });
    const { disks, flaws, problems, close } = await openDisks(disk, refuseNeighbour(disk.name), selection);
    return await openMachine(
      {
        identity: { location: maskUrl(url), kind: 'disk', tags: [] },
        disks,
        flaws,
        problems,
        distant: true,
        async close() {
          await close();
          await client.close();
        },
      },
      selection,
    );
  } catch (error) {
    await client.close();
    throw error instanceof Unreadable ? toFailure(error) : error;
  }
}

/** @throws Failure USAGE */
function toUrl(text: string, { endpoints: { web } }: CloudOptions): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Failure('USAGE', `${maskUrl(text)} is no https: URL`);
  if (url.username !== '' || url.password !== '')
    throw new Failure('USAGE', `${maskUrl(url)}: a user name or password in the URL is not taken`);
  if (url.protocol === 'http:' && (web === undefined || URL.parse(web)?.origin !== url.origin)) {
    throw new Failure(
      'USAGE',
      `${maskUrl(url)} is plain http, where anybody on the way could exchange the disk: use https`,
    );
  }
  url.hash = '';
  return url;
}
