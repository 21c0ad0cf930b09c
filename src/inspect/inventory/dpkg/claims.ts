import { toLayerPath } from '../../../core/layer-path.ts';
import type { PackageFile } from '../../../core/package.ts';
import { type Diversion, linesOf, md5sumsOf } from './file-list.ts';

/** All that dpkg holds about one package's files; absent where a file is. */
export interface ClaimSources {
  /** `info/NAME.list`: a path a line. */
  readonly list?: string;
  /** `info/NAME.md5sums`, as `parseMd5sums` leaves it. */
  readonly md5sums?: string;
  /** `info/NAME.conffiles`: a path a line. */
  readonly conffileList?: string;
  /** The `Conffiles` field: `path digest [obsolete]` a line. */
  readonly conffiles?: string;
}

/** What a package claims, with every digest known for it, after diversions. */
export function claimsOf(
  name: string,
  sources: ClaimSources,
  diversions: ReadonlyMap<string, Diversion>,
): PackageFile[] {
  const paths = new Map<string, Claim>();
  for (const path of linesOf(sources.list ?? '')) claim(paths, path);
  for (const { hex, path } of md5sumsOf(sources.md5sums ?? '')) claim(paths, path).md5 = hex;
  for (const path of linesOf(sources.conffileList ?? '')) claim(paths, path).config = true;
  for (const line of linesOf(sources.conffiles ?? '')) readConffile(paths, line);
  const files: PackageFile[] = [];
  for (const [path, one] of paths) {
    if (path === '') continue;
    const diversion = diversions.get(path);
    const moved = diversion !== undefined && diversion.by !== name;
    if (moved) files.push({ path: toLayerPath(path), ghost: true });
    files.push({
      path: toLayerPath(moved ? diversion.to : path),
      ...(one.md5 !== undefined && { digest: { algorithm: 'md5', hex: one.md5 } }),
      ...(one.config && { config: true }),
    });
  }
  return files;
}

/** By the path they move, as `claimsOf` looks them up. */
export function byPath(diversions: readonly Diversion[]): Map<string, Diversion> {
  return new Map(diversions.map((diversion) => [withoutRoot(diversion.from), diversion]));
}

interface Claim {
  md5: string | undefined;
  config: boolean;
}

function claim(paths: Map<string, Claim>, raw: string): Claim {
  const path = withoutRoot(raw);
  const known = paths.get(path);
  if (known !== undefined) return known;
  const fresh = { md5: undefined, config: false };
  paths.set(path, fresh);
  return fresh;
}

/** `/.`, `/usr/bin/x` of lists and `usr/bin/x`, `./usr/bin/x` of checksums, as one spelling. */
function withoutRoot(path: string): string {
  if (path.startsWith('/.') && path.length === 2) return '';
  if (path.startsWith('./')) return path.slice(2);
  return path.startsWith('/') ? path.slice(1) : path;
}

const FLAGS: ReadonlySet<string> = new Set(['obsolete', 'remove-on-upgrade']);

function readConffile(paths: Map<string, Claim>, line: string): void {
  const words = line.split(' ');
  while (words.length > 2 && FLAGS.has(words.at(-1) ?? '')) words.pop();
  const digest = words.pop() ?? '';
  const path = words.join(' ');
  if (path === '') return;
  const conffile = claim(paths, path);
  conffile.config = true;
  // Not yet unpacked, the digest is the word `newconffile`.
  if (/^[0-9a-f]{32}$/.test(digest)) conffile.md5 ??= digest;
}
