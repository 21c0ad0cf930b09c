import type { AttachmentSource } from './attachment.ts';
import type { Digest } from './digest.ts';
import type { FileRecord, Whiteout } from './file.ts';
import type { LayerRef, Problem } from './problem.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The part of an OCI image config (image-spec, config.md) that is inspected. Absent fields are empty. */
export interface ImageConfig {
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly shell: readonly string[];
  /** `NAME=value`, in order, as written. */
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Docker's health check test: `['NONE']`, `['CMD', …]` or `['CMD-SHELL', line]`; empty when there is none. */
  readonly healthcheck: readonly string[];
  readonly onBuild: readonly string[];
  readonly stopSignal: string;
  readonly created?: string;
  readonly author?: string;
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly createdBy: string;
  readonly created?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** What an image is, as the report names it. */
export interface ImageIdentity {
  /** As the user named it. */
  readonly location: string;
  readonly kind: ImageKind;
  /** Of the platform manifest; absent for a root file system. */
  readonly digest?: Digest;
  /** Of the config blob. */
  readonly configDigest?: Digest;
  /** Of the index the manifest was picked from. */
  readonly indexDigest?: Digest;
  readonly tags: readonly string[];
  readonly platform?: Platform;
  /** What the cloud says of a machine image; absent for other images. */
  readonly cloud?: CloudFacts;
}

/** What a cloud's control plane says of a machine image, read or not. Absent fields were not told. */
export interface CloudFacts {
  /** When the cloud was asked: RFC 3339. Dates are held against it. */
  readonly asked: string;
  /** `ami-…`; `projects/P/global/images/I`; an Azure resource id or `PUBLISHER:OFFER:SKU:VERSION`. */
  readonly id: string;
  readonly name?: string;
  /** AWS account id, GCP project, Azure subscription or publisher. */
  readonly owner?: string;
  /** `amazon`, `aws-marketplace`: what AWS itself vouches for. */
  readonly ownerAlias?: string;
  /** Whether everybody may use it. */
  readonly public?: boolean;
  readonly region?: string;
  /** `linux`, `windows`, with what the cloud adds: `Red Hat Enterprise Linux`. */
  readonly system?: string;
  /** RFC 3339. */
  readonly created?: string;
  /** RFC 3339, or the state where the cloud has no date (GCP: `DEPRECATED`, `OBSOLETE`). */
  readonly deprecated?: string;
  readonly productCodes: readonly string[];
  /** Snapshots or objects that its disks are in. */
  readonly disks: readonly string[];
}

export type ImageKind =
  | 'registry'
  | 'oci-layout'
  | 'oci-archive'
  | 'docker-archive'
  | 'docker'
  | 'podman'
  | 'rootfs-directory'
  | 'rootfs-tar'
  | MachineKind;

/** Kinds of machine images: what boots, and has a kernel, services and accounts of its own. */
export const MACHINE_KINDS = ['disk', 'aws', 'gcp', 'azure'] as const;
export type MachineKind = (typeof MACHINE_KINDS)[number];

export function isMachine({ kind }: Pick<ImageIdentity, 'kind'>): boolean {
  return MACHINE_KINDS.some((machine) => machine === kind);
}

/** One opened image: its identity, config, and a way to read each layer. `read` makes it, `inspect` consumes it. */
export interface Image {
  readonly identity: ImageIdentity;
  readonly config: ImageConfig;
  readonly layers: readonly LayerSource[];
  /** What was already found unreadable while opening. */
  readonly problems: readonly Problem[];
  /** Where its signatures are, as long as it is open; absent where images have none (an engine, a docker archive, a folder). */
  readonly attachments?: AttachmentSource;
  /** What reading has cost, once it is done; absent where it costs nothing. */
  readonly spent?: () => readonly Problem[];
  /** Gives back connections, file handles and temporary files. Safe to call twice. */
  close(): Promise<void>;
}

/** One layer, not read yet. */
export interface LayerSource {
  readonly ref: LayerRef;
  /**
   * Which of the image's trees it is laid into; 0 where absent. Container images have one. A machine image has one for
   * each system on it, and one for each volume that no system mounts.
   */
  readonly tree?: number;
  /** Bytes as stored, for the progress bar; undefined where the source does not say. */
  readonly size?: number;
  /**
   * True when the bytes behind `ref.diffId` were not read yet in this run but are pinned by something that the
   * reader checks: a content digest. False where only reading them whole can tell (a directory).
   */
  readonly cacheable: boolean;
  /**
   * Identity of the local file the stored bytes are in (device, inode, size, times, place in the file), for sources
   * where no digest pins them: while it stays the same, the bytes need not be read again to be trusted.
   */
  readonly fingerprint?: string;
  /**
   * Reads the layer once, front to back. Verifies every digest it can. What could not be read is a problem in
   * the summary; only a failure of the source itself (network, permission, cancelled) throws a `Failure`.
   */
  read(sink: LayerSink, signal: AbortSignal): Promise<LayerSummary>;
}

/** Receives a layer's entries in archive order. */
export interface LayerSink {
  /** False when this file's content would be left alone: who can reads ahead only what is wanted. */
  wants(record: FileRecord): boolean;
  /**
   * Layer paths of the only folders in which `wants` may hold; absent: any. Who reads a file system may leave all others unread, as long as
   * it follows the links that lead from there.
   */
  readonly folders?: ReadonlySet<string>;
  /**
   * A regular file with content. `record` has no digests yet. `content` must be consumed to its end, or left
   * alone: the reader then skips it; it ends before `record.size` bytes where a problem of the summary says so. Chunks are
   * not written to again, but may share an ArrayBuffer: they can be kept, and must be copied to be transferred.
   */
  file(record: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Any other entry: folder, link, device; also regular files of size 0. */
  entry(record: FileRecord): void;
  whiteout(whiteout: Whiteout): void;
  /** Something odd about the archive itself, for the archive detectors. */
  oddity(oddity: Oddity): void;
  /** Compressed bytes consumed so far, for progress. */
  progress(bytes: number): void;
}

/** A fact about the archive that honest tools do not produce; indicators 35 and 36. */
export interface Oddity {
  readonly kind:
    | 'padding-data' // bytes that are not zero in padding: after content, after a name's NUL, of an entry without content
    | 'trailing-data' // bytes that are not zero after the end-of-archive marker
    | 'compression-trailer' // bytes after the last gzip, zstd or xz member
    | 'duplicate-path'
    | 'near-miss-whiteout' // .wh. names that no runtime defines
    | 'path-escape';
  readonly path?: string;
  /** Offset in the decompressed layer (for `compression-trailer`: in the stored blob). */
  readonly offset: number;
  readonly length: number;
  /** The first bytes, at most 256, latin1. */
  readonly head: string;
}

export interface LayerSummary {
  /** Of the decompressed bytes as read. Differs from `ref.diffId` only together with a problem. */
  readonly diffId?: Digest;
  /** Compressed bytes read. */
  readonly bytes: number;
  readonly problems: readonly Problem[];
}
