import { type LayerPath, toLayerPath } from '../../../core/layer-path.ts';
import type { Distribution, PackageFile, PackageWithFiles } from '../../../core/package.ts';
import type { Cataloger, FileView, Seen } from '../../contract.ts';
import { ClaimedPaths } from '../claimed-paths.ts';
import { Damage, type Damaged, problemsOf, tooLarge } from '../damage.ts';
import { toPurl } from '../purl.ts';
import { readBerkeley } from './berkeley.ts';
import { MalformedHeader } from './header.ts';
import { readNdb } from './ndb.ts';
import { parseRpmHeader, type RpmRecord } from './record.ts';
import { readSqlite } from './sqlite.ts';

/*
 * rpm has kept the same headers in three kinds of file: Berkeley DB until 4.16, SQLite since, and ndb on SUSE. More than
 * one may be in an image, when rpm was upgraded in it or when somebody put a decoy beside the real one. All are read,
 * and a package that several name counts once: nothing is hidden by adding a file.
 */

type RpmObservation = Damaged & { readonly packages: readonly RpmRecord[] };

/** Groups: folder, file. */
const DATABASE =
  /^(var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/(Packages|Packages\.db|rpmdb\.sqlite|rpmdb\.sqlite-wal)$/;

/** A write-ahead log that holds only its own header holds no changes (SQLite file format, 4 "The Write-Ahead Log"). */
const EMPTY_LOG = 32;
const MAX_PACKAGES = 50_000;

export const rpmCataloger: Cataloger<RpmObservation> = {
  id: 'inventory/rpm',
  version: 1,
  wants: [{ paths: DATABASE }],
  folders: ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'],
  *examine(file) {
    const name = DATABASE.exec(file.record.path)?.[2];
    if (name === undefined) return;
    const unread = tooLarge(file);
    if (unread === undefined) yield observe(name, file);
    else if (file.base === 0) yield { packages: [], ...unread };
  },
  packages: toPackages,
  problems: (seen) => problemsOf('the rpm database', seen),
};

function observe(name: string, { bytes }: FileView): RpmObservation {
  const damage = new Damage();
  if (name === 'rpmdb.sqlite-wal') {
    if (bytes.length > EMPTY_LOG) damage.add('it holds changes that were not written to rpmdb.sqlite');
    return { packages: [], ...damage.toField() };
  }
  const packages: RpmRecord[] = [];
  const claimed = new ClaimedPaths(damage);
  let records = 0;
  for (const blob of readStore(name, bytes, damage)) {
    if (records++ >= MAX_PACKAGES) {
      damage.add(`only the first ${MAX_PACKAGES} packages are read`);
      break;
    }
    try {
      packages.push(parseRpmHeader(blob, claimed));
    } catch (error) {
      if (!(error instanceof MalformedHeader)) throw error;
      damage.add(error.message);
    }
  }
  return { packages, ...damage.toField() };
}

function readStore(name: string, bytes: Uint8Array, damage: Damage): Generator<Uint8Array> {
  if (name === 'rpmdb.sqlite') return readSqlite(bytes, damage);
  return name === 'Packages.db' ? readNdb(bytes, damage) : readBerkeley(bytes, damage);
}

function toPackages(
  seen: readonly Seen<RpmObservation>[],
  distribution: Distribution | undefined,
): PackageWithFiles[] {
  const packages = new Map<string, PackageWithFiles>();
  for (const { path, observation } of seen) {
    for (const record of observation.packages) {
      const key = [record.name, versionOf(record), record.architecture].join('\n');
      if (!packages.has(key)) packages.set(key, toPackage(record, path, distribution));
    }
  }
  return [...packages.values()];
}

function toPackage(
  record: RpmRecord,
  database: LayerPath,
  distribution: Distribution | undefined,
): PackageWithFiles {
  const { name, version, release, epoch, architecture, source, licence, vendor } = record;
  const sourcePackage = source === undefined ? undefined : sourceOf(source);
  const qualifiers = {
    arch: architecture,
    // The specification wants the epoch here and not in the version.
    epoch: epoch === undefined || epoch === 0 ? undefined : String(epoch),
    upstream: source,
  };
  const parts = { name, version: `${version}-${release}`, qualifiers };
  return {
    purl: toPurl({ type: 'rpm', vendor: 'rpm', ...parts }, distribution),
    name,
    version: versionOf(record),
    type: 'rpm',
    ...(architecture !== undefined && { architecture }),
    ...(sourcePackage !== undefined && { source: sourcePackage }),
    ...(licence !== undefined && { licence }),
    ...(vendor !== undefined && { maintainer: vendor }),
    database,
    files: filesOf(record),
  };
}

function versionOf({ epoch, version, release }: RpmRecord): string {
  return epoch === undefined || epoch === 0 ? `${version}-${release}` : `${epoch}:${version}-${release}`;
}

/** `name-version-release.src.rpm`: neither version nor release holds a hyphen. */
function sourceOf(file: string): { readonly name: string; readonly version: string } | undefined {
  const parts = file.replace(/\.(?:no)?src\.rpm$/, '').split('-');
  if (parts.length < 3) return undefined;
  return { name: parts.slice(0, -2).join('-'), version: parts.slice(-2).join('-') };
}

/** RFC 9580, section 9.5. */
const ALGORITHMS = { 1: ['md5', 32], 2: ['sha1', 40], 8: ['sha256', 64], 10: ['sha512', 128] } as const;

function filesOf(record: RpmRecord): PackageFile[] {
  if (record.paths === '') return [];
  const digests = record.digests.split('\n');
  const algorithm = ALGORITHMS[record.digestAlgorithm as keyof typeof ALGORITHMS];
  return record.paths.split('\n').flatMap((raw, index) => {
    const path = toLayerPath(raw);
    if (path === '') return [];
    const hex = digests[index] ?? '';
    const mark = record.marks[index];
    return {
      path,
      ...(algorithm?.[1] === hex.length && { digest: { algorithm: algorithm[0], hex } }),
      ...((mark === 'c' || mark === 'b') && { config: true }),
      ...((mark === 'g' || mark === 'b') && { ghost: true }),
      mode: record.modes[index] ?? 0,
    };
  });
}
