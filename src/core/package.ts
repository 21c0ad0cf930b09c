import type { LayerPath } from './layer-path.ts';

/** One installed component, known by its purl (package-url specification). */
export interface Package {
  readonly purl: string;
  readonly name: string;
  /** As the package database writes it: with epoch and release. */
  readonly version: string;
  readonly architecture?: string;
  readonly type: 'deb' | 'apk' | 'rpm';
  /** The source package this was built from, where the database says so. */
  readonly source?: { readonly name: string; readonly version: string };
  readonly licence?: string;
  readonly maintainer?: string;
  /** The database file it was read from. */
  readonly database: LayerPath;
}

/** A file that a package database claims, with the digest recorded for it. */
export interface PackageFile {
  readonly path: LayerPath;
  readonly digest?: { readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512'; readonly hex: string };
  /** Configuration files may be edited by an administrator without being tampered with. */
  readonly config?: boolean;
  /** rpm ghost files, and paths a diversion moved away: claimed, but content is not the package's. */
  readonly ghost?: boolean;
  /** Recorded permission bits, where the database has them. */
  readonly mode?: number;
}

export interface PackageWithFiles extends Package {
  readonly files: readonly PackageFile[];
}

/** From `os-release` (freedesktop os-release(5)) or its older kin. */
export interface Distribution {
  /** The `ID` field: `debian`, `alpine`, `rhel`. */
  readonly id: string;
  readonly idLike: readonly string[];
  readonly version?: string;
  readonly codename?: string;
  readonly name?: string;
}
