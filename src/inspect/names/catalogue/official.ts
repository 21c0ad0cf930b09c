import type { OfficialImage } from './contract.ts';
import source from './official-images.json' with { type: 'json' };

/** Docker's official images, current and retired, in the order of their names. */
export function toOfficialImages(): readonly OfficialImage[] {
  const current = Object.entries(source.images).map(([name, { tags, architectures }]) => ({
    name,
    tags: tags.split(' '),
    architectures: architectures.split(' '),
    retired: false,
  }));
  const retired = source.retired
    .split(' ')
    .map((name) => ({ name, tags: [], architectures: [], retired: true }));
  return [...current, ...retired].sort((a, b) => (a.name < b.name ? -1 : 1));
}
