import type { Detector } from '../../../contract.ts';

/**
 * `/etc/ld.so.preload` makes the dynamic loader (ld.so(8)) load the named objects into every program started, before
 * all others. No distribution ships it with content; user-land rootkits do.
 */
interface Preload {
  readonly line: number;
  readonly object: string;
}

const RULE = 'persistence/ld-so-preload';

export const ldSoPreload: Detector<Preload> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A library is forced into every program',
      remedy: 'Remove /etc/ld.so.preload and the objects it names, and find out which build step added them.',
      attack: ['T1574.006'],
      controls: ['TVM-06', 'IAM-16'],
      references: ['https://attack.mitre.org/techniques/T1574/006/'],
    },
  ],
  examiner: {
    id: RULE,
    version: 1,
    wants: [{ paths: /^etc\/ld\.so\.preload$/, maxSize: 64 * 1024 }],
    *examine(file) {
      const lines = file.text().split('\n');
      for (const [index, line] of lines.entries()) {
        const object = line.replace(/#.*/, '').trim();
        if (object !== '') yield { line: index + 1, object };
      }
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      yield { rule: RULE, layer, path, line: observation.line, evidence: observation.object };
    }
  },
};
