import type { FileRecord } from '../../../../core/file.ts';
import { baseNameOf, type LayerPath, parentOf } from '../../../../core/layer-path.ts';
import type { FindingDraft, ImageView } from '../../../contract.ts';
import { isCore, SYSTEM_COMMAND } from '../programs.ts';
import { programAt, searchOrder } from './packaged-commands.ts';
import { SHADOWING } from './rules.ts';

const SHOWN = 6;

/**
 * Programs of no package in a folder that PATH names before a packaged command of the same name. Language images do
 * this with python or gcc on purpose, and version managers with dozens: one note a folder. A shell, a login program or
 * what people look at a system with is for a person to judge.
 */
export function* shadowsIn(
  image: ImageView,
  commands: ReadonlyMap<string, LayerPath>,
): Generator<FindingDraft> {
  const order = searchOrder(image);
  for (const [layer, { files }] of image.layers.entries()) {
    const ordinary = new Map<LayerPath, string[]>();
    for (const record of files.values()) {
      const { path } = record;
      const shadowed = SYSTEM_COMMAND.test(path) ? undefined : commands.get(baseNameOf(path));
      if (shadowed === undefined || !isBefore(order, image.treeAt(layer).canonical(path), shadowed)) continue;
      if (!isStranger(image, layer, record)) continue;
      const name = baseNameOf(path);
      if (isCore(name)) yield { rule: SHADOWING, layer, path, evidence: `runs in place of ${shadowed}` };
      else ordinary.set(parentOf(path), [...(ordinary.get(parentOf(path)) ?? []), name]);
    }
    for (const [folder, names] of ordinary) {
      const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
      const evidence = `run in place of packaged ones: ${names.slice(0, SHOWN).join(', ')}${more}`;
      yield { rule: SHADOWING, tier: 'note', layer, path: folder, evidence };
    }
  }
}

function isBefore(order: readonly string[], path: LayerPath, shadowed: LayerPath): boolean {
  const own = order.indexOf(parentOf(path));
  if (own < 0) return false;
  const other = order.indexOf(parentOf(shadowed));
  return other < 0 || own < other;
}

function isStranger(image: ImageView, layer: number, record: FileRecord): boolean {
  if (record.kind !== 'symlink')
    return programAt(image, layer, record) !== undefined && !image.everOwned(record.path);
  const target = image.treeAt(layer).resolve(record.path)?.record;
  if (target === undefined || programAt(image, layer, target) === undefined) return false;
  return image.owner(target.path, layer) === undefined && !image.everOwned(record.path);
}
