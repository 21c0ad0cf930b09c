import type { FindingLocation } from '../core/finding.ts';
import { toPrintable } from '../core/printable.ts';

/** `/etc/passwd:3`, `config Env.LD_PRELOAD`; safe to show. */
export function placeOf({ path, line, offset, config }: FindingLocation, limit = 1000): string {
  if (path === undefined) return config === undefined ? 'the image' : `config ${toPrintable(config, limit)}`;
  const spot = line !== undefined ? `:${line}` : offset !== undefined ? ` at byte ${offset}` : '';
  return `/${toPrintable(path, limit)}${spot}`;
}

/** That a later layer hides the file, in words. */
export function hiddenIn({ hidden }: FindingLocation): string | undefined {
  return hidden === undefined
    ? undefined
    : `${hidden.by} in layer ${hidden.layer.index}, but still in the image`;
}

/** The first twelve hex digits of a digest, as engines show it. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}
