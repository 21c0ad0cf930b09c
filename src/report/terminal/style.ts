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

function chunks(word: string, width: number): string[] {
  const size = Math.max(width, 20);
  if (word.length <= size) return [word];
  return Array.from({ length: Math.ceil(word.length / size) }, (_, at) =>
    word.slice(at * size, (at + 1) * size),
  );
}

export function plural(count: number, noun: string): string {
  const words = count === 1 ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString('en')} ${words}`;
}
