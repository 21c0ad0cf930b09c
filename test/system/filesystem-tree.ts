import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileRecord } from '../../src/core/file.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem, FileSystemDriver } from '../../src/read/filesystem/contract.ts';
import { walk } from '../../src/read/filesystem/walk.ts';

/* What a file system made by its own tools holds, and what the folder it was made from does, in the same words. */

/** One entry, as both sides can tell it. */
export interface Entry extends Omit<FileRecord, 'path' | 'content'> {
  /** SHA-256 of the content. */
  readonly content?: string;
}

export interface Tree {
  readonly fileSystem: FileSystem;
  readonly root: Entry;
  readonly entries: ReadonlyMap<string, Entry>;
  /** `CODE path: message` */
  readonly problems: readonly string[];
}

/** Everything in an image, every byte of content read. */
export async function readTree(driver: FileSystemDriver, image: string): Promise<Tree> {
  const source = LocalDisk.open(image, { follow: false });
  try {
    if (!driver.probe(await source.read(0, Math.min(source.size, 128 * 1024))))
      throw new Error(`${driver.name} does not know ${image}`);
    const fileSystem = await driver.open(source);
    const root = await fileSystem.root();
    const entries = new Map<string, Entry>();
    const problems = fileSystem.flaws.map(({ code, message }) => `${code}: ${message}`);
    for await (const step of walk(fileSystem, root, { mount: '', pathLength: 4096 })) {
      if (step.kind === 'problem') {
        problems.push(`${step.problem.code} ${step.problem.path ?? ''}: ${step.problem.message}`);
        continue;
      }
      const { path, ...record } = step.record;
      if (record.kind !== 'file') entries.set(path, record);
      else {
        const hash = createHash('sha256');
        for await (const piece of contentOf(step.node, new AbortController().signal)) hash.update(piece);
        entries.set(path, { ...record, content: hash.digest('hex') });
      }
    }
    const { kind, mode, uid, gid, size, mtime } = root;
    return { fileSystem, root: { kind, mode, uid, gid, size, mtime }, entries, problems };
  } finally {
    await source.close();
  }
}

/** A folder of this machine. Names that are hard links are plain files here: see `withoutLinks`. */
export function describeFolder(folder: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const xattrs = readXattrs(folder);
  const visit = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const own = xattrs.get(path);
      const entry = describeEntry(join(folder, path));
      entries.set(path, own === undefined ? entry : { ...entry, xattrs: own });
      if (entry.kind === 'directory') visit(path);
    }
  };
  visit('');
  return entries;
}

/** Each hard link as the file that it is. */
export function withoutLinks(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map(
    [...entries].map(([path, entry]) => {
      const first = entry.kind === 'hardlink' ? entries.get(entry.link ?? '') : undefined;
      return [path, first ?? entry];
    }),
  );
}

function describeEntry(path: string): Entry {
  const stats = lstatSync(path);
  const record = {
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: 0,
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
  if (stats.isSymbolicLink()) return { ...record, kind: 'symlink', link: readlinkSync(path) };
  if (stats.isDirectory()) return { ...record, kind: 'directory' };
  if (stats.isCharacterDevice()) return { ...record, kind: 'character' };
  if (stats.isBlockDevice()) return { ...record, kind: 'block' };
  if (!stats.isFile()) return { ...record, kind: 'fifo' };
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { ...record, kind: 'file', size: stats.size, content };
}

/** Of all paths at once: a process for each would take longer than all else. */
function readXattrs(folder: string): Map<string, Record<string, string>> {
  const { stdout } = spawnSync('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  });
  const found = new Map<string, Record<string, string>>();
  let own: Record<string, string> = {};
  for (const line of String(stdout ?? '').split('\n')) {
    const path = /^# file: (?:\.\/)?(.*)$/.exec(line)?.[1];
    const [, name, value] = /^([^#=]+)=0x(.*)$/.exec(line) ?? [];
    if (path !== undefined) {
      own = {};
      found.set(path, own);
    }
    if (name !== undefined) own[name] = Buffer.from(value ?? '', 'hex').toString('latin1');
  }
  return found;
}

/** Whether a program is there to be run. */
export function has(program: string): boolean {
  const paths = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  return (
    spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: paths } }).status === 0
  );
}
