import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { ImageReference } from '../../core/reference.ts';
import { parseOutline } from '../manifest/document.ts';
import { INDEX_TYPES, MANIFEST_TYPES } from '../manifest/media-type.ts';
import { connect } from './connect.ts';
import { readDocument } from './document.ts';
import { toEndpoints } from './mirrors.ts';
import type { RegistryOptions } from './options.ts';
import { addToReferrersTag } from './referrers-tag.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';
import { digestOf, pushBlob, putDocument } from './upload.ts';

/** What something is attached to, as the registry has it. */
export interface Subject {
  readonly kind: 'index' | 'manifest';
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** One blob to attach to an image, in a manifest of its own. */
export interface Referrer {
  readonly subject: Subject;
  /** Of the manifest, and of the blob: a sigstore bundle is both. */
  readonly artifactType: string;
  readonly blob: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One repository, opened for writing. Nothing but blobs, manifests by digest and one kind of tag is ever written. */
export interface RegistryWriter {
  /**
   * The manifest or index behind a tag or digest; a tag is resolved here and from then on no more.
   * @throws Failure as `BlobSource.document`; MALFORMED, MEDIA_TYPE_MISMATCH, UNSUPPORTED
   */
  readSubject(reference: string, signal: AbortSignal): Promise<Subject>;
  /**
   * Attaches a blob (distribution-spec 1.1, "Pushing Manifests with Subject"), and lists it under the tag `sha256-<hex>`
   * where the registry does not say that it lists it by itself. No other tag is touched.
   * @returns the digest of the new manifest
   * @throws Failure as `BlobSource.document` and `addToReferrersTag`
   */
  attach(referrer: Referrer, signal: AbortSignal): Promise<Digest>;
  close(): Promise<void>;
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Image-spec 1.1, manifest.md, "Guidance for an Empty Descriptor". */
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';
const EMPTY = Buffer.from('{}');

/**
 * Opens the repository of a reference at the registry itself: mirrors are for reading.
 * @throws Failure USAGE when an option is malformed
 */
export function openRegistryForPush(reference: ImageReference, options: RegistryOptions): RegistryWriter {
  const endpoints = toEndpoints(reference, { ...options, mirrors: {} });
  const { transport, repositories } = connect(reference, endpoints, options, 'pull,push');
  const [repository] = repositories;
  if (repository === undefined) throw new Failure('INTERNAL', 'a registry without endpoints');
  return new Writer(repository, transport, options.documentBytes);
}

class Writer implements RegistryWriter {
  readonly #repository: Repository;
  readonly #transport: Transport;
  readonly #documentBytes: number;

  constructor(repository: Repository, transport: Transport, documentBytes: number) {
    this.#repository = repository;
    this.#transport = transport;
    this.#documentBytes = documentBytes;
  }

  async readSubject(reference: string, signal: AbortSignal): Promise<Subject> {
    const document = await readDocument(this.#repository, reference, this.#documentBytes, signal);
    const { kind, value } = parseOutline(document, `the manifest ${document.digest}`);
    const { mediaType } = value as { readonly mediaType?: unknown };
    const types = kind === 'index' ? INDEX_TYPES : MANIFEST_TYPES;
    const [fallback = ''] = types;
    const type = [document.mediaType, mediaType].find(
      (stated): stated is string => typeof stated === 'string' && types.includes(stated),
    );
    return { kind, mediaType: type ?? fallback, digest: document.digest, size: document.bytes.length };
  }

  async attach({ subject, artifactType, blob, annotations }: Referrer, signal: AbortSignal): Promise<Digest> {
    const repository = this.#repository;
    await pushBlob(repository, EMPTY, signal);
    const digest = await pushBlob(repository, blob, signal);
    const { mediaType, digest: subjectDigest, size } = subject;
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config: { mediaType: EMPTY_TYPE, digest: digestOf(EMPTY), size: EMPTY.length },
      layers: [{ mediaType: artifactType, digest, size: blob.length }],
      subject: { mediaType, digest: subjectDigest, size },
      annotations,
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const own = digestOf(bytes);
    const { headers } = await putDocument(repository, own, { bytes, mediaType: OCI_MANIFEST }, signal);
    if (headers['oci-subject'] !== subjectDigest) {
      const entry = { mediaType: OCI_MANIFEST, digest: own, size: bytes.length, artifactType, annotations };
      await addToReferrersTag(
        repository,
        subjectDigest,
        entry,
        { documentBytes: this.#documentBytes },
        signal,
      );
    }
    return own;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
