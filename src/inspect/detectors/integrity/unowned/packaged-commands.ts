import type { FileRecord } from '../../../../core/file.ts';
import { baseNameOf, type LayerPath, parentOf } from '../../../../core/layer-path.ts';
import type { ImageView } from '../../../contract.ts';
import { isProgram, SYSTEM_COMMAND } from '../programs.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Fewer packaged commands than this do not make a distribution that one can be a stranger in. */
const MIN_PACKAGED = 5;

/** Commands that packages of the finished image own: base name to path, folder links resolved. */
export function commandsOfPackages(image: ImageView): Map<string, LayerPath> {
  const commands = new Map<string, LayerPath>();
  for (const { files } of image.packages) {
    for (const { path } of files)
      if (SYSTEM_COMMAND.test(path)) commands.set(baseNameOf(path), image.final.canonical(path));
  }
  return commands;
}

/**
 * True when the package database speaks for the commands of the image: at least half of them are owned. Where it does
 * not (distroless, file lists deleted, hand-made images) everything would be unowned, which says nothing about one file.
 */
export function describesCommands(image: ImageView): boolean {
  let owned = 0;
  let others = 0;
  for (const { record } of image.final.entries()) {
    if (!SYSTEM_COMMAND.test(record.path) || !isProgram(record)) continue;
    if (image.owner(record.path) === undefined) others++;
    else owned++;
  }
  return owned >= MIN_PACKAGED && owned >= others;
}

/** The program that `record` is or hard-links to: an ELF file or a script. Symlinks are pointers, not programs. */
export function programAt(image: ImageView, layer: number, record: FileRecord): FileRecord | undefined {
  const entry = record.kind === 'hardlink' ? image.treeAt(layer).resolve(record.path)?.record : record;
  if (entry?.kind !== 'file' || (entry.content !== 'elf' && entry.content !== 'script')) return undefined;
  if (entry !== record && image.owner(entry.path, layer) !== undefined) return undefined;
  return entry;
}

/** The folders of the image's PATH, in order, folder links resolved. */
export function searchOrder(image: ImageView): readonly string[] {
  const variable = image.config.env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
  return (variable ?? DEFAULT_PATH)
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => parentOf(image.final.canonical(`${folder}/.x`)));
}
