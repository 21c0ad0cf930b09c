import type { Damage } from '../damage.ts';
import { linesIn } from '../lines.ts';

/*
 * The small files beside dpkg's status. Each is kept as one string of its checked lines: a string of megabytes is
 * cached and sent between threads at the cost of a copy, a list of 200,000 pairs is not.
 */

/** `info/NAME.list` and `.conffiles`: a path a line. */
export function parsePathList(text: string, damage: Damage): string {
  const paths: string[] = [];
  for (const [, line] of linesIn(text, damage)) if (line !== '') paths.push(line);
  return paths.join('\n');
}

const MD5_LENGTH = 32;

/**
 * `info/NAME.md5sums`, in the format of md5sum(1): digest, two blanks (or blank and asterisk), path. The result has
 * a line `digest path` for each, without the blank between.
 */
export function parseMd5sums(text: string, damage: Damage): string {
  const lines: string[] = [];
  for (const [number, raw] of linesIn(text, damage)) {
    if (raw === '') continue;
    // A leading backslash says that md5sum escaped the name.
    const escaped = raw.startsWith('\\');
    const line = escaped ? raw.slice(1) : raw;
    const digest = line.slice(0, MD5_LENGTH).toLowerCase();
    const path = line.slice(MD5_LENGTH).replace(/^ [ *]?/, '');
    if (!/^[0-9a-f]{32}$/.test(digest) || path === '' || line[MD5_LENGTH] !== ' ') {
      damage.add(`line ${number} is no checksum`);
      continue;
    }
    lines.push(digest + (escaped ? path.replace(/\\\\/g, '\\') : path));
  }
  return lines.join('\n');
}

export function* md5sumsOf(lines: string): Generator<{ readonly hex: string; readonly path: string }> {
  for (const line of linesOf(lines)) yield { hex: line.slice(0, MD5_LENGTH), path: line.slice(MD5_LENGTH) };
}

export function linesOf(lines: string): string[] {
  return lines === '' ? [] : lines.split('\n');
}

/** A file moved aside by dpkg-divert(1): all packages but `by` have it at `to`. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  /** `:` for a diversion by the administrator, which moves every package's file. */
  readonly by: string;
}

/** `var/lib/dpkg/diversions`: three lines each, from, to and by. */
export function parseDiversions(text: string, damage: Damage): Diversion[] {
  const lines = linesOf(parsePathList(text, damage));
  const diversions: Diversion[] = [];
  for (let at = 0; at < lines.length; at += 3) {
    const [from, to, by] = lines.slice(at, at + 3);
    if (from?.startsWith('/') && to?.startsWith('/') && by !== undefined) diversions.push({ from, to, by });
    else damage.add(`diversion ${at / 3 + 1} is incomplete`);
  }
  return diversions;
}
