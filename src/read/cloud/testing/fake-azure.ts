import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, type Served, serve, serveRange } from './ranges.ts';

/*
 * A test double of Azure Resource Manager and of the blob storage behind its SAS, over HTTP and with their own shapes: resources by id,
 * `beginGetAccess` as an operation that goes on, ranges of a VHD.
 */

export interface FakeAzureOptions {
  /** What `GET` of a resource gives, by id in lower case. */
  readonly resources: Readonly<Record<string, unknown>>;
  /** VHDs of disks and snapshots, by id in lower case. */
  readonly disks: Readonly<Record<string, Buffer>>;
  /** URLs of those that another server holds, by id in lower case. */
  readonly held?: Readonly<Record<string, string>>;
  /** Status and code that `beginGetAccess` is refused with. */
  readonly refused?: readonly [status: number, code: string];
  /** So many questions are throttled before one is answered. */
  readonly throttled?: number;
  /** So many times an operation is said to be under way. */
  readonly polls?: number;
  /** Where operations go on instead of here. */
  readonly elsewhere?: string;
  /** The operation ends so instead. */
  readonly ends?: 'Failed';
  /** The status of every range but the first. */
  readonly rangeStatus?: number;
  /** Each range comes with a tag of its own. */
  readonly changing?: boolean;
  readonly short?: number;
}

export interface FakeAzure extends Served {
  /** Methods and paths, in order. */
  readonly requests: readonly string[];
}

/** What must be in no message. */
export const SECRET = 'sig=S3cr3tS1gnature%3D';

export async function startFakeAzure(options: FakeAzureOptions): Promise<FakeAzure> {
  const requests: string[] = [];
  let throttled = options.throttled ?? 0;
  let polls = options.polls ?? 0;
  let ranges = 0;
  let url = '';

  const refuse = (response: ServerResponse, status: number, code: string): void => {
    const message = `the double says ${code} to ${url}/sas?${SECRET}`;
    json(response, status, { error: { code, message } }, { 'retry-after': '0' });
  };

  const operate = (response: ServerResponse, id: string): void => {
    const place = `${options.elsewhere ?? url}/operations${id}?monitor=true`;
    if (polls-- > 0) json(response, 202, undefined, { location: place, 'retry-after': '0' });
    else if (options.ends === 'Failed')
      json(response, 200, { status: 'Failed', error: { code: 'InternalExecutionError', message: 'no' } });
    else
      json(response, 200, {
        accessSAS: options.held?.[id] ?? `${url}/sas${id}?sv=2018-03-28&sr=b&${SECRET}`,
      });
  };

  const blob = (request: IncomingMessage, response: ServerResponse, id: string, query: string): void => {
    const bytes = options.disks[id];
    ranges++;
    if (bytes === undefined || !query.includes(SECRET)) response.writeHead(403).end();
    else if (options.rangeStatus !== undefined && ranges > 1) {
      response.writeHead(options.rangeStatus, { 'content-type': 'application/xml', 'retry-after': '0' });
      response.end(
        `<?xml version="1.0"?><Error><Code>ServerBusy</Code><Message>busy with ?${SECRET}</Message></Error>`,
      );
    } else {
      const etag = options.changing === true ? `"${ranges}"` : '"0x8D"';
      serveRange(request, response, { bytes, etag, short: options.short ?? 0 });
    }
  };

  const served = await serve((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://azure.invalid');
    const path = asked.pathname.toLowerCase();
    requests.push(`${request.method} ${path}`);
    const [, place = '', id = ''] = /^\/(operations|sas)(\/.*)$/.exec(path) ?? [];
    const [, disk = '', action = ''] = /^(.*)\/(begingetaccess|endgetaccess)$/.exec(path) ?? [];
    if (place === 'sas') blob(request, response, id, asked.search);
    else if (throttled-- > 0) refuse(response, 429, 'TooManyRequests');
    else if (place === 'operations') operate(response, id);
    else if (!asked.searchParams.has('api-version')) refuse(response, 400, 'MissingApiVersionParameter');
    else if (action === 'endgetaccess') json(response, 202, undefined);
    else if (action === 'begingetaccess' && options.refused !== undefined)
      refuse(response, ...options.refused);
    else if (action === 'begingetaccess' && (options.disks[disk] ?? options.held?.[disk]) !== undefined)
      operate(response, disk);
    else if (options.resources[path] !== undefined) json(response, 200, options.resources[path]);
    else refuse(response, 404, 'ResourceNotFound');
  });
  url = served.url;
  return { ...served, requests };
}
