import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Digest, toDigest } from '../../../core/digest.ts';
import type { ImageReference } from '../../../core/reference.ts';
import type { BlobSource, Descriptor } from '../../blob-source.ts';
import { openRegistry } from '../open.ts';
import { DEFAULT_TIMING, type RegistryOptions, type Timing } from '../options.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  /** `METHOD path authorization`, in the order they came. */
  readonly requests: string[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves `handler` on a free port of the loopback interface. */
export async function serve(handler: Handler, tls?: ServerOptions): Promise<TestServer> {
  const requests: string[] = [];
  const note: Handler = (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    handler(request, response);
  };
  const server = tls === undefined ? createServer(note) : createTlsServer(tls, note);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    host,
    origin: `${tls === undefined ? 'http' : 'https'}://${host}`,
    requests,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Fast enough for tests: no real waiting. */
export const FAST: Timing = {
  ...DEFAULT_TIMING,
  connectMs: 2000,
  headersMs: 400,
  idleMs: 400,
  backoffMs: 1,
  backoffCapMs: 2,
  retryAfterCapMs: 50,
};

export const REPOSITORY = 'team/app';

/** A client for `team/app` at `host`, that sees nothing of this machine's configuration. */
export function open(host: string, options: Partial<RegistryOptions> = {}): BlobSource {
  const reference: ImageReference = { registry: host, repository: REPOSITORY, tag: 'v1' };
  return openRegistry(reference, {
    plainHttp: true,
    documentBytes: 64 * 1024,
    env: {},
    homeDir: '/nonexistent',
    certsDirs: [],
    ...options,
    timing: { ...FAST, ...options.timing },
  });
}

export const NEVER = new AbortController().signal;

export function digestOf(bytes: string | Uint8Array): Digest {
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}

export function descriptorOf(bytes: Uint8Array): Descriptor {
  const mediaType = 'application/octet-stream';
  return { mediaType, digest: digestOf(bytes), size: bytes.length, urls: [], annotations: {} };
}

export async function collect(source: BlobSource, descriptor: Descriptor, signal = NEVER): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.blob(descriptor, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
