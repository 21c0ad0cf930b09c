import { elfOf } from '../../../content/elf/elf-of.ts';
import type { Detector } from '../../../contract.ts';
import { isInDependencyTree } from '../places.ts';

const RULE = 'binaries/runpath';
/** Evidence needs no more; a search path may be thousands of folders. */
const MAX_FOLDERS = 8;
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm|run|var\/run)(?:\/|$)/;
/** Expanded by the loader (ld.so(8), "Dynamic string tokens"), so not relative to the working folder. */
const TOKEN = /^\$(?:ORIGIN|\{ORIGIN\}|LIB|\{LIB\}|PLATFORM|\{PLATFORM\})(?:\/|$)/;

interface SearchPath {
  readonly kind: 'RPATH' | 'RUNPATH';
  readonly folders: readonly string[];
}

export const runpath: Detector<SearchPath> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A program loads libraries from a writable or relative folder',
      remedy: 'Relink it without that search path, or remove the path with patchelf or chrpath.',
      attack: ['T1574.006'],
      controls: ['TVM-07', 'AIS-04'],
      references: [
        'https://man7.org/linux/man-pages/man8/ld.so.8.html',
        'https://cwe.mitre.org/data/definitions/426.html',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 2,
    wants: [{ content: ['elf'] }],
    *examine(file) {
      const dynamic = elfOf(file)?.dynamic;
      if (dynamic === undefined) return;
      const paths = [
        ['RPATH', dynamic.rpath],
        ['RUNPATH', dynamic.runpath],
      ] as const;
      for (const [kind, path] of paths) {
        // The loader skips a path that is empty as a whole; an empty part of one is the working folder.
        if (path === undefined || path === '') continue;
        const folders = path.split(':').filter(isUnsafe).slice(0, MAX_FOLDERS);
        if (folders.length > 0) yield { kind, folders };
      }
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { kind, folders } = observation;
      const shown = folders
        .map((folder) => (folder === '' ? '(empty: the working folder)' : folder))
        .join(' ');
      // Wheels, gems and add-ons keep the search path of the machine that built them: untidy, seldom more.
      const tier = isInDependencyTree(path) ? 'note' : 'review';
      yield { rule: RULE, tier, layer, path, evidence: `${kind} ${shown}`, yieldsToPackages: true };
    }
  },
};

function isUnsafe(folder: string): boolean {
  return folder.startsWith('/') ? TEMPORARY.test(folder) : !TOKEN.test(folder);
}
