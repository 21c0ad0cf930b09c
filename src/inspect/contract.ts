import type { ContentClass, FileRecord, Whiteout } from '../core/file.ts';
import type { FindingLocation, Rule, Tier } from '../core/finding.ts';
import type { ImageConfig, ImageIdentity, Oddity } from '../core/image.ts';
import type { LayerPath } from '../core/layer-path.ts';
import type { Distribution, PackageFile, PackageWithFiles } from '../core/package.ts';
import type { LayerRef, ProblemCode } from '../core/problem.ts';

/*
 * How a detector works, in two steps.
 *
 * `examine` sees one file of one layer, in a worker thread, and returns *observations*: small plain data
 * (structured-clonable, JSON-safe) that depend on nothing but that file's record and bytes. They are cached by
 * layer, so a change to `examine` or `wants` must raise `version`.
 *
 * `judge` sees the whole image (every layer, the squashed view, the package databases, the config) and all of the
 * detector's observations, and turns them into findings. Ownership, deletion and co-occurrence are decided here.
 */

/** The gate a file passes before an examiner sees it: every field given must hold. */
export interface Wants {
  /** Tested against the layer path (no leading slash). Must run in linear time. */
  readonly paths?: RegExp;
  readonly content?: readonly ContentClass[];
  /** At least one of these ASCII literals occurs, whatever the letter case. Each is 5 to 32 bytes long. */
  readonly needles?: readonly string[];
  /** Only files with an execute bit. */
  readonly executable?: boolean;
  /** Files above this many bytes are not handed over. */
  readonly maxSize?: number;
  /**
   * Files up to `maxSize` are handed over in one piece even when they are larger than `Limits.fileMemory`: for what points from one end
   * of itself to the other. Goes by the path alone, with `maxSize`, and is dear: what is held for such a file comes on top.
   */
  readonly whole?: boolean;
}

/** One regular file's content, as an examiner sees it. */
export interface FileView {
  readonly record: FileRecord & { readonly content: ContentClass };
  /**
   * The content. For a file larger than `Limits.fileMemory` it is one window of it, unless the examiner wants it whole; windows
   * overlap by 64 KiB and examiners are called for each. Not to be kept or changed.
   */
  readonly bytes: Uint8Array;
  /** Offset of `bytes` in the file: 0 unless windowed. */
  readonly base: number;
  /** False when `bytes` is a window. */
  readonly whole: boolean;
  /** The program a `#!` line names, base name only, `env` and its options looked through: `sh`, `python3`. */
  readonly interpreter: string | undefined;
  /** `bytes` as latin1: offsets in the string are offsets in `bytes`. Decoded once, however many ask. */
  text(): string;
  /**
   * Says that a bound of the examiner's own cut something: an `incomplete` problem of the file.
   * @param what what was not looked at, as in `accounts after the first 1,000`
   */
  cut(what: string): void;
  /** Offsets in `bytes` where the needle occurs, at most 64; only for needles that the examiner wants. */
  hits(needle: string): readonly number[];
}

/** What detectors and catalogers share: reading one file. */
export interface Examiner<O> {
  readonly id: string;
  /** Raised by any change that makes earlier observations stale. */
  readonly version: number;
  /** Any of them opens the gate. */
  readonly wants: readonly Wants[];
  /** The only folders that files of `wants` lie in, each exactly, as layer paths; absent: any. */
  readonly folders?: readonly string[];
  /** Set when it reads the same content otherwise under another of the names it wants: `passwd` is not `shadow`. */
  readonly namesMatter?: boolean;
  /** Must not throw on any input; what it throws becomes a `DETECTOR_FAILED` problem. */
  examine(file: FileView): Iterable<O>;
}

// biome-ignore lint/suspicious/noExplicitAny: examiners of every observation type run side by side
export type AnyExaminer = Examiner<any>;

/** A file of a layer. */
export interface Place {
  /** Layer index. */
  readonly layer: number;
  readonly path: LayerPath;
}

/** An observation with where it was made. */
export interface Seen<O> {
  /** Layer index. */
  readonly layer: number;
  readonly path: LayerPath;
  readonly observation: O;
  /** Where the content is, when `path` is a link's name for it. */
  readonly target?: Place;
}

export interface Detector<O = never> {
  /** Every rule it can report; ids begin with the detector's group. */
  readonly rules: readonly Rule[];
  /** `<group>/<name>`, as its folder. */
  readonly id: string;
  /** Present when the detector reads file contents. */
  readonly examiner?: Examiner<O>;
  judge(image: ImageView, seen: readonly Seen<O>[]): Iterable<FindingDraft>;
}

