/** Seconds since the epoch, of a date as directory records have it (ECMA-119, 9.1.5): seven bytes. */
export function toTime(bytes: Buffer): number {
  const [years = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  if (month === 0 || bytes.length < 7) return 0;
  return Date.UTC(1900 + years, month - 1, day, hour, minute, second) / 1000 - bytes.readInt8(6) * 15 * 60;
}

/** The same of a date in digits (8.4.26.1): seventeen bytes. */
export function toTimeFromDigits(bytes: Buffer): number {
  const digits = bytes.toString('latin1', 0, 16);
  if (bytes.length < 17 || !/^\d{16}$/.test(digits) || digits.startsWith('0000')) return 0;
  const part = (from: number, to: number): number => Number(digits.slice(from, to));
  const time =
    Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14)) / 1000;
  return time - bytes.readInt8(16) * 15 * 60;
}
