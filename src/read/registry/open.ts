import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { ImageReference } from '../../core/reference.ts';
import type { BlobSource, Descriptor, Document } from '../blob-source.ts';
import { Authorization } from './authorization.ts';
import { readBlob } from './blob.ts';
import { findCredentials } from './credentials.ts';
import { readDocument } from './document.ts';
import { type Endpoint, toEndpoints } from './mirrors.ts';
import { DEFAULT_TIMING, type RegistryOptions } from './options.ts';
import { Repository } from './repository.ts';
import { throwIfCancelled } from './retry.ts';
import { Transport } from './transport.ts';
import { TrustStore } from './trust.ts';

/**
 * Opens a repository in a registry that speaks the OCI distribution specification 1.1 (or Docker's API V2). Nothing is
 * sent before the first question. `docker.io` is reached at `registry-1.docker.io`.
 * @throws Failure USAGE when an option is malformed
 */
export function openRegistry(reference: ImageReference, options: RegistryOptions): BlobSource {
  const env = options.env ?? process.env;
  const homeDir = options.homeDir ?? homedir();
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const certsDirs = options.certsDirs ?? [
    '/etc/docker/certs.d',
    '/etc/containers/certs.d',
    join(homeDir, '.config', 'containers', 'certs.d'),
  ];
  const transport = new Transport(new TrustStore(options.caFile, certsDirs), timing, env);
  const sources = {
    ...(options.credentials === undefined ? {} : { explicit: options.credentials }),
    explicitHost: reference.registry,
    env,
    homeDir,
    helperMs: timing.helperMs,
  };
  const toRepository = (endpoint: Endpoint): Repository => {
    const authorization = new Authorization({
      endpoint,
      transport,
      timing,
      authRealms: options.authRealms ?? {},
      findCredentials: (signal) => findCredentials(endpoint.name, endpoint.repository, sources, signal),
    });
    return new Repository(endpoint, transport, authorization, timing);
  };
  const repositories = toEndpoints(reference, options).map(toRepository);
  return new RegistrySource(repositories, transport, options.documentBytes);
}

class RegistrySource implements BlobSource {
  readonly #repositories: readonly Repository[];
  readonly #transport: Transport;
  readonly #documentBytes: number;
  /** Mirrors that could not be reached are not asked again for every layer. */
  readonly #down = new Set<Repository>();

  constructor(repositories: readonly Repository[], transport: Transport, documentBytes: number) {
    this.#repositories = repositories;
    this.#transport = transport;
    this.#documentBytes = documentBytes;
  }

  async document(reference: string, signal: AbortSignal): Promise<Document> {
    throwIfCancelled(signal);
    const passed: Passed[] = [];
    for (const repository of this.#candidates()) {
      try {
        return await readDocument(repository, reference, this.#documentBytes, signal);
      } catch (error) {
        passed.push(this.#passOver(repository, error, passed));
      }
    }
    throw noneLeft();
  }

  async *blob(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    throwIfCancelled(signal);
    const passed: Passed[] = [];
    let offset = 0;
    for (const repository of this.#candidates()) {
      try {
        for await (const piece of readBlob(repository, descriptor, offset, signal)) {
          offset += piece.length;
          yield piece;
        }
        return;
      } catch (error) {
        passed.push(this.#passOver(repository, error, passed));
      }
    }
    throw noneLeft();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #candidates(): Repository[] {
    return this.#repositories.filter((repository) => !this.#down.has(repository));
  }

  /** Whether the next endpoint may do better. What failed at the registry itself, last in line, is thrown. */
  #passOver(repository: Repository, error: unknown, passed: readonly Passed[]): Passed {
    const { mirror, name } = repository.endpoint;
    if (!(error instanceof Failure) || error.code === 'CANCELLED' || error.code === 'USAGE') throw error;
    if (mirror) {
      if (error.code === 'UNREACHABLE') this.#down.add(repository);
      return { name, code: error.code };
    }
    if (passed.length === 0) throw error;
    const mirrors = passed.map(({ name, code }) => `${name}: ${code}`).join(', ');
    throw new Failure(error.code, `${error.message} (mirrors asked before: ${mirrors})`, { cause: error });
  }
}

interface Passed {
  readonly name: string;
  readonly code: string;
}

function noneLeft(): Failure {
  return new Failure('INTERNAL', 'a registry without endpoints');
}
