import type { LayerPath } from '../../../../core/layer-path.ts';
import type { CpioEntry } from './cpio.ts';

/*
 * Where the files of an initramfs end up. A folder may be a link, and one file may have many names of which only the last or the first
 * has its content: `x -> etc` and `x/ld.so.preload` are `etc/ld.so.preload` too.
 */

/** A regular file or a link, at the path where the kernel puts it. */
export interface Member {
  readonly path: LayerPath;
  readonly kind: 'file' | 'symlink';
  readonly mode: number;
  readonly content: Buffer;
  /** Set where another member is the same file. */
  readonly again?: true;
}

const TYPE = 0o170000;
const REGULAR = 0o100000;
const SYMLINK = 0o120000;

/** Honest ones have 500 to 5,000. */
const MAX_MEMBERS = 50_000;
const MAX_NAME = 1024;
/** Parts of one path, those of the links on its way with them. */
const MAX_STEPS = 128;

/** @param cut told what could not be read */
export function* membersOf(entries: Iterable<CpioEntry>, cut: (what: string) => void): Generator<Member> {
  const links = new Map<string, string>();
  const shared = new Map<string, Member[]>();
  let count = 0;
  for (const { name, mode, content, inode } of entries) {
    if (++count > MAX_MEMBERS) return cut(`files of the initramfs after the first ${MAX_MEMBERS}`);
    const type = mode & TYPE;
    if (type !== REGULAR && type !== SYMLINK) continue;
    const path = name.length > MAX_NAME ? undefined : placeOf(name, links);
    if (path === undefined) {
      cut(`a file of the initramfs with a path that leads too far: ${name.slice(0, 60)}`);
      continue;
    }
    const kind = type === SYMLINK ? 'symlink' : 'file';
    if (kind === 'symlink') links.set(path, content.toString('latin1', 0, MAX_NAME));
    else links.delete(path);
    const member: Member = { path, kind, mode: mode & 0o7777, content };
    if (inode === undefined || kind === 'symlink') yield member;
    else if (shared.has(inode)) shared.get(inode)?.push(member);
    else shared.set(inode, [member]);
  }
  for (const names of shared.values()) yield* withContent(names);
}

/** Each name with the content that any of them brought; two contents are two files to look at. */
function* withContent(names: readonly Member[]): Generator<Member> {
  const full = names.filter(({ content }) => content.length > 0);
  const [first] = full;
  yield* full;
  for (const member of names)
    if (member.content.length === 0)
      yield first === undefined ? member : { ...member, content: first.content, again: true };
}

/** Undefined when it takes too many steps. The last part is not followed. */
function placeOf(name: string, links: ReadonlyMap<string, string>): LayerPath | undefined {
  const ahead = name.split('/').reverse();
  let path = '';
  for (let steps = 0; ahead.length > 0; steps++) {
    if (steps === MAX_STEPS) return undefined;
    const part = ahead.pop();
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      path = folderOf(path);
      continue;
    }
    const next = path === '' ? part : `${path}/${part}`;
    const target = isLast(ahead) ? undefined : links.get(next);
    if (target === undefined) path = next;
    else {
      if (target.startsWith('/')) path = '';
      ahead.push(...target.split('/').reverse());
    }
  }
  return path as LayerPath;
}

function isLast(ahead: readonly string[]): boolean {
  return ahead.every((part) => part === '' || part === '.');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
