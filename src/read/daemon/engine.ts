import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { Failure } from '../../core/failure.ts';
import type { Image } from '../../core/image.ts';
import { parseJson } from '../../core/json.ts';
import { openDockerArchive } from '../archive/docker-archive.ts';
import { throwIfCancelled } from '../archive/local-file.ts';
import { spool } from '../archive/spool.ts';
import { indexTar } from '../archive/tar-index.ts';
import { TarStore } from '../archive/tar-store.ts';
import { narrow, struct } from '../manifest/narrow.ts';
import type { Selection } from '../selection.ts';
import type { Endpoint } from './endpoint.ts';
import { ask } from './request.ts';

/*
 * Reads an image out of a running engine through its API (Docker Engine API, which Podman speaks too): asks whether
 * it is there, then has it saved. An engine needs no digest checks of its own to be believed, it is what would start
 * the image; but what it sends is read as suspiciously as any archive.
 */

/** Docker's reference grammar is narrower; this keeps a name from becoming another path of the API. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,511}$/;
const MESSAGE_BYTES = 64 * 1024;

const inspection = struct({ Id: z.string(), RepoTags: z.array(z.string()).default([]) });
const complaint = struct({ message: z.string().default(''), cause: z.string().default('') });

/**
 * @throws Failure USAGE, NOT_FOUND, ENGINE_UNAVAILABLE, NO_PERMISSION, TRUNCATED, DISK_FULL, TOO_LARGE, CANCELLED; and
 * what `openDockerArchive` throws
 */
export async function openFromEngine(name: string, engine: Endpoint, selection: Selection): Promise<Image[]> {
  if (!NAME.test(name) || /\.\.|\/\//.test(name))
    throw new Failure('USAGE', `${JSON.stringify(name.slice(0, 100))} is no name of an image`);
  const { id, tags } = await inspect(name, engine, selection);
  // By id: a bare name would save every tag of it, and a tag may move in between.
  const response = await ask(engine, `/images/${id}/get`, selection.signal);
  if (response.statusCode !== 200) throw await refusal(response, name, engine);
  const { limits, signal } = selection;
  const what = `the image ${name} from ${engine.kind}`;
  const file = await spool(bodyOf(response, what, signal), {
    what,
    identity: undefined,
    most: limits.bytes,
    signal,
  });
  try {
    const index = await indexTar(file, signal);
    if (index === undefined) throw new Failure('MALFORMED', `${what} did not come as a tar`);
    const store = new TarStore(file, index);
    return await openDockerArchive(store, { kind: engine.kind, tags }, undefined, selection);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function inspect(
  name: string,
  engine: Endpoint,
  { limits, signal }: Selection,
): Promise<{ id: string; tags: readonly string[] }> {
  const response = await ask(engine, `/images/${name}/json`, signal);
  if (response.statusCode !== 200) throw await refusal(response, name, engine);
  const what = `what ${engine.kind} says of ${name}`;
  const bytes = await collect(bodyOf(response, what, signal), limits.documentBytes, what);
  const { Id, RepoTags } = narrow(inspection, parseJson(bytes, what), what);
  if (!/^(?:sha256:)?[0-9a-f]{64}$/.test(Id)) throw new Failure('MALFORMED', `${what} has no image id`);
  return { id: Id, tags: RepoTags };
}

async function refusal(response: IncomingMessage, name: string, { kind, where }: Endpoint): Promise<Failure> {
  const status = response.statusCode ?? 0;
  const told = await complaintOf(response);
  if (status === 404)
    return new Failure(
      'NOT_FOUND',
      `${kind} has no image ${name}: pull it first, or name it without "${kind}:"`,
    );
  if (status === 401 || status === 403)
    return new Failure('NO_PERMISSION', `${kind} at ${where} does not let this user read images${told}`);
  return new Failure(
    'ENGINE_UNAVAILABLE',
    `${kind} at ${where} answered ${status} when asked for ${name}${told}`,
  );
}

/** What the engine says of it, on one line. */
async function complaintOf(response: IncomingMessage): Promise<string> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const bytes = await collect(bodyOf(response, 'the answer', signal), MESSAGE_BYTES, 'the answer');
    const { message, cause } = narrow(complaint, parseJson(bytes, 'the answer'), 'the answer');
    const text = (message || cause).replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, 200);
    return text === '' ? '' : `: ${text}`;
  } catch {
    return '';
  }
}

async function* bodyOf(
  response: IncomingMessage,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      throwIfCancelled(signal);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throwIfCancelled(signal);
    throw new Failure('TRUNCATED', `${what} broke off before its end`, { cause });
  } finally {
    response.destroy();
  }
  if (!response.complete) throw new Failure('TRUNCATED', `${what} broke off before its end`);
}

async function collect(chunks: AsyncIterable<Uint8Array>, most: number, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) throw new Failure('TOO_LARGE', `${what} is longer than ${most} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
