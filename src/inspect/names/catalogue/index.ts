import { CLOUDS } from './clouds.ts';
import type { Catalogue, OfficialImage, Publisher } from './contract.ts';
import { KNOWN_BAD } from './known-bad.ts';
import { toOfficialImages } from './official.ts';
import { toAllPublishers } from './publishers/index.ts';
import { REGISTRIES } from './registries.ts';

let official: readonly OfficialImage[] | undefined;
let publishers: readonly Publisher[] | undefined;

/** What ships with the program. The long lists are made when they are first read: most runs judge no name. */
export const CATALOGUE: Catalogue = {
  get official(): readonly OfficialImage[] {
    official ??= toOfficialImages();
    return official;
  },
  get publishers(): readonly Publisher[] {
    publishers ??= toAllPublishers();
    return publishers;
  },
  registries: REGISTRIES,
  knownBad: KNOWN_BAD,
  clouds: CLOUDS,
};
