import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '../../core/digest.ts';
import { serve } from '../registry/testing/server.ts';
import { type Misbehaviour, serveBadly } from './fake-registry-misbehaviour.ts';
import { type Blob, OCI, sha256 } from './image-builder.ts';

/*
 * A test double of an OCI registry (distribution-spec 1.1), in memory over node:http: pulls, pushes, tags, referrers in
 * pages. It is no real registry: it knows no users, forgets everything when it closes, and misbehaves when it is told to.
 */

export interface FakeRegistryOptions {
  /** `false`: no referrers API, as in registries of distribution-spec 1.0; pushes then get no `OCI-Subject`. */
  readonly referrers?: boolean;
  /** Status of the answer where there is no referrers API. */
  readonly referrersStatus?: number;
  /** Referrers on one page. */
  readonly pageSize?: number;
  /** Upload locations as a path instead of a whole URL. */
  readonly relativeLocations?: boolean;
}

interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** What one repository holds. */
export interface FakeRepository {
  readonly blobs: Map<Digest, Buffer>;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly tags: Map<string, Digest>;
  readonly uploads: Map<string, Buffer>;
}

export interface FakeRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `METHOD path authorization`, in the order they came. */
  readonly requests: string[];
  /** May be changed at any time. */
  readonly misbehave: Misbehaviour;
  /** Made when first asked for. */
  repository(name: string): FakeRepository;
  putBlob(repository: string, bytes: Uint8Array): Digest;
  /** Stores a manifest or index by its digest, and under the tags given. */
  putManifest(repository: string, manifest: Blob, ...tags: string[]): Digest;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly repository: FakeRepository;
  readonly name: string;
  /** What follows `manifests/`, `blobs/uploads/` and so on. */
  readonly rest: string;
  readonly options: FakeRegistryOptions;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
}

const ROUTE = /^\/v2\/([a-z0-9._/-]{1,255})\/(manifests|blobs\/uploads|blobs|referrers|tags)\/([^/]{0,255})$/;

/** Serves an empty registry on a free port of the loopback interface. */
export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const repositories = new Map<string, FakeRepository>();
  const misbehave: Misbehaviour = {};
  const repository = (name: string): FakeRepository => {
    const known = repositories.get(name) ?? {
      blobs: new Map(),
      manifests: new Map(),
      tags: new Map(),
      uploads: new Map(),
    };
    repositories.set(name, known);
    return known;
  };
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '/', `http://${server.host}`);
    if (serveBadly(misbehave, request, response, url)) return;
    const [, name = '', kind = '', rest = ''] = ROUTE.exec(url.pathname) ?? [];
    const exchange = { request, url, repository: repository(name), name, rest, options };
    answer(kind, exchange).then(
      (given) => send(request, response, given),
      (error: unknown) => send(request, response, { status: 500, body: String(error) }),
    );
  });
  return {
    host: server.host,
    requests: server.requests,
    misbehave,
    repository,
    putBlob: (name, bytes) => {
      const digest = sha256(bytes);
      repository(name).blobs.set(digest, Buffer.from(bytes));
      return digest;
    },
    putManifest: (name, { bytes, descriptor: { mediaType, digest } }, ...tags) => {
      repository(name).manifests.set(digest, { bytes, mediaType });
      for (const tag of tags) repository(name).tags.set(tag, digest);
      return digest;
    },
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };
}

async function answer(kind: string, exchange: Exchange): Promise<Answer> {
  if (exchange.url.pathname === '/v2/') return { status: 200, body: '{}' };
  const { method } = exchange.request;
  const reading = method === 'GET' || method === 'HEAD';
  if (kind === 'manifests' && reading) return sendManifest(exchange);
  if (kind === 'manifests' && method === 'PUT') return takeManifest(exchange);
  if (kind === 'blobs' && reading) return sendBlob(exchange);
  if (kind === 'blobs/uploads') return takeUpload(exchange);
  if (kind === 'referrers' && reading) return sendReferrers(exchange);
  if (kind === 'tags' && reading) return sendTags(exchange);
  return refusal(kind === '' ? 404 : 405, 'UNSUPPORTED');
}

function sendManifest({ repository, rest }: Exchange): Answer {
  const digest = repository.tags.get(rest) ?? (rest as Digest);
  const found = repository.manifests.get(digest);
  if (found === undefined) return refusal(404, 'MANIFEST_UNKNOWN');
  const headers = {
    'content-type': found.mediaType,
    'content-length': found.bytes.length,
    'docker-content-digest': digest,
  };
  return { status: 200, headers, body: found.bytes };
}

