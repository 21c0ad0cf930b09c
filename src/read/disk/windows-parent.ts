import { isFailure } from '../../core/failure.ts';
import type { BlockSource } from './block-source.ts';
import { type ContainerOptions, openParent } from './container.ts';
import { Unreadable } from './unreadable.ts';

/*
 * The parent of a differencing VHD or VHDX. Hyper-V notes it several times over, relative and absolute, as paths of a machine that
 * is not this one. Each is tried as a name beside the child; which disk is meant is told by the identity in it, not by the name.
 */

/** A parent noted by an image: relative to the image, or absolute on the machine that made it. */
export interface WindowsPath {
  readonly kind: 'relative' | 'absolute';
  readonly path: string;
}

/** As names beside the image, each once, the likeliest first. */
function toNames(paths: readonly WindowsPath[]): string[] {
  const slashed = paths.map(({ kind, path }) => ({ kind, path: path.replaceAll('\\', '/') }));
  const relative = slashed.filter(({ kind, path }) => kind === 'relative' && !/^(?:\/|[A-Za-z]:)/.test(path));
  const names = [
    ...relative.map(({ path }) => path.replace(/^(?:\.\/+)+/, '')),
    ...slashed.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  ];
  return [...new Set(names)].filter((name) => name !== '');
}

/**
 * Opens the parent and reports one that is not the disk the child was made over.
 * @param identify what the parent's own file says it is; it may throw Unreadable where that says nothing
 * @param expected what the child says the parent is, of which one must hold
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED; Failure NOT_FOUND and what else opening throws
 */
export async function openWindowsParent(
  source: BlockSource,
  options: ContainerOptions,
  { paths, format, expected, identify }: WindowsParent,
): Promise<BlockSource> {
  let first: unknown;
  for (const name of toNames(paths)) {
    let found: string | undefined;
    const neighbour: ContainerOptions['neighbour'] = async (wanted, from) => {
      const file = await options.neighbour(wanted, from);
      try {
        found = await identify(file);
      } catch (error) {
        if (error instanceof Unreadable) return file;
        await file.close();
        throw error;
      }
      return file;
    };
    try {
      const parent = await openParent(source, { ...options, neighbour }, name, format);
      if (found === undefined || !expected.includes(found)) {
        const message = `${source.name} was made over the disk ${expected.join(' or ')}, and ${parent.name} is ${found ?? 'none'}: what is read may never have been one disk`;
        options.flaw(new Unreadable('MALFORMED_DISK', message));
      }
      return parent;
    } catch (error) {
      const isElsewhere = error instanceof Unreadable && error.code === 'UNSUPPORTED' && found === undefined;
      if (!isElsewhere && !isFailure(error, 'NOT_FOUND')) throw error;
      first ??= error;
    }
  }
  throw (
    first ??
    new Unreadable('MALFORMED_DISK', `${source.name} is based on another disk, and does not say which`)
  );
}

interface WindowsParent {
  readonly paths: readonly WindowsPath[];
  /** As QEMU calls it. */
  readonly format: string;
  readonly expected: readonly string[];
  readonly identify: (file: BlockSource) => Promise<string>;
}
