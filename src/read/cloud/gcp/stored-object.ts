import { Failure } from '../../../core/failure.ts';
import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { updateCrc32c } from '../../disk/crc32c.ts';
import { type OpenedDisks, openDisks, refuseNeighbour } from '../../disk/open-disks.ts';
import type { Selection } from '../../selection.ts';
import { toService, under } from '../web/bearer.ts';
import type { WebClient } from '../web/client.ts';
import { text } from '../web/fields.ts';
import { openWebDisk, type RangeDisk } from '../web/range-disk.ts';
import { ADVICE, getJson, toGoogleBearer } from './google.ts';
import { parseObjectUrl } from './image-name.ts';

/*
 * An object of Cloud Storage with a disk in it (JSON API v1: Objects: get).
 *
 * Its generation is asked for first and named in each request, so that an object that is overwritten meanwhile stays the one that
 * was begun. What is compressed is read whole, from front to back, and held against the CRC-32C that Google keeps; of a disk that is read
 * by ranges only parts are seen, and TLS has to do.
 */

const USUAL = 'https://storage.googleapis.com';
/** Bytes that are under way while others are unpacked. */
const AHEAD = 8 * 2 ** 20;

export interface StoredObject extends OpenedDisks {
  /** RFC 3339; absent where Google does not say. */
  readonly created: string | undefined;
}

/**
 * Opens the disks in `gs://BUCKET/OBJECT`: GCP's tar.gz, or a disk of any format, which is read by ranges.
 * @throws Failure USAGE, NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, DIGEST_MISMATCH, TOO_LARGE, DISK_FULL,
 * CANCELLED, …; Unreadable
 */
export async function openStoredObject(
  url: string,
  client: WebClient,
  endpoint: string | undefined,
  selection: Selection,
): Promise<StoredObject> {
  const { bucket, object } = parseObjectUrl(url);
  const { signal } = selection;
  const service = toService(USUAL, endpoint, 'storage');
  const bearer = toGoogleBearer(service);
  const path = `/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}`;
  const { body } = await getJson(client, service, bearer, path, url, signal);
  const generation = text(body, 'generation');
  const size = Number(text(body, 'size'));
  if (generation === undefined || !/^\d{1,20}$/.test(generation) || !Number.isSafeInteger(size))
    throw new Failure(
      'REGISTRY_ERROR',
      `${service.base.host} does not say which generation of ${url} there is`,
    );
  const disk = await openWebDisk(under(service, `${path}?alt=media&generation=${generation}`), {
    client,
    signal,
    reach: service.isOverridden ? 'any' : 'private',
    // Where it is stored in gzip, it is to come so: else Google unpacks it, and knows no ranges.
    headers: async () => ({ ...(await bearer()), 'accept-encoding': 'gzip' }),
    name: url,
    advice: ADVICE,
    match: false,
  });
  if (disk.size !== size)
    throw new Failure('DIGEST_MISMATCH', `${url} has ${size} bytes and is served as ${disk.size}`);
  const whole = new Checked(disk, parseCrc32c(text(body, 'crc32c')));
  const disks = await openDisks(disk, refuseNeighbour(url), selection, whole);
  try {
    await whole.verify(signal);
  } catch (error) {
    await disks.close();
    throw error;
  }
  return { ...disks, created: text(body, 'timeCreated') };
}

/** Base64 of the four bytes, the highest first. Undefined where there is none: old objects have none. */
function parseCrc32c(base64: string | undefined): number | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return bytes.length === 4 ? bytes.readUInt32BE(0) : undefined;
}

/** Reads from front to back, and sums up what passes. */
class Checked implements BlockSource {
  readonly name: string;
  readonly size: number;
  readonly #disk: RangeDisk;
  readonly #expected: number | undefined;
  #register = 0xffffffff;
  #at = 0;

  constructor(disk: RangeDisk, expected: number | undefined) {
    this.name = disk.name;
    this.size = disk.size;
    this.#disk = disk;
    this.#expected = expected;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    this.#disk.ahead(offset, length + AHEAD);
    const bytes = await this.#disk.read(offset, length);
    if (offset === this.#at) {
      this.#register = updateCrc32c(this.#register, bytes);
      this.#at += length;
    }
    return bytes;
  }

  /** Once it was begun it is read to its end. @throws Failure DIGEST_MISMATCH */
  async verify(signal: AbortSignal): Promise<void> {
    if (this.#at === 0 || this.#expected === undefined) return;
    while (this.#at < this.size) {
      if (signal.aborted) throw new Failure('CANCELLED', 'cancelled before the image was read');
      await this.read(this.#at, Math.min(2 ** 20, this.size - this.#at));
    }
    if ((this.#register ^ 0xffffffff) >>> 0 === this.#expected) return;
    throw new Failure(
      'DIGEST_MISMATCH',
      `${this.name} is not what its CRC-32C says: fetch it again, or export it anew`,
    );
  }

  async close(): Promise<void> {}
}
