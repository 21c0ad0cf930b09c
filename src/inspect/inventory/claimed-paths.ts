import type { Damage } from './damage.ts';

/*
 * apk and rpm store a folder's name once and then only base names. An author of a hostile database can give one
 * folder a name of megabytes and a million files in it, and the paths would fill terabytes. Hence one budget for all
 * paths of a database, and the length that Linux allows for each.
 */

const MAX_PATH = 4096;
const MAX_PATHS = 2_000_000;
const MAX_CHARACTERS = 128 * 2 ** 20;

export class ClaimedPaths {
  readonly #damage: Damage;
  #paths = 0;
  #characters = 0;
  #exhausted = false;

  constructor(damage: Damage) {
    this.#damage = damage;
  }

  /** The path of a file in a folder, without a leading slash; undefined where it cannot be one or exceeds the budget. */
  join(folder: string, name: string): string | undefined {
    const length = folder.length + name.length + 1;
    if (length > MAX_PATH || name.includes('\n') || folder.includes('\n')) {
      this.#damage.add(`a path of ${length} characters, or with a line break, is left out`);
      return undefined;
    }
    if (this.#paths >= MAX_PATHS || this.#characters + length > MAX_CHARACTERS) {
      if (!this.#exhausted) this.#damage.add(`only its first ${this.#paths} paths are read`);
      this.#exhausted = true;
      return undefined;
    }
    this.#paths++;
    this.#characters += length;
    return folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
  }
}
