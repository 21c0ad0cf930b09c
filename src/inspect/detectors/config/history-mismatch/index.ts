import type { FileRecord } from '../../../../core/file.ts';
import type { HistoryEntry } from '../../../../core/image.ts';
import type { Detector, FileTree, FindingDraft, ImageView, LayerView } from '../../../contract.ts';

/*
 * History is a story that whoever builds the image tells; nothing ties it to the layers but their number. So a story
 * of another length was edited, or layers were put in without one. No history at all is honest: several tools write
 * none.
 *
 * One line of it can be held against the contents safely: a COPY or ADD of BuildKit or Docker puts files at its
 * destination and nowhere else, so a layer that says it copies /app and holds /usr/sbin/sshd does not do what it says.
 * What else a tool may add on its own (parents, mount points, resolver files) does not count. Other tools record the
 * whole file system after a step, so their lines are left alone.
 */

const COUNT = 'config/history-count';
const CONTENTS = 'config/history-contents';

export const historyMismatch: Detector = {
  id: 'config/history-mismatch',
  rules: [
    {
      id: COUNT,
      tier: 'review',
      title: 'The history tells of another number of layers than there are',
      remedy: 'Rebuild the image from its sources; find out who added or removed layers without saying so.',
      attack: ['T1525', 'T1070'],
      controls: ['CCC-04', 'TVM-06', 'STA-08'],
      references: [
        'https://attack.mitre.org/techniques/T1525/',
        'https://github.com/opencontainers/image-spec/blob/main/config.md',
      ],
    },
    {
      id: CONTENTS,
      tier: 'review',
      title: 'A layer holds files that its line of history does not account for',
      remedy:
        'Compare the layer with a build from the sources; the extra files were put in by something else.',
      attack: ['T1525', 'T1036'],
      controls: ['CCC-04', 'TVM-06', 'STA-08'],
      references: [
        'https://attack.mitre.org/techniques/T1525/',
        'https://docs.docker.com/reference/dockerfile/#copy',
      ],
    },
  ],
  *judge(image) {
    const { history } = image.config;
    const claimed = history.filter((entry) => !entry.emptyLayer);
    if (history.length === 0) return;
    if (claimed.length !== image.layers.length) {
      const evidence = `history has ${claimed.length} entries that made a layer, the image has ${image.layers.length} layers`;
      yield { rule: COUNT, config: 'history', evidence };
      return;
    }
    yield* draftsOfContents(image, history);
  },
};

function* draftsOfContents(image: ImageView, history: readonly HistoryEntry[]): Iterable<FindingDraft> {
  let workingDir = '/';
  let index = 0;
  for (const entry of history) {
    workingDir = /(?:^|#\(nop\)\s{1,4})WORKDIR\s{1,4}(\/\S*)/.exec(entry.createdBy)?.[1] ?? workingDir;
    if (entry.emptyLayer) continue;
    const layer = image.layers[index];
    const destination = destinationOf(entry, workingDir);
    if (layer !== undefined && destination !== undefined)
      yield* strayFiles(layer, image.treeAt(index), destination, index);
    index++;
  }
}

function* strayFiles(
  layer: LayerView,
  tree: FileTree,
  destination: string,
  index: number,
): Iterable<FindingDraft> {
  const resolved = tree.resolve(destination)?.record.path ?? destination;
  const allowed = new Set([
    destination,
    tree.canonical(destination),
    resolved,
    tree.canonical(`${destination}/.x`).slice(0, -3),
  ]);
  if (allowed.has('')) return;
  const strays: FileRecord[] = [];
  for (const file of layer.files.values()) {
    if (
      isProgramLike(file) &&
      ![...allowed].some((place) => file.path === place || file.path.startsWith(`${place}/`))
    )
      strays.push(file);
    if (strays.length > 1) break;
  }
  const [stray] = strays;
  if (stray === undefined) return;
  const evidence = `history says the layer copies to /${destination}, it also holds ${stray.path}${strays.length > 1 ? ' and more' : ''}`;
  yield { rule: CONTENTS, layer: index, path: stray.path, evidence };
}

function isProgramLike({ kind, size, path }: FileRecord): boolean {
  return (
    kind === 'file' &&
    size > 0 &&
    !/^(?:etc\/(?:hosts|hostname|resolv\.conf|mtab)|(?:dev|proc|sys|run)\/.*|\.dockerenv)$/.test(path)
  );
}

/** Where a COPY or ADD line of Docker or BuildKit puts files, without a leading slash; undefined for any other line. */
function destinationOf({ createdBy, comment }: HistoryEntry, workingDir: string): string | undefined {
  const written =
    comment === 'buildkit.dockerfile.v0'
      ? /^(?:COPY|ADD)\s[^\n]*?\s(\S{1,400})\s# buildkit$/.exec(createdBy)?.[1]
      : /#\(nop\)\s{1,4}(?:COPY|ADD)\s(?:file|dir|multi):[0-9a-f]{64}\sin\s(\S{1,400})\s*$/.exec(
          createdBy,
        )?.[1];
  if (written === undefined || /[$*?[\]"'\\]/.test(written)) return undefined;
  const path = written.startsWith('/') ? written : `${workingDir}/${written}`;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}
