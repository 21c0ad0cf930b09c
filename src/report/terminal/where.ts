import { toPrintable } from '../../core/printable.ts';
import type { LayerRef } from '../../core/problem.ts';
import { layerName, shortDigest, volumeFacts } from '../place.ts';
import { fit } from './style.ts';

/** `layer 2 (3fa9c1d2e4b5), made by: COPY app /app`; `partition 1 (ext4, mounted at /)`. */
export function layerOf(layer: LayerRef, width: number): string {
  const { digest, instruction } = layer;
  const facts = volumeFacts(layer);
  if (facts !== undefined) return fit(`${layerName(layer)} (${facts})`, width);
  const name = `${layerName(layer)} (${shortDigest(digest)})`;
  if (instruction === undefined || instruction === '') return name;
  const words = ', made by: ';
  // Escapes make text longer: it is cut after them, and before them too, for it may be megabytes.
  return `${name}${words}${fit(toPrintable(instruction, 1000), Math.max(20, width - name.length - words.length))}`;
}
