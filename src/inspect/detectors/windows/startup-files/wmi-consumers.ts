import { allHits } from '../../../content/program-strings.ts';
import type { FileView } from '../../../contract.ts';
import { judgeCommand } from '../command-line.ts';
import type { Verdict } from '../program-place.ts';
import { type Told, toldOf } from '../told.ts';

/*
 * The repository of WMI has no public format. An object in it names its class, then come two zeros and its strings: that is how
 * its consumers are told from the class itself, which every repository has.
 */

const CONSUMERS = ['CommandLineEventConsumer', 'ActiveScriptEventConsumer'] as const;
export const NEEDLES: readonly string[] = CONSUMERS;

/** Bytes after the name in which its strings are. */
const REACH = 8_192;
/** A sample that Windows 7 came with; its script did not come along. */
const SAMPLE = /^cscript KernCap\.vbs(?: C:\\tools\\kernrate)?$/;
const MAX_INSTANCES = 64;

export function* consumersOf(file: FileView, rule: string): Generator<Told> {
  for (const consumer of CONSUMERS) {
    let instances = 0;
    for (const at of allHits(file, [consumer])) {
      const start = at + consumer.length;
      if (file.bytes[start] !== 0 || file.bytes[start + 1] !== 0) continue;
      const command = stringsAfter(file.bytes, start);
      if (command === '') continue;
      if (++instances > MAX_INSTANCES) {
        file.cut(`consumers of WMI events after the first ${MAX_INSTANCES}`);
        break;
      }
      yield toldOf(rule, consumer, command, judgeConsumer(command));
    }
  }
}

function judgeConsumer(command: string): Verdict {
  const verdict = judgeCommand(command);
  if (verdict !== undefined && verdict.tier !== 'note') return verdict;
  return SAMPLE.test(command)
    ? { tier: 'note', why: 'a sample of old Windows' }
    : { tier: 'review', why: 'Windows comes without it' };
}

/** The strings of the object, up to the end of its record: the template or script is among the first. */
function stringsAfter(bytes: Uint8Array, start: number): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const end = Math.min(start + REACH, byteLength);
  const text = Buffer.from(buffer, byteOffset + start, end - start).toString('latin1');
  // Records begin with their class as 32 wide hexadecimal digits; another name of a consumer begins another object.
  const record = text.split(/(?:[0-9A-F]\0){32}|(?:CommandLine|ActiveScript)EventConsumer\0\0/, 1)[0] ?? '';
  return [...record.matchAll(/[\t\n\r\x20-\x7e]{4,4000}/g)]
    .map(([string]) => string.trim())
    .filter((string) => /[\s\\/.(]/.test(string) && !/^root\\{1,2}subscription$/i.test(string))
    .slice(0, 4)
    .join(' ');
}