async function takeManifest({ repository, rest, request, name, options }: Exchange): Promise<Answer> {
  const bytes = await readBody(request);
  const digest: Digest = sha256(bytes);
  if (rest.includes(':') && rest !== digest) return refusal(400, 'DIGEST_INVALID');
  const value = JSON.parse(bytes.toString('utf8')) as {
    subject?: { digest: Digest };
    config?: { digest: Digest };
    layers?: { digest: Digest }[];
  };
  const parts = [value.config, ...(value.layers ?? [])].flatMap((part) => part?.digest ?? []);
  if (parts.some((part) => !repository.blobs.has(part))) return refusal(400, 'MANIFEST_BLOB_UNKNOWN');
  repository.manifests.set(digest, { bytes, mediaType: request.headers['content-type'] ?? OCI.manifest });
  if (!rest.includes(':')) repository.tags.set(rest, digest);
  const headers = { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest };
  const told = value.subject !== undefined && options.referrers !== false;
  return {
    status: 201,
    headers: told ? { ...headers, 'oci-subject': value.subject?.digest ?? '' } : headers,
  };
}

function sendBlob({ repository, rest }: Exchange): Answer {
  const bytes = repository.blobs.get(rest as Digest);
  if (bytes === undefined) return refusal(404, 'BLOB_UNKNOWN');
  const headers = { 'content-length': bytes.length, 'docker-content-digest': rest };
  return { status: 200, headers, body: bytes };
}

/** Monolithic (POST with a digest, or POST then PUT) and chunked (PATCH), distribution-spec "Pushing blobs". */
async function takeUpload(exchange: Exchange): Promise<Answer> {
  const { repository, rest, request, url } = exchange;
  const digest = url.searchParams.get('digest');
  const known = request.method === 'POST' ? Buffer.alloc(0) : repository.uploads.get(rest);
  if (known === undefined) return refusal(404, 'BLOB_UPLOAD_UNKNOWN');
  const bytes = Buffer.concat([known, await readBody(request)]);
  if (digest === null) {
    const id = request.method === 'POST' ? randomUUID() : rest;
    repository.uploads.set(id, bytes);
    return { status: 202, headers: { location: toUploadLocation(exchange, id), range: `0-${bytes.length}` } };
  }
  if (digest !== sha256(bytes)) return refusal(400, 'DIGEST_INVALID');
  repository.uploads.delete(rest);
  repository.blobs.set(sha256(bytes), bytes);
  return { status: 201, headers: { location: `/v2/${exchange.name}/blobs/${digest}` } };
}

function toUploadLocation({ url, name, options }: Exchange, id: string): string {
  const path = `/v2/${name}/blobs/uploads/${id}?state=${id}`;
  return options.relativeLocations === true ? path : `${url.origin}${path}`;
}

function sendReferrers({ repository, rest, url, name, options }: Exchange): Answer {
  if (options.referrers === false) {
    return refusal(options.referrersStatus ?? 404, 'UNSUPPORTED');
  }
  const all = [...repository.manifests].flatMap(([digest, stored]) => toReferrer(digest, stored, rest));
  const start = Number(url.searchParams.get('last') ?? 0);
  const stop = start + (options.pageSize ?? all.length);
  const more = stop < all.length;
  const headers = {
    'content-type': OCI.index,
    ...(more ? { link: `</v2/${name}/referrers/${rest}?last=${stop}>; rel="next"` } : {}),
  };
  const page = { schemaVersion: 2, mediaType: OCI.index, manifests: all.slice(start, stop) };
  return { status: 200, headers, body: JSON.stringify(page) };
}

/** The descriptor by which a manifest is listed, if its `subject` is the one asked for. */
function toReferrer(digest: Digest, { bytes, mediaType }: StoredManifest, subject: string): unknown[] {
  const value = JSON.parse(bytes.toString('utf8')) as {
    subject?: { digest?: string };
    artifactType?: string;
    config?: { mediaType?: string };
    annotations?: unknown;
  };
  if (value.subject?.digest !== subject) return [];
  const artifactType = value.artifactType ?? value.config?.mediaType;
  return [{ mediaType, digest, size: bytes.length, artifactType, annotations: value.annotations }];
}

function sendTags({ repository, name }: Exchange): Answer {
  return { status: 200, body: JSON.stringify({ name, tags: [...repository.tags.keys()].sort() }) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function refusal(status: number, code: string): Answer {
  return { status, body: JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }) };
}

function send({ method }: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, headers = {}, body = '' } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(method === 'HEAD' ? undefined : body);
}
