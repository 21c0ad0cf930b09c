import { createHash } from 'node:crypto';
import { fstatSync, openSync, readSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Served, serve } from './ranges.ts';

/*
 * A test double of the two AWS services that an AMI is read with, over HTTP and with their own shapes: EC2's query API (XML) for
 * DescribeImages, and the EBS direct APIs (JSON, and a block with its checksum in headers).
 */

const BLOCK = 512 * 1024;

export interface FakeAmi {
  readonly name: string;
  readonly owner: string;
  readonly ownerAlias?: string;
  readonly public?: boolean;
  readonly created?: string;
  readonly deprecated?: string;
  readonly snapshots: readonly string[];
  readonly encrypted?: boolean;
}

export interface FakeAwsOptions {
  /** A certificate and its key, for https. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly images: Readonly<Record<string, FakeAmi>>;
  /** Disks by snapshot id: their bytes, or the path of a file. */
  readonly snapshots: Readonly<Record<string, Buffer | string>>;
  /** Snapshots whose blocks are refused, as those of others are. */
  readonly refused?: readonly string[];
  /** Blocks in one page of a list. */
  readonly pageSize?: number;
  /** Block that comes with a wrong checksum. */
  readonly damaged?: number;
  /** So many calls are throttled before one is answered. */
  readonly throttled?: number;
  /** Tokens of blocks from the first list are no longer taken. */
  readonly expireTokensOnce?: boolean;
  /** The first token of a next page is not taken. */
  readonly expirePageOnce?: boolean;
  /** Without its key, an encrypted snapshot's list can be had and no block. */
  readonly keyRefused?: boolean;
  /** So many blocks break off in the middle before one comes whole. */
  readonly broken?: number;
  /** What is sent instead of a page, of a block, of its headers, of what EC2 says. */
  readonly page?: (page: Page) => object;
  readonly content?: (block: Buffer) => Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly described?: (xml: string) => string;
}

export interface Page {
  readonly Blocks: readonly { readonly BlockIndex: number; readonly BlockToken: string }[];
  readonly VolumeSize: number;
  readonly BlockSize: number;
  readonly NextToken?: string;
}

export interface FakeAws extends Served {
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
}

export async function startFakeAws(options: FakeAwsOptions): Promise<FakeAws> {
  const fake = new Fake(options);
  const served = await serve((request, response) => fake.answer(request, response), options.tls);
  return { ...served, requests: fake.requests };
}

class Fake {
  readonly requests: string[] = [];
  readonly #options: FakeAwsOptions;
  readonly #disks: ReadonlyMap<string, Disk>;
  #throttled: number;
  #generation = 0;
  #broken: number;
  #isPageExpired: boolean;

