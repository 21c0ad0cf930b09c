import type { Image } from '../core/image.ts';
import type { Limits } from '../core/limits.ts';
import { parseReference } from '../core/reference.ts';
import { openArchive } from './archive/archive.ts';
import { FolderStore } from './archive/folder-store.ts';
import { throwIfCancelled } from './archive/local-file.ts';
import { openLayout } from './archive/oci-layout.ts';
import type { CloudOptions } from './cloud/options.ts';
import { dockerEndpoint, type Endpoint, podmanEndpoint } from './daemon/endpoint.ts';
import { decideLocation, isFolder } from './decide-location.ts';
import type { Decided } from './location.ts';
import { holdsDisk } from './machine/holds-disk.ts';
import { readOciImages } from './oci-image.ts';
import type { RegistryOptions } from './registry/options.ts';
import { openRootFolder } from './rootfs/root-folder.ts';
import { type Selection, toSelection } from './selection.ts';

export interface OpenOptions {
  /** As `linux/arm64/v8`. Default: Linux on this machine's architecture, where there is a choice. */
  readonly platform?: string;
  /** Every platform of a multi-platform image instead. */
  readonly allPlatforms?: boolean;
  readonly limits: Limits;
  readonly registry: RegistryOptions;
  readonly cloud: CloudOptions;
  /** Instead of `DOCKER_HOST`: `unix://PATH` or `tcp://HOST:PORT`. */
  readonly dockerHost?: string;
  /** Path of Podman's socket, instead of where it usually is. */
  readonly podmanSocket?: string;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens what a location names: one image, or with `allPlatforms` one for each platform. Each must be closed.
 *
 * A prefix (`registry:`, `oci:`, `oci-archive:`, `docker-archive:`, `docker:`, `podman:`, `rootfs:`, `dir:`, `disk:`, `aws:`, `gcp:`, `azure:`) or a URL says
 * what it is. Without one, a path that exists is looked at by content, and anything else is a reference to a registry.
 *
 * @throws Failure USAGE, NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE, NO_SUCH_PLATFORM, MEDIA_TYPE_MISMATCH,
 * DIGEST_MISMATCH, MALFORMED, TRUNCATED, TOO_LARGE, UNSUPPORTED, DISK_FULL, ENGINE_UNAVAILABLE, UNAUTHORIZED,
 * FORBIDDEN, UNREACHABLE, RATE_LIMITED, REGISTRY_ERROR, CREDENTIAL_HELPER_FAILED, CANCELLED
 */
export async function open(location: string, options: OpenOptions): Promise<Image[]> {
  throwIfCancelled(options.signal);
  const selection = toSelection(location, options);
  return openDecided(decideLocation(location), selection, options);
}

async function openDecided(location: Decided, selection: Selection, options: OpenOptions): Promise<Image[]> {
  switch (location.kind) {
    case 'registry':
      return openReference(location.reference, selection, options);
    case 'oci':
      if (!isFolder(location.path))
        return openArchive(location.path, 'oci-archive', location.reference, selection);
      return openLayout(new FolderStore(location.path), 'oci-layout', location.reference, selection);
    case 'oci-archive':
    case 'docker-archive':
      return openArchive(location.path, location.kind, location.reference, selection);
    case 'archive':
      return openFile(location.path, location.reference, selection);
    case 'disk':
      return [await openDisk(location.path, selection)];
    case 'url': {
      const { openUrl } = await import('./cloud/web/open-url.ts');
      return [await openUrl(location.url, options.cloud, selection)];
    }
    case 'aws': {
      const { openAmi } = await import('./cloud/aws/open-ami.ts');
      return [await openAmi(location.id, options.cloud, selection)];
    }
    case 'gcp': {
      const { openGcp } = await import('./cloud/gcp/open-gcp.ts');
      return [await openGcp(location.id, options.cloud, selection)];
    }
    case 'object': {
      const { openObject } = await import('./cloud/gcp/open-gcp.ts');
      return [await openObject(location.url, options.cloud, selection)];
    }
    case 'azure': {
      const { openAzure } = await import('./cloud/azure/open-azure.ts');
      return [await openAzure(location.id, options.cloud, selection)];
    }
    case 'rootfs':
      if (!isFolder(location.path)) return openArchive(location.path, 'rootfs', undefined, selection);
      return [await openRootFolder(location.path, selection)];
    case 'docker':
      return openInEngine(location.name, dockerEndpoint(options.dockerHost, options.env), selection);
    case 'podman':
      return openInEngine(location.name, podmanEndpoint(options.podmanSocket, options.env), selection);
  }
}

/** A disk or an archive: told by what is in it. */
async function openFile(path: string, reference: string | undefined, selection: Selection): Promise<Image[]> {
  if (reference === undefined && (await holdsDisk(path, selection))) return [await openDisk(path, selection)];
  return openArchive(path, undefined, reference, selection);
}

/** What reads disks takes longer to load than a remembered archive takes to inspect. */
async function openDisk(path: string, selection: Selection): Promise<Image> {
  const { openDiskFile } = await import('./machine/open-disk-file.ts');
  return openDiskFile(path, selection);
}

/** `node:http` is loaded for engines alone: it takes longer than a remembered image takes to inspect. */
async function openInEngine(name: string, endpoint: Endpoint, selection: Selection): Promise<Image[]> {
  const engine = await import('./daemon/engine.ts');
  return engine.openFromEngine(name, endpoint, selection);
}

async function openReference(text: string, selection: Selection, options: OpenOptions): Promise<Image[]> {
  const reference = parseReference(text);
  // The HTTP client takes longer to load than a remembered archive takes to inspect.
  const { openRegistry } = await import('./registry/open.ts');
  const { tag, digest } = reference;
  const source = openRegistry(reference, options.registry);
  const origin = {
    kind: 'registry' as const,
    source,
    reference: digest ?? tag ?? 'latest',
    tags: tag === undefined ? [] : [tag],
  };
  return readOciImages(origin, selection);
}
