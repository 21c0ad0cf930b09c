import type { FindingLocation } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import type { LayerRef } from '../../core/problem.ts';

/** `/etc/passwd:3`, `config Env.LD_PRELOAD`. */
export function placeOf({ path, line, offset, config }: FindingLocation): string {
  if (path === undefined) return config === undefined ? 'the image' : `config ${toPrintable(config)}`;
  const spot = line !== undefined ? `:${line}` : offset !== undefined ? ` at byte ${offset}` : '';
  return `/${toPrintable(path)}${spot}`;
}

/** `layer 2 (3fa9c1d2e4b5), made by: COPY app /app`. */
export function layerOf({ index, digest, instruction }: LayerRef, width: number): string {
  const name = `layer ${index} (${digest.slice(digest.indexOf(':') + 1).slice(0, 12)})`;
  if (instruction === undefined || instruction === '') return name;
  return `${name}, made by: ${toPrintable(instruction, Math.max(30, width - name.length - 12))}`;
}

export function hiddenIn({ hidden }: FindingLocation): string | undefined {
  return hidden === undefined
    ? undefined
    : `${hidden.by} in layer ${hidden.layer.index}, but still in the image`;
}
