import type { FileView } from '../../../contract.ts';
import { gravest, judgeAction, judgeCommand, quoteCommand } from '../command-line.ts';
import { decodeText } from '../decoded-text.ts';
import type { Verdict } from '../program-place.ts';
import type { Told } from '../told.ts';

const MAX_LINES = 20_000;
/** As much of a line is judged as a command line may have. */
const MAX_LINE = 32_767;
/** Scripts are small; a program or picture in a Startup folder may be of any size. */
const MAX_SCRIPT = 2 * 2 ** 20;
const COMMENT = /^\s{0,200}(?:#|::|rem\s|')/i;

/**
 * A script, shortcut or program that is run because of where it lies: there at all for review, refused for a line that
 * fetches and runs something, or starts it from where anybody may write.
 */
export function* scriptOf(file: FileView, rule: string): Generator<Told> {
  const { content } = file.record;
  if (content === 'empty') return;
  if (content !== 'pe' && file.bytes.length > MAX_SCRIPT)
    file.cut(`the script after its first ${MAX_SCRIPT} bytes`);
  const text = content === 'pe' ? '' : decodeText(file.bytes.subarray(0, MAX_SCRIPT));
  const lines = text.split(/\r?\n/, MAX_LINES + 1);
  if (lines.length > MAX_LINES) file.cut(`lines after the first ${MAX_LINES}`);
  if (lines.some((line) => line.length > MAX_LINE))
    file.cut(`lines after their first ${MAX_LINE} characters`);
  const grave = graveLine(lines.slice(0, MAX_LINES));
  if (grave !== undefined) {
    const { line, verdict, command } = grave;
    yield { rule, tier: verdict.tier, line, evidence: `${verdict.why}: ${quoteCommand(command)}` };
    return;
  }
  if (content === 'pe' || text.includes('\0')) {
    yield { rule, tier: 'review', evidence: shortcut(file) };
    return;
  }
  const first = lines.findIndex((line) => line.trim() !== '' && !COMMENT.test(line));
  const command = lines[first];
  if (command !== undefined)
    yield { rule, tier: 'review', line: first + 1, evidence: quoteCommand(command.trim().slice(0, 100)) };
}

interface Grave {
  /** From 1. */
  readonly line: number;
  readonly command: string;
  readonly verdict: Verdict;
}

/** The first line that is refused; what spans lines is judged as one too. */
function graveLine(lines: readonly string[]): Grave | undefined {
  for (const [index, raw] of lines.entries()) {
    if (COMMENT.test(raw)) continue;
    const command = raw
      .replace(/^[\s@]+/, '')
      .replace(/^(?:start|call)\s{1,9}(?:""\s{1,9})?(?:\/\w{1,9}\s{1,9}){0,5}/i, '');
    // Set-up honestly puts files below Temp; only what a line starts is judged by its place.
    const verdict = gravest([
      judgeAction(command),
      /^["&]?\s?["']?(?:[a-z]:|%|\\\\|\$env:)/i.test(command) ? judgeCommand(command) : undefined,
    ]);
    if (verdict?.tier === 'block') return { line: index + 1, command: command.trim(), verdict };
  }
  return undefined;
}

/** The target of a shortcut is among its strings, wide or not. */
function shortcut(file: FileView): string {
  const { buffer, byteOffset, byteLength } = file.bytes;
  const data = Buffer.from(buffer, byteOffset, Math.min(byteLength, 64 * 1024));
  const target = /(?:[a-z]:\\|%[a-z]{2,20}%\\)[^\0-\x1f"<>|]{1,250}/i;
  const found = target.exec(data.toString('latin1'))?.[0] ?? target.exec(data.toString('utf16le'))?.[0];
  return found === undefined ? `a file of ${file.record.size} bytes` : `names ${quoteCommand(found)}`;
}
