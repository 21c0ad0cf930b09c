import type { Naming } from '../../core/naming.ts';
import type { NameBook } from '../../inspect/names/book.ts';
import { judgeName } from '../../inspect/names/judge.ts';
import { nameBookFor } from '../detectors.ts';

/**
 * Says of each name whose it is, and what it may imitate.
 * @param own file of the user's own names
 * @throws Failure as `readOwnNames`
 */
export async function toNameJudge(own: string | undefined): Promise<(name: string) => Naming> {
  const book: () => NameBook = await nameBookFor(own);
  return (name) => judgeName(name, book());
}
