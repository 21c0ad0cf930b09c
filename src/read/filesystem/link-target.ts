import { Unreadable } from '../disk/unreadable.ts';

/**
 * Where a link leads for Linux: its target ends at the first NUL, whatever length the file system has for it. What follows makes another
 * path of it for whoever goes by the length, and is said.
 * @param what whose, for the message: `inode 12`
 * @param flaws receives that
 */
export function toTarget(stored: Buffer, what: string, flaws: Unreadable[]): Buffer {
  const end = stored.indexOf(0);
  if (end < 0) return stored;
  flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', `${what} is a link whose target goes on after its end`));
  return stored.subarray(0, end);
}