  constructor(options: FakeAwsOptions) {
    this.#options = options;
    this.#throttled = options.throttled ?? 0;
    this.#broken = options.broken ?? 0;
    this.#isPageExpired = options.expirePageOnce ?? false;
    this.#disks = new Map(Object.entries(options.snapshots).map(([id, disk]) => [id, new Disk(disk)]));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://aws.invalid');
    this.requests.push(url.pathname);
    const [, , snapshot = '', , block] = url.pathname.split('/');
    const disk = this.#disks.get(snapshot);
    const isThrottled = this.#throttled-- > 0;
    if (request.method === 'POST' && isThrottled)
      refuseQuery(response, 503, 'RequestLimitExceeded', 'Request limit exceeded.');
    else if (isThrottled) refuse(response, 400, 'RequestThrottledException');
    else if (request.method === 'POST') this.#describe(await bodyOf(request), response);
    else if (this.#options.refused?.includes(snapshot) === true)
      refuse(response, 403, 'AccessDeniedException');
    else if (disk === undefined) refuse(response, 404, 'ResourceNotFoundException');
    else if (block === undefined) this.#list(disk, url.searchParams, response);
    else this.#block(disk, Number(block), url.searchParams.get('blockToken') ?? '', response);
  }

  #describe(form: URLSearchParams, response: ServerResponse): void {
    const id = form.get('ImageId.1') ?? '';
    const ami = this.#options.images[id];
    if (ami === undefined) {
      refuseQuery(response, 400, 'InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
      return;
    }
    response.setHeader('content-type', 'text/xml');
    const mappings = ami.snapshots.map(
      (snapshot) =>
        `<item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>${snapshot}</snapshotId><encrypted>${ami.encrypted === true}</encrypted></ebs></item>`,
    );
    const optional = [
      ami.ownerAlias === undefined ? '' : `<imageOwnerAlias>${ami.ownerAlias}</imageOwnerAlias>`,
      ami.created === undefined ? '' : `<creationDate>${ami.created}</creationDate>`,
      ami.deprecated === undefined ? '' : `<deprecationTime>${ami.deprecated}</deprecationTime>`,
    ];
    const { described = (xml) => xml } = this.#options;
    response.end(
      described(
        `<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><imagesSet><item><imageId>${id}</imageId><name>${ami.name}</name><imageOwnerId>${ami.owner}</imageOwnerId><isPublic>${ami.public === true}</isPublic><platformDetails>Linux/UNIX</platformDetails>${optional.join('')}<blockDeviceMapping>${mappings.join('')}</blockDeviceMapping></item></imagesSet></DescribeImagesResponse>`,
      ),
    );
  }

  #list(disk: Disk, query: URLSearchParams, response: ServerResponse): void {
    const { pageSize = 10_000, page: change = (page) => page } = this.#options;
    const token = query.get('pageToken');
    if (token === null) this.#generation++;
    else if (this.#isPageExpired) {
      this.#isPageExpired = false;
      refuse(response, 400, 'ValidationException');
      return;
    }
    const from = Number(query.get('startingBlockIndex') ?? 0);
    const written = disk.written.filter((index) => index >= from);
    const start = Number(token?.split('-')[1] ?? 0);
    const listed = written.slice(start, start + pageSize);
    const page: Page = {
      Blocks: listed.map((index) => ({ BlockIndex: index, BlockToken: `${this.#generation}-${index}` })),
      VolumeSize: Math.ceil(disk.size / 2 ** 30),
      BlockSize: BLOCK,
      ...(start + pageSize < written.length && { NextToken: `${from}-${start + pageSize}` }),
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ExpiryTime: 1, ...change(page) }));
  }

  #block(disk: Disk, index: number, token: string, response: ServerResponse): void {
    const { expireTokensOnce, keyRefused, damaged, headers, content = (bytes) => bytes } = this.#options;
    const [generation = 0, of] = token.split('-').map(Number);
    if (keyRefused === true) {
      refuse(response, 403, 'AccessDeniedException', 'DEPENDENCY_ACCESS_DENIED');
      return;
    }
    if (of !== index || generation <= (expireTokensOnce === true ? 1 : 0)) {
      refuse(response, 400, 'ValidationException', 'INVALID_BLOCK_TOKEN');
      return;
    }
    const bytes = disk.block(index);
    const digest = createHash('sha256').update(bytes).digest('base64');
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'x-amz-Data-Length': String(BLOCK),
      'x-amz-Checksum': damaged === index ? digest.replace(/^./, '0') : digest,
      'x-amz-Checksum-Algorithm': 'SHA256',
      ...headers,
    });
    if (this.#broken-- > 0) response.write(bytes.subarray(0, 1000), () => response.destroy());
    else response.end(content(bytes));
  }
}

/** A disk in blocks. */
class Disk {
  readonly size: number;
  readonly #content: Buffer | number;
  #written: readonly number[] | undefined;

  constructor(content: Buffer | string) {
    this.#content = typeof content === 'string' ? openSync(content, 'r') : content;
    this.size = typeof this.#content === 'number' ? fstatSync(this.#content).size : this.#content.length;
  }

  block(index: number): Buffer {
    const bytes = Buffer.alloc(BLOCK);
    if (typeof this.#content === 'number') readSync(this.#content, bytes, 0, BLOCK, index * BLOCK);
    else this.#content.copy(bytes, 0, index * BLOCK);
    return bytes;
  }

  /** Blocks that are not all zeros. */
  get written(): readonly number[] {
    this.#written ??= [...Array(Math.ceil(this.size / BLOCK)).keys()].filter(
      (index) => !this.block(index).equals(ZEROS),
    );
    return this.#written;
  }
}

const ZEROS = Buffer.alloc(BLOCK);

/** As EC2's query API names errors. */
function refuseQuery(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  );
}

/** As the REST JSON protocol names errors. */
function refuse(response: ServerResponse, status: number, name: string, reason = 'x'): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-ErrorType': name });
  response.end(JSON.stringify({ Message: `the double says ${name}`, Reason: reason }));
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString());
}
