import type { AttachmentLimits, AttachmentSource } from '../core/attachment.ts';
import type { Digest } from '../core/digest.ts';
import { Failure } from '../core/failure.ts';
import type { Platform } from '../core/image.ts';
import { type ImageReference, parseReference } from '../core/reference.ts';
import { throwIfCancelled } from './archive/local-file.ts';
import type { OpenedLayout } from './archive/oci-layout.ts';
import type { CachedAttachments } from './attachments/cache.ts';
import { attachmentsOf } from './attachments/source.ts';
import type { BlobSource } from './blob-source.ts';
import { decideLocation, isFolder } from './decide-location.ts';
import { type Decided, WITHOUT_ATTACHMENTS } from './location.ts';
import { type ParsedIndex, parseDocument } from './manifest/document.ts';
import type { OpenOptions } from './open.ts';
import { type Selection, toSelection } from './selection.ts';

/*
 * What verifying a remembered signature does not need is loaded where it is needed: the HTTP client, archives and their
 * decompression, the search for a platform. Each takes longer to load than a signature takes to verify.
 */

/** What somebody may vouch for: an image known by its digests, of which no more was read than that. */
export interface Subject {
  /** Registry and repository, `registry.example/team/app`; absent for layouts, whose names anybody may write. */
  readonly name?: string;
  /** Where it is, with the digest that was found there: nothing after this goes by a tag. */
  readonly pinned: string;
  readonly digest: Digest;
  readonly kind: 'index' | 'manifest';
  /** The manifest that the index leads to for the platform asked for. */
  readonly leaf?: { readonly digest: Digest; readonly platform?: Platform };
  readonly attachments: AttachmentSource;
  /** Gives back connections and file handles. */
  close(): Promise<void>;
}

export interface SubjectOptions extends OpenOptions {
  /** Where what registries said is remembered; offline it is all there is. Layouts are not cached. */
  readonly cache?: CachedAttachments;
  readonly attachmentLimits?: AttachmentLimits;
}

/**
 * Opens an image for what is attached to it: reads its top document and nothing else. A tag is resolved here, once; where
 * both a tag and a digest are written the digest counts. With `platform` the manifest for it is looked up in the index.
 *
 * @throws Failure as `open`; UNSUPPORTED for a location that cannot hold signatures
 */
export async function openSubject(location: string, options: SubjectOptions): Promise<Subject> {
  throwIfCancelled(options.signal);
  const selection = { ...toSelection(location, options), allPlatforms: false };
  const { source, ...found } = await openOrigin(decideLocation(location), selection, options);
  try {
    return await toSubject(source, found, selection, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

interface Origin {
  readonly source: BlobSource;
  /** As the source understands it. */
  readonly reference: string;
  readonly name?: string;
  /** Before the `@` of the pinned reference. */
  readonly place: string;
}

async function openOrigin(location: Decided, selection: Selection, options: SubjectOptions): Promise<Origin> {
  switch (location.kind) {
    case 'registry':
      return openReference(parseReference(location.reference), options);
    case 'oci':
    case 'oci-archive':
    case 'archive':
      return openLayout(location.kind, location.path, location.reference, selection);
    default:
      throw new Failure('UNSUPPORTED', `${selection.location}: ${WITHOUT_ATTACHMENTS}`);
  }
}

async function openLayout(
  kind: 'oci' | 'oci-archive' | 'archive',
  path: string,
  reference: string | undefined,
  selection: Selection,
): Promise<Origin> {
  let opened: OpenedLayout;
  if (kind === 'oci' && isFolder(path)) {
    const { FolderStore } = await import('./archive/folder-store.ts');
    const { openLayoutSubject } = await import('./archive/oci-layout.ts');
    opened = await openLayoutSubject(new FolderStore(path), reference, selection);
  } else {
    const { openArchiveSubject } = await import('./archive/archive.ts');
    const told = kind === 'archive' ? undefined : 'oci-archive';
    opened = await openArchiveSubject(path, told, reference, selection);
  }
  return { source: opened.source, reference: opened.reference, place: path };
}

async function openReference(
  reference: ImageReference,
  { cache, registry }: SubjectOptions,
): Promise<Origin> {
  const name = `${reference.registry}/${reference.repository}`;
  const asked = reference.digest ?? reference.tag ?? 'latest';
  const place = { reference: asked, name, place: name };
  if (cache?.offline === true) return { source: cache.offlineSource(name), ...place };
  const { openRegistry } = await import('./registry/open.ts');
  const source = openRegistry(reference, registry);
  return { source: cache?.over(source, name) ?? source, ...place };
}

async function toSubject(
  source: BlobSource,
  { reference, name, place }: Omit<Origin, 'source'>,
  selection: Selection,
  { attachmentLimits }: SubjectOptions,
): Promise<Subject> {
  const top = await source.document(reference, selection.signal);
  const parsed = parseDocument(top);
  const leaf = parsed.kind === 'index' ? await findLeaf(parsed, source, selection) : undefined;
  return {
    ...(name === undefined ? {} : { name }),
    pinned: `${place}@${top.digest}`,
    digest: top.digest,
    kind: parsed.kind,
    ...(leaf === undefined ? {} : { leaf }),
    attachments: attachmentsOf(source, attachmentLimits),
    close: () => source.close(),
  };
}

async function findLeaf(
  index: ParsedIndex,
  source: BlobSource,
  selection: Selection,
): Promise<Subject['leaf']> {
  if (selection.platform === undefined) return undefined;
  const { findLeaves } = await import('./oci-image.ts');
  const [leaf] = await findLeaves(index, source, selection);
  if (leaf === undefined) return undefined;
  const { descriptor, platform } = leaf;
  return { digest: descriptor.digest, ...(platform === undefined ? {} : { platform }) };
}
