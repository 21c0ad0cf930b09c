import type { WriteStream } from 'node:tty';

/** What a stream can show. Colours only on a terminal that has them, and never with `NO_COLOR` (no-color.org). */
export function terminalOf(stream: Pick<WriteStream, 'isTTY' | 'columns'>): {
  colour: boolean;
  width: number;
} {
  const columns = stream.columns ?? Number(process.env.COLUMNS);
  const colour = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return { colour, width: Number.isSafeInteger(columns) && columns >= 40 ? Math.min(columns, 160) : 100 };
}