/** A detector of any observation type, as the registry holds them. */
// biome-ignore lint/suspicious/noExplicitAny: the engine hands each detector only its own observations
export type AnyDetector = Detector<any>;

/** What a detector says; the engine adds the rule's fixed part, the layer's coordinates and what hides the file. */
export interface FindingDraft {
  readonly rule: string;
  /** Another tier than the rule's, where co-occurrence says so. */
  readonly tier?: Tier;
  readonly layer?: number;
  readonly path?: LayerPath;
  readonly line?: number;
  readonly offset?: number;
  readonly config?: FindingLocation['config'];
  /**
   * Set when the finding rests on what the file looks like. Where a package brought the file as it is, honest tools look
   * like that too: a `block` is then a `review`, because a package database can be forged along with the file, and
   * anything less is dropped.
   */
  readonly yieldsToPackages?: boolean;
  /** Raw is fine: the engine escapes control characters and cuts at 200 characters. Mask secrets yourself. */
  readonly evidence: string;
}

/** Reads one kind of package database. */
export interface Cataloger<O> extends Examiner<O> {
  /** The packages installed, from the observations of the database files visible in one view of the image. */
  packages(seen: readonly Seen<O>[], distribution: Distribution | undefined): PackageWithFiles[];
  /** What of the database files could not be read. */
  problems?(seen: readonly Seen<O>[]): Iterable<CatalogProblem>;
}

/** A part of a package database that could not be read; the engine makes a `Problem` of it. */
export interface CatalogProblem {
  readonly layer: number;
  readonly path: LayerPath;
  /** One sentence for a person, as `Problem.message`. */
  readonly message: string;
  /** `MALFORMED_DATABASE` where absent. */
  readonly code?: ProblemCode;
}

// biome-ignore lint/suspicious/noExplicitAny: as AnyDetector
export type AnyCataloger = Cataloger<any>;

/** The whole image, for judging. */
export interface ImageView {
  readonly identity: ImageIdentity;
  readonly config: ImageConfig;
  /** Every command line the config holds: entrypoint with cmd, health check, on-build triggers, history. */
  readonly commands: readonly ConfigCommand[];
  readonly layers: readonly LayerView[];
  /** What a container would see. */
  readonly final: FileTree;
  readonly packages: readonly PackageWithFiles[];
  readonly distribution: Distribution | undefined;
  /** The view after layer `index`, counted from the base. `treeAt(layers.length - 1)` is `final`. */
  treeAt(index: number): FileTree;
  /** The packages after layer `index`. */
  packagesAt(index: number): readonly PackageWithFiles[];
  /**
   * The package that claims a path in the view after layer `index` (default: the last), merged-usr and other
   * folder symlinks looked through.
   */
  owner(path: string, index?: number): Owner | undefined;
  /** True when a package claims the path in any layer's view. */
  everOwned(path: string): boolean;
}

export interface ConfigCommand {
  readonly where: 'entrypoint' | 'healthcheck' | 'onbuild' | 'history';
  /** For `Finding.location.config`: `Entrypoint`, `Healthcheck`, `OnBuild[0]`, `history[2]`. */
  readonly config: string;
  /**
   * The words joined with spaces; for `sh -c LINE` this is the line with its shell. Variables that the config sets are
   * replaced by their values, except in history lines; `argv` has them as written.
   */
  readonly text: string;
  readonly argv: readonly string[];
  /** For history lines that made a layer: its index. */
  readonly layer?: number;
}

export interface Owner {
  readonly package: PackageWithFiles;
  readonly file: PackageFile;
}

export interface LayerView {
  readonly ref: LayerRef;
  /** The last entry for each path. */
  readonly files: ReadonlyMap<LayerPath, FileRecord>;
  readonly whiteouts: readonly Whiteout[];
  readonly oddities: readonly Oddity[];
}

export interface TreeEntry {
  readonly record: FileRecord;
  /** The layer that put it there. */
  readonly layer: number;
}

/** A squashed view: whiteouts applied, symlinks can be followed. */
export interface FileTree {
  readonly size: number;
  /** The entry itself, not following a link in the last part; folders on the way are not followed either. */
  get(path: string): TreeEntry | undefined;
  /** Follows every symlink and hard link, at most 40, as the kernel in a chroot does. */
  resolve(path: string): TreeEntry | undefined;
  /** The path with every folder symlink on the way resolved (the last part is kept as it is). */
  canonical(path: string): LayerPath;
  entries(): IterableIterator<TreeEntry>;
}
