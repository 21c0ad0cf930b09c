import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/* What the doubles of clouds have in common: a server, ranges of an object, and a disk in a fixed VHD. */

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** @param tls a certificate and its key: then it is https */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<Served> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface Held {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Ranges end this many bytes before they should. */
  readonly short?: number;
}

/** As RFC 9110 has it: a range, or all; `If-Match` held against the tag. */
export function serveRange(request: IncomingMessage, response: ServerResponse, held: Held): void {
  const { bytes, etag, short = 0 } = held;
  const demand = request.headers['if-match'];
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (demand !== undefined && demand !== etag) response.writeHead(412).end();
  else if (from === undefined) response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
  else {
    const end = Math.min(bytes.length - 1, Number(to)) - short;
    const part = bytes.subarray(Number(from), end + 1);
    response.writeHead(206, {
      etag,
      'content-range': `bytes ${from}-${end}/${bytes.length}`,
      'content-length': part.length,
    });
    response.end(part);
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** A fixed VHD (Virtual Hard Disk Image Format Specification 1.0): the disk and a footer. */
export function fixedVhd(disk: Buffer): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix', 'latin1');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x00010000, 12);
  footer.fill(0xff, 16, 24);
  footer.writeBigUInt64BE(BigInt(disk.length), 40);
  footer.writeBigUInt64BE(BigInt(disk.length), 48);
  footer.writeUInt32BE(2, 60);
  footer.write('0123456789abcdef', 68, 'latin1');
  footer.writeUInt32BE(~footer.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
  return Buffer.concat([disk, footer]);
}
