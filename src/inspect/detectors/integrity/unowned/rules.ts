import type { Rule } from '../../../../core/finding.ts';

/**
 * On a distribution, `/usr/bin` and its kin hold what packages installed; everybody else has `/usr/local`, `/opt` and
 * `/app` (FHS 3.0, 4.4 and 4.9). A program there that no package owns is therefore news. So is one elsewhere that stands
 * before a packaged command in PATH, or whose name only looks like a packaged one's.
 */
export const UNOWNED = 'integrity/unowned';
export const SHADOWING = 'integrity/shadowing';
export const LOOK_ALIKE = 'integrity/look-alike';

const CONTROLS = ['TVM-02', 'CCC-07', 'UEM-09'];

export const RULES: readonly Rule[] = [
  {
    id: UNOWNED,
    tier: 'review',
    title: 'A program of no package lies among the packaged ones',
    remedy: 'Install it as a package, or put it under /usr/local/bin, /opt or /app.',
    attack: ['T1036.005', 'T1554'],
    controls: CONTROLS,
    references: [
      'https://attack.mitre.org/techniques/T1036/005/',
      'https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch04.html',
    ],
  },
  {
    id: SHADOWING,
    tier: 'review',
    title: 'A program of no package runs in place of a packaged one',
    remedy: 'Remove it or the packaged one, so that one command is one program.',
    attack: ['T1574.007'],
    controls: CONTROLS,
    references: ['https://attack.mitre.org/techniques/T1574/007/'],
  },
  {
    id: LOOK_ALIKE,
    tier: 'block',
    title: 'A program of no package has a name that only looks like a packaged one',
    remedy: 'Remove the program, find out which build step added it, and look for what starts it.',
    attack: ['T1036.005', 'T1036.008'],
    controls: CONTROLS,
    references: ['https://attack.mitre.org/techniques/T1036/005/', 'https://www.unicode.org/reports/tr39/'],
  },
];
