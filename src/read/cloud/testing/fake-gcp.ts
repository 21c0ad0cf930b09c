import { crc32c } from '../../disk/crc32c.ts';
import { json, type Served, serve, serveRange } from './ranges.ts';

/*
 * A test double of Compute Engine's images and of Cloud Storage's objects, over HTTP and with their own shapes.
 */

export interface FakeGcpOptions {
  /** Images by `project/name`; a family is found under `project/family/name`. */
  readonly images: Readonly<Record<string, unknown>>;
  /** Objects by `bucket/name`. */
  readonly objects: Readonly<Record<string, Buffer>>;
  readonly created?: string;
  /** Status and reason that objects are refused with. */
  readonly refused?: readonly [status: number, reason: string];
  /** So many questions are throttled, as Compute Engine does it, before one is answered. */
  readonly throttled?: number;
  /** The checksum is another one's. */
  readonly damaged?: boolean;
  /** The generation is overwritten after it was named. */
  readonly overwritten?: boolean;
}

export interface FakeGcp extends Served {
  /** Ranges asked for. */
  readonly ranges: readonly string[];
}

const GENERATION = '1700000000000001';

export async function startFakeGcp(options: FakeGcpOptions): Promise<FakeGcp> {
  const ranges: string[] = [];
  let throttled = options.throttled ?? 0;
  const served = await serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gcp.invalid');
    const refuse = (status: number, reason: string): void => {
      const message = `the double says ${reason}`;
      json(response, status, { error: { code: status, message, errors: [{ reason, message }] } });
    };
    const [, project = '', name = ''] =
      /^\/compute\/v1\/projects\/([^/]+)\/global\/images\/(.+)$/.exec(url.pathname) ?? [];
    const [, bucket = '', object = ''] = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname) ?? [];
    const image = options.images[`${project}/${name}`];
    const bytes = options.objects[`${bucket}/${decodeURIComponent(object)}`];
    if (throttled-- > 0) refuse(403, 'rateLimitExceeded');
    else if (image !== undefined) json(response, 200, image);
    else if (object !== '' && options.refused !== undefined) refuse(...options.refused);
    else if (bytes === undefined) refuse(404, 'notFound');
    else if (url.searchParams.get('alt') !== 'media') {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE((crc32c(bytes) ^ (options.damaged === true ? 1 : 0)) >>> 0);
      json(response, 200, {
        kind: 'storage#object',
        bucket,
        name: decodeURIComponent(object),
        generation: GENERATION,
        size: String(bytes.length),
        crc32c: sum.toString('base64'),
        timeCreated: options.created ?? '2026-03-01T00:00:00.000Z',
      });
    } else if (options.overwritten === true || url.searchParams.get('generation') !== GENERATION)
      refuse(404, 'notFound');
    else {
      ranges.push(request.headers.range ?? '');
      serveRange(request, response, { bytes, etag: 'CLHX' });
    }
  });
  return { ...served, ranges };
}
