/** A number that is stored in two parts; undefined above what is counted exactly. */
export function wideNumber(low: number, high: number): number | undefined {
  const value = high * 2 ** 32 + low;
  return Number.isSafeInteger(value) ? value : undefined;
}
