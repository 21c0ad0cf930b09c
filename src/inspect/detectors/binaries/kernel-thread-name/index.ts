import { isExecutable } from '../../../../core/file.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector } from '../../../contract.ts';

/**
 * A process list shows kernel threads by names like `[kworker/0:1]`. A program that takes such a name is read past. No
 * file of a kernel is named so (threads have no file), and the miners kdevtmpfsi and kinsing are known by their names.
 */
const THREADS = [
  'kthreadd',
  'kworker(?:[-_:]?u?\\d{1,3}(?:[:-][A-Za-z0-9+_-]{0,20})?)?',
  'ksoftirqd(?:[/-]?\\d{0,4})?',
  'migration[/-]\\d{1,4}',
  'kswapd\\d{0,3}',
  'kdevtmpfs',
  'khugepaged',
  'kauditd',
  'khungtaskd',
  'kcompactd\\d{0,3}',
  'kblockd',
  'kintegrityd',
  'ksmd',
  'kthrotld',
  'kpsmoused',
  'rcu_(?:sched|gp|preempt|bh|par_gp|tasks_kthre)',
  'rcuo[pbs]/\\d{1,4}',
  'jbd2(?:/[a-z0-9-]{0,20})?',
  'scsi_eh_\\d{1,3}',
  'oom_reaper',
  'cpuhp(?:/\\d{1,4})?',
  'idle_inject(?:/\\d{1,4})?',
  'mm_percpu_wq',
  'ecryptfs-kthrea',
  'xfsaild',
  'kaluad',
  'kmpath_rdacd',
  'bioset',
];
const IMITATIONS = [
  'kdevtmpfsi',
  'kinsing',
  'kinsing_aarch64',
  'kworkerds',
  'kthreaddi',
  'kthreaddk',
  'kthreadds',
  'khugepageds',
  'kthrotlds',
  'kauditd0',
  'kswapd00',
  'ksoftirqds',
  'kdevtmpfsd',
];
const NAME = new RegExp(`^(?:${[...THREADS, ...IMITATIONS].join('|')})$`);
/** Any name in brackets poses; `[` alone is the test command. */
const BRACKETED = /^\[[A-Za-z][\w/:.+-]{1,60}\]$/;

const RULE = 'binaries/kernel-thread-name';

export const kernelThreadName: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'An executable is named like a kernel thread',
      remedy: 'Remove the program, find out which build step added it, and look for what starts it.',
      attack: ['T1036.004', 'T1036.005'],
      controls: ['TVM-02', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1036/004/',
        'https://www.aquasec.com/blog/threat-alert-kinsing-malware-container-vulnerability/',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, { files }] of image.layers.entries()) {
      for (const record of files.values()) {
        const { path, content } = record;
        const name = baseNameOf(path);
        if (!NAME.test(name) && !BRACKETED.test(name)) continue;
        const runs = content === 'elf' || (isExecutable(record) && content !== 'empty');
        if (!runs) continue;
        const evidence = `${content === 'elf' ? 'ELF file' : 'executable file'} named ${name}`;
        yield { rule: RULE, layer, path, evidence, yieldsToPackages: true };
      }
    }
  },
};
