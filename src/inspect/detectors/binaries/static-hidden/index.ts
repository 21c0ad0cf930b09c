import { elfOf } from '../../../content/elf/elf-of.ts';
import type { Detector } from '../../../contract.ts';
import { isInDependencyTree, placeOf } from '../places.ts';

const RULE = 'binaries/static-hidden';

const WORDS = {
  temporary: 'a folder that any process may write to',
  web: "a web server's folder",
  hidden: 'a hidden place',
  ordinary: '',
};

export const staticHidden: Detector<'static-stripped'> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A static, stripped program lies in a writable or hidden place',
      remedy:
        'Install programs under /usr/local/bin, /opt or /app, and delete build leftovers in the same step.',
      attack: ['T1564.001', 'T1036.005'],
      controls: ['TVM-02', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1564/001/',
        'https://attack.mitre.org/techniques/T1036/005/',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 2,
    // The path is looked at inside: as a gate it would have every link into a dot folder followed and read again.
    wants: [{ content: ['elf'] }],
    *examine(file) {
      if (placeOf(file.record.path) === 'ordinary') return;
      const elf = elfOf(file);
      if (elf?.isStaticProgram && elf.isStripped) yield 'static-stripped';
    },
  },
  *judge(_image, seen) {
    for (const { layer, path } of seen) {
      const place = placeOf(path);
      if (place === 'ordinary' || (place === 'hidden' && isInDependencyTree(path))) continue;
      const evidence = `static ELF without symbols in ${WORDS[place]}`;
      yield { rule: RULE, layer, path, evidence, yieldsToPackages: true };
    }
  },
};
