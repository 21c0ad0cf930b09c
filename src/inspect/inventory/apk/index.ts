import { toLayerPath } from '../../../core/layer-path.ts';
import type { Distribution, PackageFile, PackageWithFiles } from '../../../core/package.ts';
import type { Cataloger, Seen } from '../../contract.ts';
import { Damage, type Damaged, MAX_TEXT_BYTES, problemsOf, tooLarge } from '../damage.ts';
import { toPurl } from '../purl.ts';
import { decodeUtf8 } from '../utf8.ts';
import { parseApkDigest } from './digest.ts';
import { type ApkRecord, parseInstalled } from './installed.ts';

type ApkObservation = Damaged & { readonly packages: readonly ApkRecord[] };

/** apk keeps all in one file: below `lib`, or where that is merged into `usr`, below `usr/lib`. */
export const apkCataloger: Cataloger<ApkObservation> = {
  id: 'inventory/apk',
  version: 1,
  wants: [{ paths: /^(?:usr\/)?lib\/apk\/db\/installed$/ }],
  folders: ['lib/apk/db', 'usr/lib/apk/db'],
  *examine(file) {
    const unread = tooLarge(file, MAX_TEXT_BYTES);
    if (unread === undefined) {
      const damage = new Damage();
      const packages = parseInstalled(decodeUtf8(file.bytes), damage);
      yield { packages, ...damage.toField() };
    } else if (file.base === 0) yield { packages: [], ...unread };
  },
  packages: (seen, distribution) =>
    seen.flatMap((one) => one.observation.packages.map((record) => toPackage(record, one, distribution))),
  problems: (seen) => problemsOf('the apk database', seen),
};

function toPackage(
  record: ApkRecord,
  { path }: Seen<ApkObservation>,
  distribution: Distribution | undefined,
): PackageWithFiles {
  const { name, version, architecture, origin, licence, maintainer } = record;
  const qualifiers = { arch: architecture };
  return {
    purl: toPurl({ type: 'apk', vendor: 'alpine', name, version, qualifiers }, distribution),
    name,
    version,
    type: 'apk',
    ...(architecture !== undefined && { architecture }),
    ...(origin !== undefined && { source: { name: origin, version } }),
    ...(licence !== undefined && { licence }),
    ...(maintainer !== undefined && { maintainer }),
    database: path,
    files: record.files === '' ? [] : record.files.split('\n').map(toFile),
  };
}

/** apk knows no configuration files; what it protects from being overwritten is `/etc` (apk(8), protected paths). */
function toFile(line: string): PackageFile {
  const [raw = '', mode = '', checksum = ''] = line.split('\0');
  const digest = parseApkDigest(checksum);
  const path = toLayerPath(raw);
  return {
    path,
    ...(digest !== undefined && { digest }),
    ...(path.startsWith('etc/') && { config: true }),
    ...(mode !== '' && { mode: Number.parseInt(mode, 8) & 0o7777 }),
  };
}
