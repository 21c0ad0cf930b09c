import { styleText } from 'node:util';

/** How much a terminal can show. */
export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

export type Paint = Parameters<typeof styleText>[0];

/** Paints text, or leaves it where colours are not wanted. */
export function painter({ colour }: TerminalOptions): (format: Paint, text: string) => string {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

/** Breaks a line at spaces so that it fits `width`; continued lines begin with `indent`. A long word is cut. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => chunks(one, width - indent.length))) {
    const room = lines.length === 0 ? width : width - indent.length;
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** By code points, so that no character is cut in two. */
function chunks(word: string, width: number): string[] {
  const size = Math.max(width, 20);
  if (word.length <= size) return [word];
  const points = Array.from(word);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, at) =>
    points.slice(at * size, (at + 1) * size).join(''),
  );
}

/** Cuts text, already safe to show, so that it fits `width`. */
export function fit(text: string, width: number): string {
  const points = Array.from(text);
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** As `fit`, but cuts the middle out: of a path both ends tell something. */
export function fitMiddle(text: string, width: number): string {
  const points = Array.from(text);
  if (points.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${points.slice(0, width - 1 - tail).join('')}…${points.slice(-tail).join('')}`;
}

export function plural(count: number, noun: string): string {
  const words = count === 1 ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString('en')} ${words}`;
}
