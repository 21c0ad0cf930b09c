import type { FileView } from '../contract.ts';

/** A run of printable characters around a needle's hit in a program. */
export interface ProgramString {
  /** Offset of `text` in the file. */
  readonly offset: number;
  readonly text: string;
}

const BEFORE = 256;
const AFTER = 512;

/** The printable surroundings of each hit: text patterns run on these few bytes, never over a whole program. */
export function* stringsAround(file: FileView, needles: readonly string[]): Generator<ProgramString> {
  for (const needle of needles) {
    for (const hit of file.hits(needle)) {
      const start = Math.max(0, hit - BEFORE);
      const around = Buffer.from(file.bytes.subarray(start, hit + AFTER)).toString('latin1');
      const at = hit - start;
      const from = (/[^\x20-\x7e\n\t\r]([\x20-\x7e\n\t\r]*)$/.exec(around.slice(0, at))?.index ?? -1) + 1;
      const length = around.slice(at).search(/[^\x20-\x7e\n\t\r]/);
      const text = around.slice(from, length < 0 ? around.length : at + length);
      yield { offset: file.base + start + from, text };
    }
  }
}
