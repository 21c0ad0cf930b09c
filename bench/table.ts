/** One number of the bench, with the bound it has to keep. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly bound: string;
  readonly holds: boolean;
}

export function printTable(rows: readonly Row[]): void {
  const width = (pick: (row: Row) => string): number => Math.max(...rows.map((row) => pick(row).length));
  const [a, b, c] = [width((row) => row.what), width((row) => row.value), width((row) => row.bound)];
  for (const { what, value, bound, holds } of rows) {
    process.stdout.write(
      `${what.padEnd(a)}  ${value.padStart(b)}  ${bound.padStart(c)}  ${holds ? 'holds' : 'BROKEN'}\n`,
    );
  }
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const times = (value: number): string => `${value.toFixed(2)}×`;
export const mebibytes = (value: number): string => `${Math.round(value)} MiB`;
