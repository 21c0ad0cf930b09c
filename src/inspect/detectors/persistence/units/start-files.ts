import type { ContentClass } from '../../../../core/file.ts';
import type { Wants } from '../../../contract.ts';
import { inittabPrograms, type StartLine, scriptPrograms, unitPrograms } from './start-lines.ts';

const SYSTEMD =
  /(?:^|\/)(?:etc|lib|run|\.config|\.local\/share)\/systemd\/(?:system|user)(?:\/[^/]{1,255}){1,2}$/;
const INIT_SCRIPT =
  /^(?:etc\/(?:(?:rc\.d\/)?init\.d\/[^/]{1,255}|local\.d\/[^/]{1,255}\.(?:start|stop)|(?:service|sv|runit|services\.d|s6|s6-rc|s6-overlay|cont-init\.d|cont-finish\.d)\/(?:[^/]{1,255}\/){0,4}[^/]{1,255})|usr\/lib\/(?:systemd\/system-(?:generators|sleep|shutdown)|rc)\/[^/]{1,255})$/;
const INITTAB = /^etc\/inittab$/;

/** Generators and the like may be compiled; all else a shell runs, skipping what it cannot make sense of. */
const NO_PROGRAM = [
  'script',
  'text',
  'binary',
  'archive',
  'picture',
  'pe',
  'macho',
  'wasm',
  'class',
] as const satisfies readonly ContentClass[];

/** Files that tell an init system what to start. */
export const START_FILES: readonly Wants[] = [
  { paths: SYSTEMD },
  { paths: INITTAB },
  { paths: INIT_SCRIPT, content: NO_PROGRAM },
];

/** The programs that such a file starts. */
export function programsStarted(path: string, text: string): Generator<StartLine> {
  if (SYSTEMD.test(path)) return unitPrograms(text);
  return INITTAB.test(path) ? inittabPrograms(text) : scriptPrograms(text);
}
