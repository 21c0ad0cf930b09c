import type { Language } from './text-role.ts';

/*
 * Takes comments out of a text before anything is looked for in it, so that words about an attack are not taken for
 * one, and so that a thousand commented lines cannot use up what a search reports.
 *
 * Only what is surely a comment goes: text that a reader takes for a comment and an interpreter runs would be a place
 * to hide. So marks inside a line count only after white space and with no quote behind them, and a block comment
 * only where a line begins with it and holds no quote.
 */

/** The text with comments blanked, every other character where it was. */
export function blankComments(text: string, language: Language | undefined): string {
  if (language === 'node' || language === 'php') return blankBlocks(blankLines(text, SLASHES), text);
  if (language === 'lua') return blankLines(text, DASHES);
  return blankLines(text, HASH);
}

const HASH = /^[ \t]{0,200}#(?!!)[^\n]*|[ \t]#[ \t][^\n'"`$]{0,400}$/gm;
const SLASHES = /^[ \t]{0,200}\/\/[^\n]*|[ \t]\/\/[ \t][^\n'"`]{0,400}$/gm;
const DASHES = /^[ \t]{0,200}--[^\n]*/gm;
const OPENING = /^[ \t]{0,200}\/\*[^\n'"`]*$/gm;

function blankLines(text: string, comment: RegExp): string {
  return text.replace(comment, toBlank);
}

/** Blocks are found in `original`, where they begin; what they hold is blanked in `text`. */
function blankBlocks(text: string, original: string): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { index } of original.matchAll(OPENING)) {
    if (index < done) continue;
    const end = original.indexOf('*/', index + 2);
    if (end < 0) break;
    pieces.push(text.slice(done, index), toBlank(original.slice(index, end)));
    done = end;
  }
  return done === 0 ? text : [...pieces, text.slice(done)].join('');
}

function toBlank(comment: string): string {
  return comment.replace(/[^\n]/g, ' ');
}
