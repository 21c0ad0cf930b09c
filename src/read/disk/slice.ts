import type { BlockSource } from './block-source.ts';
import { requireInside } from './bounded.ts';

/** A part of a source as a source of its own: a partition of a disk. It does not own what it is cut from: closing it does nothing. */
export function slice(source: BlockSource, offset: number, size: number, name: string): BlockSource {
  const part: BlockSource = {
    name,
    size,
    ...(source.sectorSize !== undefined && { sectorSize: source.sectorSize }),
    async read(at, length) {
      requireInside(part, at, length);
      return source.read(offset + at, length);
    },
    async close() {},
  };
  return part;
}
