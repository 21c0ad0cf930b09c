/** Media types of OCI image-spec 1.1 (media-types.md) and of Docker's image manifest version 2, schema 2. */

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export const INDEX_TYPES: readonly string[] = [OCI_INDEX, DOCKER_LIST];
export const MANIFEST_TYPES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];

/** Schema 1 pins nothing but a signature over itself; registries and runtimes gave it up. */
export const SCHEMA1_TYPES: readonly string[] = [
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
];

export const CONFIG_TYPES: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/** What a plain file server says of any JSON: no statement about what the document is. */
const GENERIC_TYPES: readonly string[] = [
  'application/json',
  'application/octet-stream',
  'binary/octet-stream',
  'text/plain',
];

/** A stated type without parameters, in lower case; undefined where nothing is stated. */
export function toMediaType(stated: string | undefined): string | undefined {
  const bare = stated?.split(';', 1)[0]?.trim().toLowerCase();
  return bare === undefined || bare === '' || GENERIC_TYPES.includes(bare) ? undefined : bare;
}

export interface LayerType {
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Distributed from elsewhere (`urls`), which nobody should follow. */
  readonly foreign: boolean;
}

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
const OCI_FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar';
const DOCKER_FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar';

const LAYER_TYPES: ReadonlyMap<string, LayerType> = new Map([
  ...variants(OCI_LAYER, '+', false),
  ...variants(OCI_FOREIGN, '+', true),
  ...variants(DOCKER_LAYER, '.', false),
  ...variants(DOCKER_FOREIGN, '.', true),
]);

function variants(tar: string, joint: string, foreign: boolean): [string, LayerType][] {
  return [
    [tar, { compression: 'none', foreign }],
    [`${tar}${joint}gzip`, { compression: 'gzip', foreign }],
    [`${tar}${joint}zstd`, { compression: 'zstd', foreign }],
  ];
}

/** How to read a layer of this media type; undefined for one that no runtime would mount. */
export function layerTypeOf(mediaType: string): LayerType | undefined {
  return LAYER_TYPES.get(mediaType.toLowerCase());
}
