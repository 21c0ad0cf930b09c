import type { ClaimedPaths } from '../claimed-paths.ts';
import { MalformedHeader, RpmHeader } from './header.ts';

/** One installed package, as its header describes it. Plain data: it is cached and crosses threads. */
export interface RpmRecord {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly architecture?: string;
  /** File name of the source package. */
  readonly source?: string;
  readonly licence?: string;
  readonly vendor?: string;
  /** 1, 8, … as OpenPGP numbers hash algorithms (RFC 9580, section 9.5). */
  readonly digestAlgorithm: number;
  /** The next four have a line, a character or a number for each file. */
  readonly paths: string;
  /** Hex; '' where there is none to compare. */
  readonly digests: string;
  /** `c` configuration, `g` not the package's content, `b` both, `-` neither. */
  readonly marks: string;
  readonly modes: readonly number[];
}

const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  licence: 1014,
  architecture: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  fileModes: 1030,
  fileDigests: 1035,
  fileFlags: 1037,
  source: 1044,
  fileVerifyFlags: 1045,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  fileDigestAlgorithm: 5011,
} as const;

const FLAG_CONFIG = 1;
const FLAG_GHOST = 64;
const VERIFY_DIGEST = 1;
const STATE_NORMAL = 0;
const MD5 = 1;
const MAX_TEXT = 256;

/** @throws MalformedHeader where a part of the header that matters does not hold together. */
export function parseRpmHeader(blob: Uint8Array, claimed: ClaimedPaths): RpmRecord {
  const header = new RpmHeader(blob);
  const name = textOf(header, TAG.name);
  if (name === undefined) throw new MalformedHeader('a header names no package');
  const epoch = header.numbers(TAG.epoch)?.[0];
  const optional = {
    architecture: textOf(header, TAG.architecture),
    source: textOf(header, TAG.source),
    licence: textOf(header, TAG.licence),
    vendor: textOf(header, TAG.vendor),
  };
  return {
    name,
    version: textOf(header, TAG.version) ?? '',
    release: textOf(header, TAG.release) ?? '',
    ...(epoch !== undefined && { epoch }),
    ...withoutAbsent(optional),
    digestAlgorithm: header.numbers(TAG.fileDigestAlgorithm)?.[0] ?? MD5,
    ...filesOf(header, claimed),
  };
}

/** rpm writes `(none)` into some tags that have no value. */
function textOf(header: RpmHeader, tag: number): string | undefined {
  const text = header.string(tag)?.slice(0, MAX_TEXT);
  return text === '' || text === '(none)' ? undefined : text;
}

function withoutAbsent<K extends string>(
  fields: Readonly<Record<K, string | undefined>>,
): {
  readonly [P in K]?: string;
} {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [P in K]?: string;
  };
}

function filesOf(
  header: RpmHeader,
  claimed: ClaimedPaths,
): Pick<RpmRecord, 'paths' | 'digests' | 'marks' | 'modes'> {
  const all = pathsOf(header, claimed);
  const digests = header.strings(TAG.fileDigests) ?? [];
  const flags = header.numbers(TAG.fileFlags) ?? [];
  const verify = header.numbers(TAG.fileVerifyFlags);
  const states = header.numbers(TAG.fileStates) ?? [];
  const allModes = header.numbers(TAG.fileModes) ?? [];
  const paths: string[] = [];
  const kept: string[] = [];
  const modes: number[] = [];
  let marks = '';
  all.forEach((path, index) => {
    if (path === undefined) return;
    const flag = flags[index] ?? 0;
    // A path that another package replaced, or that was left out on installing, holds nothing of this package.
    const foreign = (flag & FLAG_GHOST) !== 0 || (states[index] ?? STATE_NORMAL) !== STATE_NORMAL;
    const comparable = verify === undefined || ((verify[index] ?? VERIFY_DIGEST) & VERIFY_DIGEST) !== 0;
    const digest = digests[index] ?? '';
    paths.push(path);
    kept.push(comparable && /^[0-9a-f]{32,128}$/i.test(digest) ? digest.toLowerCase() : '');
    modes.push((allModes[index] ?? 0) & 0o7777);
    marks += (flag & FLAG_CONFIG) !== 0 ? (foreign ? 'b' : 'c') : foreign ? 'g' : '-';
  });
  return { paths: paths.join('\n'), digests: kept.join('\n'), marks, modes };
}

/** Undefined for a path that was left out, so that the other lists still match by position. */
function pathsOf(header: RpmHeader, claimed: ClaimedPaths): (string | undefined)[] {
  const names = header.strings(TAG.baseNames);
  if (names === undefined) {
    return (header.strings(TAG.oldFileNames) ?? []).map((path) => claimed.join('', path));
  }
  const folders = header.strings(TAG.dirNames) ?? [];
  const indexes = header.numbers(TAG.dirIndexes) ?? [];
  return names.map((name, index) => {
    const folder = folders[indexes[index] ?? -1];
    if (folder === undefined) throw new MalformedHeader('a file name has no folder');
    return claimed.join(folder, name);
  });
}
