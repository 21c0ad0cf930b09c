/** A document in YAML or JSON, as far as look-ups need it. */
export type Tree = MapTree | ListTree | TextTree | OtherTree;

export interface MapTree {
  readonly kind: 'map';
  readonly line: number;
  /** In order; a key may stand there twice. */
  readonly entries: readonly (readonly [key: string, value: Tree])[];
}

interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
}

/** A string or a number, as written. */
interface TextTree {
  readonly kind: 'text';
  readonly text: string;
}

/** True, or what says nothing: null, false, an alias, a tag that computes. */
interface OtherTree {
  readonly kind: 'true' | 'empty' | 'computed';
}

export const TRUE: OtherTree = { kind: 'true' };
export const EMPTY: OtherTree = { kind: 'empty' };
export const COMPUTES: OtherTree = { kind: 'computed' };

/** Deeper than anything that people or tools write. */
export const MAX_DEPTH = 100;

/** What stands under a key, of several spellings; the last one, as parsers take it. */
export function field({ entries }: MapTree, ...names: readonly string[]): Tree | undefined {
  return entries.findLast(([key]) => names.includes(key))?.[1];
}

/** A text under a key; undefined where there is none. */
export function textOf(map: MapTree, ...names: readonly string[]): string | undefined {
  const found = field(map, ...names);
  return found?.kind === 'text' ? found.text : undefined;
}
