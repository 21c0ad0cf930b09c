import type { BlockSource } from '../../disk/block-source.ts';
import type { Geometry } from './boot-sector.ts';

/** Where clusters are read from, and how large they are. */
export interface Volume {
  readonly source: BlockSource;
  readonly geometry: Geometry;
}
