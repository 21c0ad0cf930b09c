import type { Digest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { HistoryEntry } from '../../core/image.ts';
import type { LayerRef } from '../../core/problem.ts';

const LINE_LENGTH = 500;

/**
 * Names the layers of an image: each blob with its diff id and the history line that made it.
 *
 * @param digests of the blobs as stored, from the base up
 * @throws Failure MALFORMED when the config counts other layers than the manifest
 */
export function toLayerRefs(
  digests: readonly Digest[],
  diffIds: readonly Digest[],
  history: readonly HistoryEntry[],
): LayerRef[] {
  if (digests.length !== diffIds.length)
    throw new Failure(
      'MALFORMED',
      `the manifest has ${digests.length} layers but the config has diff ids for ${diffIds.length}: they do not belong together`,
    );
  const makers = history.filter((entry) => !entry.emptyLayer);
  // The history is free text by whoever built the image: where the counts differ, no line can be matched.
  const matched = makers.length === digests.length;
  return diffIds.map((diffId, index) => {
    const instruction = matched ? toInstruction(makers[index]) : undefined;
    const digest = digests[index] ?? diffId;
    return { index, digest, diffId, ...(instruction === undefined ? {} : { instruction }) };
  });
}

/** `/bin/sh -c #(nop)  CMD ["sh"]` reads `CMD ["sh"]`. */
function toInstruction(entry: HistoryEntry | undefined): string | undefined {
  const line = (entry?.createdBy ?? '').slice(0, LINE_LENGTH).trim();
  const bare = line.replace(/^\/bin\/sh -c #\(nop\)\s{0,8}/, '');
  return bare === '' ? undefined : bare;
}
