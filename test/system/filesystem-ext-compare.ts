import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem, Node } from '../../src/read/filesystem/contract.ts';

/* A file system held against a folder, file by file. */

/** Compares all that a folder has with what the file system has. */
export async function compare(
  fileSystem: FileSystem,
  folder: string,
  has = { attributes: true },
): Promise<void> {
  const found = await flatten(fileSystem);
  const expected = listTree(folder, '');
  found.delete('lost+found');
  assert.deepEqual([...found.keys()].sort(), [...expected].sort());
  const attributes = has.attributes ? allAttributes(folder) : new Map<string, Record<string, string>>();
  for (const path of expected) {
    const node = found.get(path);
    assert.ok(node, path);
    await compareNode(node, join(folder, path), path, attributes.get(path) ?? {});
  }
  const hard = found.get('links/hard');
  if (hard !== undefined) assert.equal(hard.id, found.get('sizes/600')?.id);
}

async function compareNode(
  node: Node,
  place: string,
  path: string,
  attributes: Record<string, string>,
): Promise<void> {
  const stats = lstatSync(place);
  assert.deepEqual(node.flaws, [], path);
  assert.equal(node.kind, kindOf(stats), path);
  assert.deepEqual([node.mode, node.uid, node.gid], [stats.mode & 0o7777, stats.uid, stats.gid], path);
  assert.equal(node.mtime, Math.floor(stats.mtimeMs / 1000), path);
  if (node.kind !== 'directory') assert.equal(node.names, stats.nlink, path);
  assert.deepEqual({ ...node.xattrs }, attributes, path);
  if (node.kind === 'symlink') assert.equal(node.target?.toString(), readlinkSync(place), path);
  if (node.kind !== 'file') return;
  assert.equal(node.size, stats.size, path);
  const wanted = readFileSync(place);
  for (let at = 0; at < node.size; at += 2 ** 20) {
    const length = Math.min(2 ** 20, node.size - at);
    assert.ok(wanted.subarray(at, at + length).equals(await node.read(at, length)), `${path} at ${at}`);
  }
  if (node.size > 10) assert.ok(wanted.subarray(7, 10).equals(await node.read(7, 3)), path);
}

export async function flatten(fileSystem: FileSystem): Promise<Map<string, Node>> {
  const found = new Map<string, Node>();
  const folders: [string, Node][] = [['', await fileSystem.root()]];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const [path, folder] = next;
    for await (const listed of fileSystem.list(folder)) {
      assert.ok(listed.kind === 'name', listed.kind === 'flaw' ? listed.flaw.message : '');
      const node = await listed.open();
      assert.equal(node.id, listed.id);
      const below = path === '' ? listed.name.toString() : `${path}/${listed.name.toString()}`;
      assert.ok(!found.has(below), `${below} twice`);
      found.set(below, node);
      if (node.kind === 'directory') folders.push([below, node]);
    }
  }
  return found;
}

function listTree(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === 'lost+found') return [];
    return entry.isDirectory() ? [path, ...listTree(folder, path)] : [path];
  });
}

function kindOf(stats: ReturnType<typeof lstatSync>): string {
  if (stats === undefined) return 'nothing';
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isBlockDevice() ? 'block' : 'fifo';
}

function allAttributes(folder: string): Map<string, Record<string, string>> {
  const text = execFileSync('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
  const all = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.toString().split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      current = {};
      all.set(unquoted(file), current);
      continue;
    }
    const [, name, value] = /^([^=]+)=?(?:0x)?(.*)$/.exec(line) ?? [];
    if (name !== undefined) current[name] = Buffer.from(value ?? '', 'hex').toString('latin1');
  }
  return all;
}

/** getfattr writes odd bytes as octal numbers. */
function unquoted(name: string): string {
  const bytes = name.replace(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
