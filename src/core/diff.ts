import type { Decision } from './decision.ts';
import type { Finding } from './finding.ts';
import type { ImageIdentity } from './image.ts';
import type { Problem } from './problem.ts';

/** What the newer of two images adds, removes and changes, as a container would see both. */
export interface ImageDiff {
  readonly schemaVersion: typeof DIFF_SCHEMA_VERSION;
  readonly before: ImageIdentity;
  readonly after: ImageIdentity;
  readonly files: FileChanges;
  readonly packages: PackageChanges;
  readonly config: readonly ConfigChange[];
  readonly findings: { readonly added: readonly Finding[]; readonly removed: readonly Finding[] };
  /** Of both images: what could not be read could not be compared. */
  readonly problems: readonly Problem[];
  /** On the newer image. */
  readonly decision: Decision;
}

export const DIFF_SCHEMA_VERSION = '1.0';

export interface FileChanges {
  readonly added: readonly FileChange[];
  readonly removed: readonly FileChange[];
  readonly changed: readonly FileChange[];
}

export interface FileChange {
  readonly path: string;
  /** Bytes, in the image that has it; in the newer one where both do. */
  readonly size: number;
  /** What differs, for changed files. */
  readonly what: readonly FileAspect[];
  /** The package that claims it, in the image that has it. */
  readonly owner?: string;
  /** True when a file that a package claims changed while the package kept its version. */
  readonly suspicious?: boolean;
}

export type FileAspect = 'kind' | 'content' | 'mode' | 'owner' | 'link' | 'xattrs';

export interface PackageChanges {
  readonly added: readonly PackageChange[];
  readonly removed: readonly PackageChange[];
  readonly changed: readonly PackageChange[];
}

export interface PackageChange {
  readonly type: string;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** One field of the config, values as JSON text. */
export interface ConfigChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}
