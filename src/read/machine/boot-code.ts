import type { LayerSink, LayerSource, LayerSummary } from '../../core/image.ts';
import { toLayerPath } from '../../core/layer-path.ts';
import type { LayerRef } from '../../core/problem.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { PIECE } from '../filesystem/content.ts';
import type { Volume } from '../partition/contract.ts';

/** What boots before there is a file system is not that large: beyond it, something else is kept there. */
const MOST = 64 * 2 ** 20;

/** Code outside of file systems as one file in a tree of its own, so that whoever looks at programs looks at it too. */
export function toBootCodeLayer({ name, source }: Volume, ref: LayerRef, tree: number): LayerSource {
  const path = toLayerPath(`${name.replaceAll('/', '-')}.bin`);
  const size = Math.min(source.size, MOST);
  const record = { path, kind: 'file' as const, mode: 0o644, uid: 0, gid: 0, size, mtime: 0 };
  const read = async (sink: LayerSink): Promise<LayerSummary> => {
    const problems = [];
    if (source.size > MOST) {
      const message = `boot code of ${source.size} bytes: only the first ${MOST} were read`;
      problems.push(toProblem(new Unreadable('LIMIT_BYTES', message), path));
    }
    const content = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < size; at += PIECE) yield await source.read(at, Math.min(PIECE, size - at));
    };
    try {
      await sink.file(record, content());
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(toProblem(error, path));
    }
    return { bytes: size, problems };
  };
  return { ref, tree, cacheable: false, read };
}
