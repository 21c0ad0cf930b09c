import { type FileRecord, isExecutable } from '../../../../core/file.ts';
import type { Detector } from '../../../contract.ts';

/*
 * At run time `/dev`, `/proc` and `/sys` are mounted over: what the image holds there is invisible to whoever looks into a
 * container, but not to one that unmounts, to another container that takes files from the image, or to the host. Builders
 * leave empty files, folders and device nodes there, never content.
 */

const RULE = 'persistence/masked-path';
const MASKED = /^(?:dev|proc|sys)\//;
/** In a chroot without devices, shells make files of these and write to them. */
const REDIRECTED = /^dev\/(?:null|zero|tty|std(?:out|err)|fd\/[12]|console)$/;

export const maskedPaths: Detector = {
  id: 'persistence/masked-paths',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A file hides where the container mounts over it',
      remedy: 'Remove the file: nothing in /dev, /proc or /sys of an image can be seen when it runs.',
      attack: ['T1564.001', 'T1036.005'],
      controls: ['TVM-06'],
      references: [
        'https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-filesystems',
        'https://attack.mitre.org/techniques/T1564/',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, { files }] of image.layers.entries()) {
      for (const record of files.values()) {
        if (record.kind !== 'file' || record.size === 0 || !MASKED.test(record.path)) continue;
        const evidence = `${record.content ?? 'file'}, ${record.size} bytes${isExecutable(record) ? ', executable' : ''}`;
        yield {
          rule: RULE,
          layer,
          path: record.path,
          evidence,
          ...(isLeftOver(record) && { tier: 'note' as const }),
        };
      }
    }
  },
};

function isLeftOver(record: FileRecord): boolean {
  return REDIRECTED.test(record.path) && record.content === 'text' && !isExecutable(record);
}
