import { Damage } from '../../damage.ts';
import { RpmHeader } from '../header.ts';

/** What a reader of one kind of store finds: the packages' names in order, and what it says is damaged. */
export function readStore(
  reader: (bytes: Uint8Array, damage: Damage) => Iterable<Uint8Array>,
  bytes: Uint8Array,
): { readonly names: (string | undefined)[]; readonly damage: readonly string[] } {
  const damage = new Damage();
  const names = [...reader(bytes, damage)].map((blob) => new RpmHeader(blob).string(1000));
  return { names, damage: damage.toField().damage ?? [] };
}
