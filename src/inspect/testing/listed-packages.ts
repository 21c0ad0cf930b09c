import { createHash } from 'node:crypto';
import type { LayerPath } from '../../core/layer-path.ts';
import type { PackageFile, PackageWithFiles } from '../../core/package.ts';
import type { Cataloger } from '../contract.ts';

/*
 * A package database for tests of detectors that ask who owns a file: one JSON file for each package, so that a test
 * depends on no distribution's format.
 */

const FOLDER = 'var/lib/listed-packages/';

export const listedPackages: Cataloger<PackageWithFiles> = {
  id: 'testing/listed-packages',
  version: 1,
  wants: [{ paths: /^var\/lib\/listed-packages\// }],
  *examine(file) {
    if (file.record.path.startsWith(FOLDER)) yield JSON.parse(file.text()) as PackageWithFiles;
  },
  packages: (seen) => seen.map(({ observation }) => observation),
};

export interface ListedPackage {
  readonly type?: PackageWithFiles['type'];
  readonly version?: string;
}

/** The database file that says package `name` owns `contents`: recorded digests are of what is given; null for none. */
export function packageOf(
  name: string,
  contents: Readonly<Record<string, string | Uint8Array | null | Partial<PackageFile>>>,
  { type = 'deb', version = '1.0-1' }: ListedPackage = {},
): Record<string, string> {
  const database = `${FOLDER}${name}` as LayerPath;
  const files = Object.entries(contents).map(([path, content]): PackageFile => {
    if (content === null) return { path: path as LayerPath };
    if (typeof content === 'string' || content instanceof Uint8Array) {
      const hex = createHash('md5').update(
        typeof content === 'string' ? Buffer.from(content, 'latin1') : content,
      );
      return { path: path as LayerPath, digest: { algorithm: 'md5', hex: hex.digest('hex') } };
    }
    return { path: path as LayerPath, ...content };
  });
  const purl = `pkg:${type}/test/${name}@${version}`;
  return { [database]: JSON.stringify({ purl, name, version, type, database, files }) };
}
