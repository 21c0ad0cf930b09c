import { dynamicSymbols } from '../../../content/elf/dynamic.ts';
import { elfOf } from '../../../content/elf/elf-of.ts';
import type { Detector } from '../../../contract.ts';

/**
 * A preload library that hides processes or files puts its own `readdir` before libc's, finds the real one with
 * `dlsym(RTLD_NEXT, …)`, and drops entries: it asks /proc/self/fd which folder is being listed and /proc/N/stat or
 * cmdline what each process is called, or keeps ld.so.preload itself from being seen. Sanitizers, fakechroot and umockdev
 * also define readdir and use dlsym, but look at nothing of this kind.
 */
const FOLDER_PROBE = '/proc/self/fd/';
const PROCESS_PROBES = ['/proc/%s/', '/proc/%d/stat', '/proc/%d/cmdline', '/proc/%d/comm', '/proc/%d/status'];
const PRELOAD = 'ld.so.preload';
const HOOKS: ReadonlySet<string> = new Set([
  'readdir',
  'readdir64',
  'readdir_r',
  'readdir64_r',
  'getdents64',
]);

const RULE = 'binaries/process-hider';

interface Hider {
  readonly hooks: readonly string[];
  readonly strings: readonly string[];
}

export const processHider: Detector<Hider> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A library hides processes or files from those who look',
      remedy: 'Remove the library and whatever preloads it, and find out which build step added them.',
      attack: ['T1014', 'T1564.001', 'T1574.006'],
      controls: ['TVM-02', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1014/',
        'https://github.com/gianlucaborello/libprocesshider',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 2,
    wants: [{ content: ['elf'], needles: ['readdir', 'getdents64'] }],
    *examine(file) {
      const elf = elfOf(file);
      if (elf?.type !== 'shared') return;
      const hooks = new Set<string>();
      let looksUp = false;
      for (const { name, defined } of dynamicSymbols(elf)) {
        if (defined && HOOKS.has(name)) hooks.add(name);
        looksUp ||= name === 'dlsym' || name === 'dlvsym';
      }
      if (hooks.size === 0 || !looksUp) return;
      const text = file.text();
      const strings = [FOLDER_PROBE, ...PROCESS_PROBES, PRELOAD].filter((literal) => text.includes(literal));
      const probes =
        strings.includes(FOLDER_PROBE) && strings.some((literal) => PROCESS_PROBES.includes(literal));
      if (probes || strings.includes(PRELOAD)) yield { hooks: [...hooks], strings };
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { hooks, strings } = observation;
      yield {
        rule: RULE,
        layer,
        path,
        evidence: `defines ${hooks.join(', ')}; mentions ${strings.join(' ')}`,
        yieldsToPackages: true,
      };
    }
  },
};
