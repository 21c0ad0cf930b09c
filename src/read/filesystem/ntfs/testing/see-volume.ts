import assert from 'node:assert/strict';
import { memoryDisk, unreadable } from '../../../testing/memory-disk.ts';
import { walk } from '../../walk.ts';
import { ntfsDriver } from '../index.ts';
import { CLUSTER, type FileSpec, NtfsBuilder } from './ntfs-builder.ts';
import { indexBlock, indexRoot, lastEntry, nonResident, resident } from './ntfs-parts.ts';

/* A built volume, and all that the reader sees of it. */

export interface Seen {
  readonly flaws: string[];
  readonly label: string | undefined;
  readonly uuid: string | undefined;
  /** Content, or target of a link after `-> `, or `/` for a folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly problems: string[];
  readonly modes: Readonly<Record<string, number>>;
}

export async function see(disk: Buffer): Promise<Seen> {
  const source = memoryDisk(disk);
  const fileSystem = await ntfsDriver.open(source);
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const problems: string[] = [];
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (step.kind === 'problem') {
      problems.push(`${step.problem.code} ${step.problem.path}: ${step.problem.message}`);
      continue;
    }
    const { record, node } = step;
    modes[record.path] = record.mode;
    if (record.kind === 'directory') files[record.path] = '/';
    else if (record.kind === 'symlink' || record.kind === 'hardlink')
      files[record.path] = `-> ${record.link}`;
    else if (record.kind !== 'file') files[record.path] = record.kind;
    else if (node.size > 2 ** 20) files[record.path] = `${node.size} bytes`;
    else {
      const failed = await unreadable(async () => {
        files[record.path] = shorten((await node.read(0, node.size)).toString('latin1'));
      });
      if (failed !== undefined) files[record.path] = failed.code;
    }
  }
  const { label, uuid } = fileSystem;
  return { flaws: fileSystem.flaws.map(({ message }) => message), label, uuid, files, problems, modes };
}

/** Long runs of one character, as their length: `x×4096`. */
export function shorten(text: string): string {
  return text.replace(/(.)\1{20,}/gs, (run, character) => `${character}×${run.length} `);
}

/** Files of the root, one record each from 24 on, beside the boot code. */
export function volume(...files: readonly Partial<FileSpec>[]): NtfsBuilder {
  const builder = new NtfsBuilder();
  files.forEach((file, index) => {
    builder.file({ record: 24 + index, names: [[5, `file${index}`]], ...file });
  });
  return builder;
}

export async function seeRoot(builder: NtfsBuilder): Promise<Pick<Seen, 'files' | 'problems'>> {
  const { files, problems } = await see(builder.build());
  const { $Boot: boot, ...others } = files;
  assert.equal(boot, 'boot code');
  return { files: others, problems };
}

/** A folder whose names are in blocks. */
export function inBlocks(
  blocks: readonly (readonly Buffer[])[],
  {
    top = 0,
    bitmap = 0,
    size = 1024,
    place = (index: number) => index,
  }: {
    top?: number;
    bitmap?: number;
    size?: number;
    place?: (index: number) => number;
  } = {},
): NtfsBuilder {
  const builder = volume({ names: [[20, 'one']] }, { names: [[20, 'two']] });
  const unit = size / CLUSTER;
  const bytes = Buffer.concat(blocks.map((entries, index) => indexBlock(entries, place(index) * unit, size)));
  return builder.file({
    record: 20,
    names: [[5, 'folder']],
    isFolder: true,
    attributes: [
      indexRoot([lastEntry(top * unit)], size),
      nonResident(0xa0, [builder.store(bytes)], { name: '$I30', size: bytes.length }),
      resident(0xb0, Buffer.from([bitmap]), { name: '$I30' }),
    ],
  });
}
