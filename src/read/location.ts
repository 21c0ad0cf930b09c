import { Failure } from '../core/failure.ts';

/** Where an image is, as far as its name tells. */
export type Location =
  | Decided
  /** No prefix: what is there decides. */
  | { readonly kind: 'undecided'; readonly text: string };

/** Where an image is, and of what kind. */
export type Decided =
  | { readonly kind: 'registry'; readonly reference: string }
  | {
      readonly kind: 'oci' | 'oci-archive' | 'docker-archive';
      readonly path: string;
      readonly reference?: string;
    }
  | { readonly kind: 'docker' | 'podman'; readonly name: string }
  | { readonly kind: 'rootfs' | 'disk'; readonly path: string }
  /** A machine image by its cloud's name for it. */
  | { readonly kind: 'aws' | 'gcp' | 'azure'; readonly id: string }
  /** A disk in Cloud Storage: `gs://BUCKET/OBJECT`. */
  | { readonly kind: 'object'; readonly url: string }
  /** A disk behind a plain URL. */
  | { readonly kind: 'url'; readonly url: string }
  /** A file: its content says what kind. */
  | { readonly kind: 'archive'; readonly path: string; readonly reference?: string };

/** Why a location of another kind cannot be verified: the end of a refusal. */
export const WITHOUT_ATTACHMENTS =
  'only registries, OCI layouts and OCI archives hold signatures: name the image there, as in registry.example/app:1 or oci:DIR';

/**
 * Reads the prefix of a location. `oci:DIR[:TAG]` and its kin name an image in it by tag, or by `@DIGEST`; a path that
 * exists whole is that path, so a colon in a file name does no harm.
 *
 * @param exists tells whether a path is there
 * @throws Failure USAGE for an empty location or one that is only a prefix
 */
export function parseLocation(location: string, exists: (path: string) => boolean): Location {
  if (location === '' || location.includes('\0'))
    throw new Failure('USAGE', 'name an image: a reference, a file or a folder');
  if (/^https?:\/\//i.test(location)) return { kind: 'url', url: location };
  if (/^gs:\/\//.test(location)) return { kind: 'object', url: location };
  const match = PREFIXED.exec(location);
  if (match === null || exists(location) || isHostWithPort(location))
    return { kind: 'undecided', text: location };
  const [, prefix, rest = ''] = match;
  if (rest === '') throw new Failure('USAGE', `"${location}" names nothing after its prefix`);
  switch (prefix) {
    case 'registry':
      // As other tools write it: docker://alpine names the same.
      return { kind: 'registry', reference: rest.replace(/^\/\//, '') };
    case 'docker':
      if (rest.startsWith('//')) return { kind: 'registry', reference: rest.slice(2) };
      return { kind: 'docker', name: rest };
    case 'podman':
      return { kind: 'podman', name: rest };
    case 'oci':
    case 'oci-archive':
    case 'docker-archive':
      return { kind: prefix, ...splitPath(rest, exists) };
    case 'aws':
    case 'gcp':
    case 'azure':
      return { kind: prefix, id: rest };
    case 'disk':
      return { kind: 'disk', path: rest };
    default:
      return { kind: 'rootfs', path: rest };
  }
}

const PREFIXED =
  /^(registry|oci|oci-archive|docker-archive|docker|podman|dir|rootfs|disk|aws|gcp|azure):(.*)$/s;

/** `registry:5000/app`: a host that is called like a prefix. Read as one, it would be an image of Docker Hub that anybody may make. */
function isHostWithPort(location: string): boolean {
  return /^(?:registry|docker|podman):\d{1,5}\//.test(location);
}

/** Whether a name that is not there was meant as a path: a missing file must not become a download. */
export function looksLikePath(text: string): boolean {
  return /^(?:\.{0,2}\/|~|\.{1,2}$)/.test(text) || FILE_NAME.test(text);
}

/** Archives and disks, plain or compressed. */
const FILE_NAME = /\.(?:tar|tgz|txz|tzst|raw|img|qcow2|vmdk|vhdx?|vdi|ova|iso)(?:\.[a-z0-9]{1,5})?$/i;

/** `FILE[:TAG]` or `FILE[@DIGEST]`: the longest path that exists wins. */
export function splitPath(
  text: string,
  exists: (path: string) => boolean,
): { readonly path: string; readonly reference?: string } {
  if (exists(text)) return { path: text };
  const digest = /^(.+)@(sha(?:256|512):[0-9a-f]{64,128})$/s.exec(text);
  if (digest?.[1] !== undefined && digest[2] !== undefined) return { path: digest[1], reference: digest[2] };
  for (let colon = text.lastIndexOf(':'); colon > 0; colon = text.lastIndexOf(':', colon - 1)) {
    const path = text.slice(0, colon);
    if (exists(path)) return { path, reference: text.slice(colon + 1) };
  }
  return { path: text };
}
