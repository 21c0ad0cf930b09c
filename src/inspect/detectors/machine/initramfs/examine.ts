import type { FileRecord } from '../../../../core/file.ts';
import type { FileView } from '../../../contract.ts';
import { findRemoteCode, REMOTE_WORDS } from '../../persistence/remote-code.ts';
import { bootConfigOf } from './boot-config.ts';
import { examineMember, type SeenInside, toRecord } from './inside.ts';
import { isModule } from './kernel-modules.ts';
import { type Member, membersOf } from './members.ts';
import { filesOf, isInitramfs } from './unpack.ts';

/** What has no place before the system, whatever else is known of the file. */
export interface Planted {
  readonly kind: 'planted';
  readonly file: string;
  readonly what: string;
  readonly grave: boolean;
  readonly line?: number;
}

/** Programs, scripts and modules, and all of which something else is said. */
export interface Holds {
  readonly kind: 'holds';
  readonly files: readonly FileRecord[];
}

export type InitramfsObservation = Planted | SeenInside | Holds;

/** What the shell of an initramfs reads is small: above it is data. */
const MAX_SCRIPT = 8 * 2 ** 20;
const MAX_SEEN = 500;
const MAX_CUTS = 50;

export function* examineInitramfs(file: FileView): Generator<InitramfsObservation> {
  if (file.base > 0) return;
  const { buffer, byteOffset, byteLength } = file.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  // No kernel unpacks text: a list or a setting with such a name.
  if (file.record.content === 'text' && !isInitramfs(bytes)) return;
  if (!file.whole) return file.cut('the initramfs: larger than is held in memory');
  const cut = boundedCut((what) => file.cut(what));
  const config = bootConfigOf(bytes);
  if (config !== undefined) {
    const what = `gives the kernel parameters: ${config.text.replace(/\s+/g, ' ').slice(0, 120)}`;
    yield { kind: 'planted', file: 'a boot configuration at its end', what, grave: false };
  }
  const files: FileRecord[] = [];
  let seen = 0;
  for (const member of membersOf(filesOf(bytes.subarray(0, config?.start), cut), cut)) {
    const record = member.again === true || member.kind === 'symlink' ? undefined : toRecord(member);
    let odd = false;
    for (const one of observationsOf(member, record, cut)) {
      if (++seen > MAX_SEEN) return cut(`what is odd in the initramfs after the first ${MAX_SEEN}`);
      odd = true;
      yield one;
    }
    if (record !== undefined && (odd || isKept(record))) files.push(record);
  }
  if (files.length > 0) yield { kind: 'holds', files };
}

function isKept({ content, path }: ReturnType<typeof toRecord>): boolean {
  return content === 'elf' || content === 'script' || isModule(path);
}

function* observationsOf(
  member: Member,
  record: ReturnType<typeof toRecord> | undefined,
  cut: (what: string) => void,
): Generator<Planted | SeenInside> {
  yield* judgeName(member);
  if (record === undefined) return;
  if (record.content === 'script' || record.content === 'text') yield* remoteCodeIn(member, cut);
  yield* examineMember(record, member.content, cut);
}

function* judgeName({ path, kind, content }: Member): Generator<Planted> {
  const planted = { kind: 'planted', file: path } as const;
  const says = kind === 'symlink' || /^[ \t]*[^#\s]/m.test(content.toString('latin1', 0, 64 * 1024));
  if (!says) return;
  if (/(?:^|\/)(?:\.ssh|dropbear(?:-initramfs)?)\/authorized_keys2?$/.test(path))
    yield { ...planted, what: 'lets a key log in before the system is up', grave: false };
  if (path === 'etc/ld.so.preload')
    yield { ...planted, what: 'forces a library into every program', grave: true };
}

function* remoteCodeIn({ path, content }: Member, cut: (what: string) => void): Generator<Planted> {
  if (content.length > MAX_SCRIPT) return cut(`${path} in it: larger than scripts are`);
  const found = findRemoteCode(content.toString('latin1'), (what) => cut(`${path} in it: ${what}`));
  for (const { kind, text, line } of found)
    yield { kind: 'planted', file: path, what: `${REMOTE_WORDS[kind]}: ${text}`, grave: true, line };
}

/** Whoever wrote the initramfs does not fill the report with what was not looked at. */
function boundedCut(cut: (what: string) => void): (what: string) => void {
  let count = 0;
  return (what) => {
    if (++count <= MAX_CUTS) cut(what);
    else if (count === MAX_CUTS + 1) cut('more of the initramfs than is listed');
  };
}
