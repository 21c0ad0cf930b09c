import type { LayerPath } from '../../../core/layer-path.ts';
import type { Distribution, PackageWithFiles } from '../../../core/package.ts';
import type { Cataloger, FileView, Seen } from '../../contract.ts';
import { Damage, type Damaged, MAX_TEXT_BYTES, problemsOf, tooLarge } from '../damage.ts';
import { toPurl } from '../purl.ts';
import { decodeUtf8 } from '../utf8.ts';
import { byPath, type ClaimSources, claimsOf } from './claims.ts';
import { type Diversion, parseDiversions, parseMd5sums, parsePathList } from './file-list.ts';
import { parseStatus, type StatusRecord } from './status.ts';

/*
 * dpkg keeps what is installed in one file, and each package's paths, digests and configuration files in small files
 * beside it (dpkg-query(1), deb-md5sums(5)). They change in different layers, so each is an observation of its own and
 * they meet in `packages`. Distroless images have `status.d` instead: one description a package, and its checksums.
 */

type ListKind = 'list' | 'md5sums' | 'conffiles';

type DpkgObservation = Damaged &
  (
    | { readonly kind: 'status'; readonly packages: readonly StatusRecord[] }
    | { readonly kind: ListKind; readonly lines: string }
    | { readonly kind: 'diversions'; readonly diversions: readonly Diversion[] }
    | { readonly kind: 'unread' }
  );

const STATUS = /^var\/lib\/dpkg\/status(?:\.d\/[^/]+)?$/;
/** Groups: where, package (with its architecture where several are installed), kind. */
const LIST = /^var\/lib\/dpkg\/(info|status\.d)\/([^/]+)\.(list|md5sums|conffiles)$/;
const DIVERSIONS = /^var\/lib\/dpkg\/diversions$/;
/** What else a package's control archive holds; distroless puts some of it into `status.d`. */
const OTHER_CONTROL = /\.(?:preinst|postinst|prerm|postrm|triggers|shlibs|symbols|templates|config)$/;

export const dpkgCataloger: Cataloger<DpkgObservation> = {
  id: 'inventory/dpkg',
  version: 1,
  wants: [{ paths: STATUS }, { paths: LIST }, { paths: DIVERSIONS }],
  folders: ['', '/info', '/status.d'].map((below) => `var/lib/dpkg${below}`),
  *examine(file) {
    const { path } = file.record;
    if (OTHER_CONTROL.test(path)) return;
    const unread = tooLarge(file, MAX_TEXT_BYTES);
    if (unread === undefined) yield observe(path, file);
    else if (file.base === 0) yield { kind: 'unread', ...unread };
  },
  packages: toPackages,
  problems: (seen) => problemsOf('the dpkg file', seen),
};

function observe(path: string, file: FileView): DpkgObservation {
  const text = decodeUtf8(file.bytes);
  const damage = new Damage();
  const kind = LIST.exec(path)?.[3] as ListKind | undefined;
  if (kind !== undefined) {
    const lines = kind === 'md5sums' ? parseMd5sums(text, damage) : parsePathList(text, damage);
    return { kind, lines, ...damage.toField() };
  }
  if (DIVERSIONS.test(path)) {
    const diversions = parseDiversions(text, damage);
    return { kind: 'diversions', diversions, ...damage.toField() };
  }
  const packages = parseStatus(text, damage);
  return { kind: 'status', packages, ...damage.toField() };
}

function toPackages(
  seen: readonly Seen<DpkgObservation>[],
  distribution: Distribution | undefined,
): PackageWithFiles[] {
  const lists = new Map<string, string>();
  const diversions: Diversion[] = [];
  for (const { path, observation } of seen) {
    if (observation.kind === 'diversions') diversions.push(...observation.diversions);
    else if ('lines' in observation) lists.set(path, observation.lines);
  }
  const diverted = byPath(diversions);
  const packages: PackageWithFiles[] = [];
  for (const { path, observation } of seen) {
    if (observation.kind !== 'status') continue;
    for (const record of observation.packages) {
      const files = claimsOf(record.name, sourcesOf(record, path, lists), diverted);
      packages.push({ ...describe(record, path, distribution), files });
    }
  }
  return packages;
}

function sourcesOf(record: StatusRecord, database: string, lists: ReadonlyMap<string, string>): ClaimSources {
  const stem = stemOf(record, database, lists);
  const read = (key: keyof ClaimSources, kind: ListKind): ClaimSources => {
    const lines = lists.get(`${stem}.${kind}`);
    return lines === undefined ? {} : { [key]: lines };
  };
  return {
    ...read('list', 'list'),
    ...read('md5sums', 'md5sums'),
    ...read('conffileList', 'conffiles'),
    ...(record.conffiles !== undefined && { conffiles: record.conffiles }),
  };
}

/** `info/name:arch` for a package of which several architectures may be installed together, else `info/name`. */
function stemOf(record: StatusRecord, database: string, lists: ReadonlyMap<string, string>): string {
  if (database.includes('/status.d/')) return database;
  const plain = `var/lib/dpkg/info/${record.name}`;
  const qualified = `${plain}:${record.architecture ?? ''}`;
  return lists.has(`${qualified}.list`) || lists.has(`${qualified}.md5sums`) ? qualified : plain;
}

function describe(
  record: StatusRecord,
  database: LayerPath,
  distribution: Distribution | undefined,
): Omit<PackageWithFiles, 'files'> {
  const { name, version, architecture, maintainer } = record;
  const qualifiers = { arch: architecture };
  return {
    purl: toPurl({ type: 'deb', vendor: 'debian', name, version, qualifiers }, distribution),
    name,
    version,
    type: 'deb',
    source: sourceOf(record),
    ...(architecture !== undefined && { architecture }),
    ...(maintainer !== undefined && { maintainer }),
    database,
  };
}

/** `Source: name (version)`; what the field leaves out is as the package's own (deb-control(5)). */
function sourceOf(record: StatusRecord): { readonly name: string; readonly version: string } {
  const match = /^(\S+)(?:\s\(([^)]*)\))?$/.exec(record.source ?? '');
  return { name: match?.[1] ?? record.name, version: match?.[2] ?? record.version };
}
