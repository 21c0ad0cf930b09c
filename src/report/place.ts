import type { FindingLocation } from '../core/finding.ts';
import { toPrintable } from '../core/printable.ts';
import type { LayerRef } from '../core/problem.ts';

/** `/etc/passwd:3`, `config Env.LD_PRELOAD`; safe to show. */
export function placeOf({ path, line, offset, config }: FindingLocation, limit = 1000): string {
  if (path === undefined) return config === undefined ? 'the image' : `config ${toPrintable(config, limit)}`;
  const spot = line !== undefined ? `:${line}` : offset !== undefined ? ` at byte ${offset}` : '';
  return `/${toPrintable(path, limit)}${spot}`;
}

/** `layer 3`, or of a machine image its volume: `partition 1`. */
export function layerName({ index, volume }: LayerRef): string {
  return volume === undefined ? `layer ${index}` : toPrintable(volume.name, 200);
}

/** `ext4 "cloudimg-rootfs", mounted at /`: what a volume is; undefined for a layer. */
export function volumeFacts({ volume }: LayerRef): string | undefined {
  if (volume === undefined) return undefined;
  const { fileSystem = 'no file system', label, mount } = volume;
  const named = label === undefined ? fileSystem : `${fileSystem} "${toPrintable(label, 60)}"`;
  return `${named}, ${mount === undefined ? 'mounted by nothing' : `mounted at /${toPrintable(mount, 200)}`}`;
}

/** That a later layer hides the file, in words. */
export function hiddenIn({ hidden }: FindingLocation): string | undefined {
  return hidden === undefined
    ? undefined
    : `${hidden.by} in ${layerName(hidden.layer)}, but still in the image`;
}

/** The first twelve hex digits of a digest, as engines show it. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}
