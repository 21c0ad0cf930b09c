import { toPrintable } from '../../core/printable.ts';
import type { LayerRef } from '../../core/problem.ts';
import { shortDigest } from '../place.ts';
import { fit } from './style.ts';

/** `layer 2 (3fa9c1d2e4b5), made by: COPY app /app`. */
export function layerOf({ index, digest, instruction }: LayerRef, width: number): string {
  const name = `layer ${index} (${shortDigest(digest)})`;
  if (instruction === undefined || instruction === '') return name;
  const words = ', made by: ';
  // Escapes make text longer: it is cut after them, and before them too, for it may be megabytes.
  return `${name}${words}${fit(toPrintable(instruction, 1000), Math.max(20, width - name.length - words.length))}`;
}
