import type { BigIntStats } from 'node:fs';
import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import type { Problem } from '../../core/problem.ts';
import { errorCode } from '../archive/local-file.ts';
import { decodeName } from '../unpack/tar-text.ts';

/*
 * Walks a folder as the root of a file system, without ever following a symlink.
 *
 * Synchronous on purpose: an `lstat` takes 2 microseconds, the round trip through Node's thread pool 30, and a root
 * file system has 100,000 files. Whoever consumes the walk awaits in between, so that signals get through.
 */

/** One thing found: a path relative to the root, raw, as Linux file names are bytes. */
export interface Found {
  readonly path: Buffer;
  readonly stats: BigIntStats;
}

export type Step =
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'problem'; readonly problem: Problem };

const SLASH = Buffer.from('/');

/** Depth first, each folder's names in byte order, so that two walks of an unchanged folder are the same. */
export function* walk(root: Buffer, pathLength: number): Generator<Step> {
  // Folders still to be listed, each with the device it is on; the last is next.
  const pending: { path: Buffer; device: bigint }[] = [
    { path: Buffer.alloc(0), device: lstatSync(absolute(root, Buffer.alloc(0)), BIG).dev },
  ];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const children: typeof pending = [];
    for (const name of list(root, folder.path)) {
      if (!Buffer.isBuffer(name)) {
        yield { kind: 'problem', problem: name };
        continue;
      }
      const path = folder.path.length === 0 ? name : Buffer.concat([folder.path, SLASH, name]);
      if (path.length > pathLength) {
        yield step('LIMIT_PATH', 'incomplete', path, `is longer than ${pathLength} bytes and was not read`);
        continue;
      }
      const stats = inspect(root, path);
      if (!('dev' in stats)) yield { kind: 'problem', problem: stats };
      else if (stats.isDirectory() && stats.dev !== folder.device && isPseudo(root, path))
        yield step(
          'UNSUPPORTED',
          'notice',
          path,
          'is a file system of the running kernel, and was passed over',
        );
      else {
        yield { kind: 'found', found: { path, stats } };
        if (stats.isDirectory()) children.push({ path, device: stats.dev });
      }
    }
    pending.push(...children.reverse());
  }
}

const BIG = { bigint: true } as const;

/** @param root without a slash at its end; empty for the machine's own root */
export function absolute(root: Buffer, path: Buffer): Buffer {
  if (path.length > 0) return Buffer.concat([root, SLASH, path]);
  return root.length > 0 ? root : SLASH;
}

function list(root: Buffer, path: Buffer): (Buffer | Problem)[] {
  try {
    return readdirSync(absolute(root, path), { encoding: 'buffer' }).sort(Buffer.compare);
  } catch (error) {
    return [unreadable(path, error)];
  }
}

function inspect(root: Buffer, path: Buffer): BigIntStats | Problem {
  try {
    return lstatSync(absolute(root, path), BIG);
  } catch (error) {
    return unreadable(path, error);
  }
}

export function unreadable(path: Buffer, error: unknown): Problem {
  const code = errorCode(error) ?? 'unknown';
  if (code === 'EACCES' || code === 'EPERM')
    return toProblem('NO_PERMISSION', 'incomplete', path, 'may not be read by this user');
  if (code === 'SWAPPED' || code === 'ELOOP')
    return toProblem('PATH_ESCAPE', 'incomplete', path, 'was swapped for something else while it was read');
  return toProblem('TRUNCATED', 'incomplete', path, `could not be read (${code})`);
}

/** @param what goes on from the path: `is longer than …` */
export function toProblem(
  code: Problem['code'],
  effect: Problem['effect'],
  path: Buffer,
  what: string,
): Problem {
  const name = decodeName(path);
  return { code, effect, message: `${JSON.stringify(name.slice(0, 200))} ${what}`, path: name };
}

function step(...problem: Parameters<typeof toProblem>): Step {
  return { kind: 'problem', problem: toProblem(...problem) };
}

/** Linux statfs(2) magics of file systems without files: proc, sysfs, cgroups, devpts, and what is mounted in sysfs. */
const PSEUDO: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11,
  0x6165676c, 0x19800202, 0x62656570, 0x65735543, 0x42494e4d, 0xf97cff8c, 0xde5e81e4,
]);

function isPseudo(root: Buffer, path: Buffer): boolean {
  try {
    return PSEUDO.has(statfsSync(absolute(root, path)).type >>> 0);
  } catch {
    return false;
  }
}
