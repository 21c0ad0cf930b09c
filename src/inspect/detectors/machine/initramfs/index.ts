import { isMachine } from '../../../../core/image.ts';
import type { Detector, FileView } from '../../../contract.ts';
import { findRemoteCode, REMOTE_WORDS } from '../../persistence/remote-code.ts';
import { filesOf } from './unpack.ts';

/*
 * An initramfs runs as root before the system and everything that watches it, and no package manager knows what is in it: it is made on the
 * machine. So its own archives are opened and its scripts read; a script that fetches code or opens a connection before the system is
 * up has no honest reason.
 */

interface Planted {
  readonly file: string;
  readonly what: string;
  readonly grave: boolean;
}

const RULE = 'machine/initramfs';
const IMAGE =
  /^(?:boot\/|efi\/)?(?:[^/]{1,60}\/){0,3}(?:initrd|initramfs)(?:[-.][^/]{0,120})?$|^usr\/lib\/modules\/[^/]{1,100}\/initr(?:d|amfs(?:\.img)?)$/i;
/** Scripts are small; what is larger is a program. */
const MAX_SCRIPT = 1024 * 1024;
const MAX_FOUND = 50;

export const initramfs: Detector<Planted> = {
  id: 'machine/initramfs',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The initramfs holds something that has no place before the system',
      remedy:
        'Make it anew from the distribution’s packages (update-initramfs -u, dracut -f) and look for the hook that put it there.',
      attack: ['T1542.003', 'T1037'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1542/003/'],
    },
  ],
  examiner: {
    id: 'machine/initramfs',
    version: 1,
    wants: [{ paths: IMAGE, content: ['archive', 'binary', 'text'] }],
    examine: plantedIn,
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path, observation } of seen) {
      const { file, what, grave } = observation;
      yield {
        rule: RULE,
        ...(grave && { tier: 'block' as const }),
        layer,
        path,
        evidence: `${file} ${what}`,
      };
    }
  },
};

function* plantedIn(file: FileView): Generator<Planted> {
  if (file.base > 0) return;
  const cut = (what: string): void => file.cut(what);
  if (!file.whole) return cut('the initramfs: larger than is held in memory');
  const { buffer, byteOffset, byteLength } = file.bytes;
  let found = 0;
  for (const { name, content } of filesOf(Buffer.from(buffer, byteOffset, byteLength), cut)) {
    for (const one of judgeFile(name.replace(/^\.?\//, ''), content, cut)) {
      if (++found > MAX_FOUND) return cut(`what is odd in it after the first ${MAX_FOUND}`);
      yield one;
    }
  }
}

function* judgeFile(name: string, content: Buffer, cut: (what: string) => void): Generator<Planted> {
  if (/(?:^|\/)(?:\.ssh|dropbear(?:-initramfs)?)\/authorized_keys$/.test(name) && content.length > 0)
    yield { file: name, what: 'lets a key log in before the system is up', grave: false };
  if (/(?:^|\/)ld\.so\.preload$/.test(name) && content.length > 0)
    yield { file: name, what: 'forces a library into every program', grave: true };
  if (content.length > MAX_SCRIPT || content[0] !== 0x23 || content[1] !== 0x21) return;
  for (const { kind, text } of findRemoteCode(content.toString('latin1'), cut))
    yield { file: name, what: `${REMOTE_WORDS[kind]}: ${text}`, grave: true };
}
