import { createHash } from 'node:crypto';
import { PackageURL } from 'packageurl-js';
import type { ImageIdentity, Platform } from '../core/image.ts';
import { toPrintable } from '../core/printable.ts';

/** A reference taken apart: `registry.example:5000/team/shop:1.4@sha256:…`. */
interface ReferenceParts {
  /** With host, without tag. */
  readonly repository: string;
  /** The last part of the repository. */
  readonly name: string;
  readonly tag?: string;
}

/** What a document calls an image: its location as the user wrote it, or the first tag of an archive. */
export function nameOf(image: ImageIdentity): string {
  // A registry's tag is only the end of the name.
  const tag = image.kind === 'registry' ? undefined : image.tags.find((text) => text !== '');
  return toPrintable(tag ?? image.location, 300);
}

export function platformOf({ os, architecture, variant }: Platform): string {
  return toPrintable([os, architecture, ...(variant === undefined ? [] : [variant])].join('/'), 100);
}

/**
 * The package URL of an image that came from a registry, as the purl type `oci` defines it: the name is the last part
 * of the repository, the version is the manifest's digest. An image that has no manifest digest has no such name, nor
 * has one whose name no registry would take: an archive's tags are whatever its author wrote.
 */
export function toOciPurl(image: ImageIdentity): string | undefined {
  if (image.digest === undefined) return undefined;
  const reference =
    image.kind === 'registry' ? image.location.replace(/^(?:registry|docker):(?:\/\/)?/, '') : image.tags[0];
  const parts = splitReference(reference ?? '');
  if (parts === undefined) return undefined;
  const { repository, name, tag } = parts;
  const architecture = image.platform?.architecture ?? '';
  const qualifiers = {
    ...(repository.includes('/') && { repository_url: repository }),
    ...(tag !== undefined && { tag }),
    ...(/^\w{1,40}$/.test(architecture) && { arch: architecture }),
  };
  return new PackageURL('oci', undefined, name, image.digest, qualifiers, undefined).toString();
}

/** What of the grammar of OCI distribution-spec ("Pulling manifests") keeps a reference from meaning anything else. */
function splitReference(reference: string): ReferenceParts | undefined {
  const [tagged = ''] = reference.split('@');
  const slash = tagged.lastIndexOf('/');
  const colon = tagged.indexOf(':', slash + 1);
  const repository = (colon < 0 ? tagged : tagged.slice(0, colon)).toLowerCase();
  const name = repository.slice(slash + 1);
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);
  if (!/^[a-z0-9][a-z0-9._:/[\]-]{0,500}$/.test(repository)) return undefined;
  if (!/^[a-z0-9][a-z0-9._-]{0,254}$/.test(name)) return undefined;
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return undefined;
  return { repository, name, ...(tag !== undefined && { tag }) };
}

/** A UUID (RFC 9562, version 8) that the same image always gets from the same kind of document. */
export function toUuid(kind: string, images: readonly ImageIdentity[]): string {
  const names = images.map(
    ({ digest, configDigest, location, platform }) =>
      digest ?? configDigest ?? `${location} ${platform?.os} ${platform?.architecture}`,
  );
  const bytes = createHash('sha256')
    .update(JSON.stringify([kind, names]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
