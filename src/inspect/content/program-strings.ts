import type { FileView } from '../contract.ts';
import { MAX_HITS } from './needles.ts';

/** A run of printable characters around needles' hits in a program. */
export interface ProgramString {
  /** Offset of `text` in the file. */
  readonly offset: number;
  readonly text: string;
}

const BEFORE = 256;
const AFTER = 512;
/** Hits this close behind one another share a string, so that however dense they are the work stays linear. */
const SHARED = 4096;
const PRINTABLE_END = /[^\x20-\x7e\n\t\r]([\x20-\x7e\n\t\r]*)$/;

/**
 * The printable surroundings of the hits, in order of place: text patterns run on these few bytes, never over a whole
 * program.
 */
export function* stringsAround(file: FileView, needles: readonly string[]): Generator<ProgramString> {
  let covered = 0;
  for (const hit of allHits(file, needles)) {
    if (hit < covered) continue;
    const start = Math.max(0, hit - BEFORE);
    const around = Buffer.from(file.bytes.subarray(start, hit + SHARED + AFTER)).toString('latin1');
    const at = hit - start;
    const from = (PRINTABLE_END.exec(around.slice(0, at))?.index ?? -1) + 1;
    const length = around.slice(at).search(/[^\x20-\x7e\n\t\r]/);
    const end = length < 0 ? around.length : at + length;
    covered = length < 0 ? hit + SHARED : start + end;
    yield { offset: file.base + start + from, text: around.slice(from, end) };
  }
}

/** The hits of all needles in order of place; says so where a needle has more than are kept. */
export function allHits(file: FileView, needles: readonly string[]): number[] {
  const hits = needles.flatMap((needle) => {
    const places = file.hits(needle);
    if (places.length >= MAX_HITS) file.cut(`places of "${needle}" after the first ${MAX_HITS}`);
    return places;
  });
  return hits.sort((a, b) => a - b);
}
