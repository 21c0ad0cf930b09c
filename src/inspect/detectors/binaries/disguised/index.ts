import type { Detector } from '../../../contract.ts';

/**
 * A program behind a name that says it is none. The name is all that hides it: content is told by the bytes, so a
 * renamed program stands out. Scripts have fewer extensions than ELF files: examples that start with `#!` are
 * common in .txt, .md, .html and .conf.
 */
const MEDIA =
  'jpe?g|png|gif|bmp|ico|webp|tiff?|svg|mp[34]|wav|ogg|avi|woff2?|ttf|otf|eot|log|pdf|docx?|xlsx?|pptx?|csv|css';
const TEXTS = 'txt|md|rst|html?|xml|json|ya?ml|ini|conf|cfg|lock|sql';

const RULE = 'binaries/disguised';
const SCRIPTS = new RegExp(`\\.(?:${MEDIA})$`, 'i');
const PROGRAMS = new RegExp(`\\.(?:${MEDIA}|${TEXTS})$`, 'i');

/** The base name of the interpreter of a script, or that the file is an ELF file. */
type Disguise = { readonly is: 'elf' } | { readonly is: 'script'; readonly interpreter: string };

export const disguised: Detector<Disguise> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A program is disguised by its file name',
      remedy: 'Remove the file, find out which build step added it, and look for what runs it.',
      attack: ['T1036.008', 'T1036.005'],
      controls: ['TVM-02', 'UEM-09'],
      references: ['https://attack.mitre.org/techniques/T1036/008/'],
    },
  ],
  examiner: {
    id: RULE,
    version: 1,
    // The name is looked at inside: a link's name disguises nothing, so links need not be followed for this.
    wants: [{ content: ['elf', 'script'] }],
    *examine(file) {
      if (file.base !== 0) return;
      const { path, content } = file.record;
      if (content === 'elf') {
        if (PROGRAMS.test(path)) yield { is: 'elf' };
      } else if (SCRIPTS.test(path) && file.interpreter !== undefined) {
        yield { is: 'script', interpreter: file.interpreter.slice(0, 40) };
      }
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const what = observation.is === 'elf' ? 'an ELF file' : `a script for ${observation.interpreter}`;
      yield { rule: RULE, layer, path, evidence: `${what}, by its first bytes`, yieldsToPackages: true };
    }
  },
};
