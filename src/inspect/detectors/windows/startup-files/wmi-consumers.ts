import type { FileView } from '../../../contract.ts';
import { judgeCommand } from '../command-line.ts';
import { type Told, toldOf } from '../told.ts';

/*
 * The repository of WMI has no public format. An object in it names its class, then come two zeros and its strings: that is how
 * its consumers are told from the class itself, which every repository has.
 */

const CONSUMERS = ['CommandLineEventConsumer', 'ActiveScriptEventConsumer'] as const;
export const NEEDLES: readonly string[] = CONSUMERS;

/** Bytes after the name in which its strings are. */
const REACH = 8_192;
/** A sample of Windows 7, which does nothing. */
const SAMPLE = /KernCap\.vbs|^BVTConsumer$/;
const MAX_PLACES = 64;

export function* consumersOf(file: FileView, rule: string): Generator<Told> {
  for (const consumer of CONSUMERS) {
    const places = file.hits(consumer);
    let instances = 0;
    for (const at of places) {
      const start = at + consumer.length;
      if (file.bytes[start] !== 0 || file.bytes[start + 1] !== 0) continue;
      if (++instances > MAX_PLACES) {
        file.cut(`consumers of WMI events after the first ${MAX_PLACES}`);
        break;
      }
      const command = stringsAfter(file.bytes, start);
      if (command === '' || SAMPLE.test(command)) continue;
      const verdict = judgeCommand(command);
      const odd = verdict !== undefined && verdict.tier !== 'note';
      yield toldOf(
        rule,
        consumer,
        command,
        odd ? verdict : { tier: 'review', why: 'Windows comes without it' },
      );
    }
  }
}

/** The strings of the object, up to the end of its record: the template or script is among the first. */
function stringsAfter(bytes: Uint8Array, start: number): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const end = Math.min(start + REACH, byteLength);
  const text = Buffer.from(buffer, byteOffset + start, end - start).toString('latin1');
  // Records begin with their class as 32 wide hexadecimal digits.
  const record = text.split(/(?:[0-9A-F]\0){32}/, 1)[0] ?? '';
  return [...record.matchAll(/[\x09\x0a\x0d\x20-\x7e]{4,4000}/g)]
    .map(([string]) => string.trim())
    .filter(
      (string) =>
        !/^(?:consumername|root\\\\?subscription|__\w{1,60})$/i.test(string) && /[\s\\/.(]/.test(string),
    )
    .slice(0, 4)
    .join(' ');
}
