import { Unreadable } from '../../disk/unreadable.ts';

/** @param at bytes, or the logical address of what is wrong */
export function malformed(message: string, at?: number): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `btrfs: ${message}`, at);
}
