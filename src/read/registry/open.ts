import type { AttachmentLimits } from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { ImageReference } from '../../core/reference.ts';
import type { BlobSource, Descriptor, Document, ReferrerList } from '../blob-source.ts';
import { readBlob } from './blob.ts';
import { connect } from './connect.ts';
import { readDocument } from './document.ts';
import { toEndpoints } from './mirrors.ts';
import type { RegistryOptions } from './options.ts';
import { readReferrers } from './referrers.ts';
import type { Repository } from './repository.ts';
import { throwIfCancelled } from './retry.ts';
import type { Transport } from './transport.ts';

/**
 * Opens a repository in a registry that speaks the OCI distribution specification 1.1 (or Docker's API V2). Nothing is
 * sent before the first question. `docker.io` is reached at `registry-1.docker.io`.
 * @throws Failure USAGE when an option is malformed
 */
export function openRegistry(reference: ImageReference, options: RegistryOptions): BlobSource {
  const { transport, repositories } = connect(reference, toEndpoints(reference, options), options, 'pull');
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

  async document(reference: string, signal: AbortSignal, maxBytes = this.#documentBytes): Promise<Document> {
    throwIfCancelled(signal);
    const passed: Passed[] = [];
    for (const repository of this.#candidates()) {
      try {
        return await readDocument(repository, reference, maxBytes, signal);
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

  /** A mirror that knows of nothing attached proves nothing: few mirrors copy attachments. */
  async referrers(subject: Digest, limits: AttachmentLimits, signal: AbortSignal): Promise<ReferrerList> {
    throwIfCancelled(signal);
    const passed: Passed[] = [];
    for (const repository of this.#candidates()) {
      try {
        const list = await readReferrers(repository, subject, limits, signal);
        if (list.referrers.length > 0 || !repository.endpoint.mirror) return list;
        passed.push({ name: repository.endpoint.name, code: 'NOT_FOUND' });
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
