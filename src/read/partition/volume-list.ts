import { FlawList } from '../disk/flaw-list.ts';
import { Unreadable } from '../disk/unreadable.ts';
import type { Volume, VolumeContent } from './contract.ts';

const MAX_VOLUMES = 1024;

/** A volume whose content may still be told by what it is a part of. */
export type Slot = { -readonly [K in keyof Volume]: Volume[K] };

/** What was found, within bounds: an image may describe any number of volumes, and of flaws. */
export class VolumeList {
  readonly #volumes: Slot[] = [];
  readonly #names = new Set<string>();
  readonly #flaws = new FlawList();
  #isCut = false;

  get volumes(): readonly Volume[] {
    return this.#volumes;
  }

  get flaws(): readonly Unreadable[] {
    return this.#flaws.all;
  }

  flaw(flaw: Unreadable): void {
    this.#flaws.add(flaw);
  }

  takeFlaws(flaws: readonly Unreadable[]): void {
    this.#flaws.addAll(flaws);
  }

  /** Asked before a volume is looked at. */
  isFull({ name }: Pick<Volume, 'name'>): boolean {
    if (this.#volumes.length < MAX_VOLUMES) return false;
    if (!this.#isCut)
      this.flaw(
        new Unreadable('LIMIT_FILES', `only ${MAX_VOLUMES} volumes are read: not ${name} and others`),
      );
    this.#isCut = true;
    return true;
  }

  /** A name that is taken gets a number. */
  add({ name, source, names }: Omit<Volume, 'content'>, content: VolumeContent): Slot {
    let unique = name;
    for (let count = 2; this.#names.has(unique); count++) unique = `${name} (${count})`;
    this.#names.add(unique);
    const slot: Slot = { name: unique, source, names, content };
    this.#volumes.push(slot);
    return slot;
  }

  addUnread(volume: Omit<Volume, 'content'>, problem: Unreadable): Slot {
    return this.add(volume, { kind: 'unread', problem });
  }
}
