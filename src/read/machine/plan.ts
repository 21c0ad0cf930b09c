import { toLayerPath } from '../../core/layer-path.ts';
import type { Problem } from '../../core/problem.ts';
import { FlawList } from '../disk/flaw-list.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { subvolumesThatBoot } from './boot-files.ts';
import { extensionsOf } from './extensions.ts';
import type { Mount } from './fstab.ts';
import { openImage, openLiveImages } from './inner-images.ts';
import { mountsOf } from './mount-table.ts';
import { below, namesIn, type OpenedVolume, topOf, type VolumeFolder } from './opened-volume.ts';
import { foldersElsewhere } from './overlaps.ts';
import { subvolumeById } from './subvolume.ts';
import { actsAlone, BTRFS_TOP, type System, systemsOn } from './systems.ts';
import { TextBudget } from './text-budget.ts';
import { isMeant, partitionIn } from './volume-names.ts';

/*
 * Decides what is laid over what: the part that the kernel and systemd play at boot.
 *
 * A machine often has its system on several volumes. Read each for itself, `/var/lib/dpkg` on one would know nothing of `/usr` on
 * another, and every program would look like a stranger. So each system's own table of mounts is read, and what it mounts is laid where
 * it mounts it. What no system mounts is inspected as a root of its own: a detector that looks for `etc/cron.d` finds it there
 * too, and nobody hides a system by leaving it out of a table.
 *
 * The table is an attacker's as well. It can mount a folder of jobs at `/etc/cron.d` by a name that only a running kernel knows, or mount what
 * really starts at `/opt/x`. So a mount adds a place where a volume is looked at, and never takes one away; and where it cannot be told which
 * volume is meant, each that may be is looked at in that place, in a tree of its own.
 */

/** A folder of a volume, laid into a tree. */
export interface Placement extends VolumeFolder {
  readonly except: ReadonlySet<string>;
  readonly tree: number;
  /** Undefined: nothing mounts it. */
  readonly mount: string | undefined;
}

export interface Plan {
  readonly placements: readonly Placement[];
  /** What may be seen by a system and was laid nowhere. */
  readonly problems: readonly Problem[];
}

export type Placed = Omit<Placement, 'except'>;

/** Systems in all, and lines of their tables that are looked at. */
const MOST_SYSTEMS = 1024;
const MOST_LINES = 10_000;
/** Bytes of all their tables: one file may have any number of names. */
const MOST_TABLES = 64 * 2 ** 20;
/** Places that one folder is read in: each costs what the folder does. */
const MOST_PLACES = 4;
/** Trees for volumes of which it cannot be told whether they are meant. */
const MOST_GUESSES = 32;
/** Folders laid into systems beside their roots, over all. */
const MOST_MOUNTS = 128;
/** Told of what is laid nowhere: more say no more. */
const MOST_TOLD = 16;

/** Where a system keeps what it runs and whom it lets in: the same file elsewhere is only a file. */
const OF_SYSTEM = /^(?:etc|usr|lib\w*|bin|sbin|root|home|boot|efi|var)(?:\/|$)/;
/** Of those, what no other machine has a share of. */
const OF_BOOT = /^(?:etc|usr|lib\w*|bin|sbin|root|boot|efi)(?:\/|$)/;

/** @throws Failure of the source */
export async function planTrees(given: readonly OpenedVolume[]): Promise<Plan> {
  return new Planner().run(given);
}

class Planner {
  readonly #placed: Placed[] = [];
  readonly #problems: Problem[] = [];
  readonly #flaws = new FlawList();
  readonly #tables = new TextBudget(MOST_TABLES);
  /** Of what is placed, what may not be there. */
  readonly #guessed = new Set<Placed>();
  #volumes: readonly OpenedVolume[] = [];
  #tree = 0;
  #mounts = 0;
  #told = 0;
  #lines = 0;

  async run(given: readonly OpenedVolume[]): Promise<Plan> {
    const live = await openLiveImages(given);
    this.#problems.push(...live.problems);
    this.#volumes = [...given, ...live.opened];
    const named = await subvolumesThatBoot(given, this.#flaw);
    const systems: System[] = [];
    for (const volume of this.#volumes) systems.push(...(await systemsOn(volume, named, this.#flaw)));
    if (systems.length > MOST_SYSTEMS) {
      const what = `there are ${systems.length} systems: only ${MOST_SYSTEMS} were looked at as such`;
      this.#flaw(new Unreadable('LIMIT_FILES', what));
      systems.length = MOST_SYSTEMS;
    }
    for (const system of systems) this.#placed.push({ ...system, tree: this.#tree++, mount: '' });
    for (const [tree, system] of systems.entries()) await this.#fill(system, tree);
    for (const volume of this.#volumes) await this.#placeAlone(volume);
    const problems = [...this.#problems, ...this.#flaws.all.map((flaw) => toProblem(flaw))];
    const placements = this.#placed.map((one) => ({ ...one, except: foldersElsewhere(one, this.#placed) }));
    return { placements: placements.sort(byTreeAndDepth), problems };
  }

  readonly #flaw = (flaw: Unreadable): void => {
    this.#flaws.add(flaw);
  };

  async #fill(system: System, tree: number): Promise<void> {
    for (const { folder, where } of system.own) {
      const top = await topOf(system);
      const found = top === undefined ? undefined : await below(top, folder);
      if (found?.start.kind === 'directory') this.#lay(found, tree, where);
    }
    for (const mount of await mountsOf(system, '', this.#tables, this.#flaw))
      await this.#mount(mount, system, tree);
    await this.#layTyped(system, tree);
    const usr = this.#placed.find((one) => one.tree === tree && one.mount === 'usr');
    const units = usr === undefined ? [] : await mountsOf(usr, 'usr', this.#tables, this.#flaw);
    for (const mount of units) await this.#mount(mount, system, tree);
    for await (const { found, problems } of extensionsOf((path) => this.#find(path, tree))) {
      this.#problems.push(...problems);
      for (const one of found) this.#layApart(one, '');
    }
  }

  async #mount(mount: Mount, system: System, tree: number): Promise<void> {
    const { source, where } = mount;
    if (++this.#lines > MOST_LINES) {
      const what = `systems mount more than ${MOST_LINES} things: the rest were not laid out`;
      if (this.#lines === MOST_LINES + 1) this.#flaw(new Unreadable('LIMIT_FILES', what));
      return;
    }
    if (mount.elsewhere !== undefined && (where === '' || OF_SYSTEM.test(where)))
      this.#unlaid(`/${where} with the option ${shown(mount.elsewhere)}, by which other files may be there`);
    if (where === '') return;
    if (source.kind === 'device') return this.#mountDevice(source.what, mount, system, tree);
    if (source.kind === 'path') return this.#mountPath(source.path, where, tree);
    if (source.kind === 'merged') {
      for (const path of source.paths) await this.#mountPath(path, where, tree, true);
    } else if (OF_BOOT.test(where))
      this.#unlaid(`${shown(source.what)} at /${where}, which is not in the image`);
  }

  async #mountDevice(what: string, mount: Mount, system: System, tree: number): Promise<void> {
    const meant = this.#volumes.filter(({ volume, fileSystem }) => isMeant(what, volume.names, fileSystem));
    const found: VolumeFolder[] = [];
    for (const volume of meant) found.push(...(await this.#folderOf(volume, mount)));
    const [first, ...others] = found;
    if (first !== undefined) this.#lay(first, tree, mount.where);
    // Several that are called alike: which a kernel takes is chance.
    for (const other of others) this.#layApart(other, mount.where);
    if (first !== undefined || !OF_SYSTEM.test(mount.where)) return;
    const partition = partitionIn(what);
    for (const volume of this.#volumes) {
      if (this.#guessed.size >= MOST_GUESSES) return this.#tooManyGuesses(mount.where);
      if (partition === undefined && volume.fileSystem === system.fileSystem) continue;
      if (partition !== undefined && (volume.volume.names.partition ?? partition) !== partition) continue;
      for (const one of await this.#folderOf(volume, mount)) this.#layApart(one, mount.where);
    }
  }

  /** What of a volume a mount shows; none where it cannot be read. Only btrfs has subvolumes. */
  async #folderOf(volume: OpenedVolume, { subvolume, subvolumeId, where }: Mount): Promise<VolumeFolder[]> {
    const top = await topOf(volume);
    if (top === undefined) return [];
    if (volume.fileSystem.kind !== 'btrfs' || (subvolume ?? subvolumeId) === undefined) return [top];
    const hidden = await below(top, BTRFS_TOP);
    for (const one of hidden === undefined ? [top] : [hidden, top]) {
      const found =
        subvolume === undefined ? await subvolumeById(one, subvolumeId ?? 0) : await below(one, subvolume);
      if (found?.start.kind === 'directory') return [found];
    }
    if (OF_SYSTEM.test(where))
      this.#unlaid(
        `the subvolume ${subvolume ?? subvolumeId} of ${volume.volume.name} at /${where}, which was not found`,
      );
    return [];
  }

  async #mountPath(path: string, where: string, tree: number, isMerged = false): Promise<void> {
    const found = await this.#find(path, tree);
    if (found?.start.kind === 'directory') {
      if (isMerged) this.#layApart(found, where);
      else this.#lay(found, tree, where);
    } else if (found?.start.kind === 'file') await this.#mountFile(found, where, tree);
    else if (OF_BOOT.test(where)) this.#unlaid(`${shown(path)} at /${where}, which was not found`);
  }

  async #mountFile(file: VolumeFolder, where: string, tree: number): Promise<void> {
    if (!OF_SYSTEM.test(where)) {
      const message = `/${file.base} is mounted at /${where}: it was inspected as one file`;
      this.#problems.push({ code: 'UNKNOWN_CONTENT', message, effect: 'notice' });
      return;
    }
    const { opened, problems } = await openImage(file);
    this.#problems.push(...problems);
    for (const volume of opened) {
      const top = await topOf(volume);
      if (top !== undefined) this.#lay(top, tree, where);
    }
  }

  /** By the tables of discoverable partitions, where no other says what is there (systemd-gpt-auto-generator(8)). */
  async #layTyped(system: System, tree: number): Promise<void> {
    for (const volume of this.#volumes) {
      const where = volume.volume.names.usualMount;
      const isTaken = this.#placed.some((one) => one.tree === tree && one.mount === where);
      if (where === undefined || isTaken || volume.fileSystem === system.fileSystem) continue;
      const top = await topOf(volume);
      if (top !== undefined) this.#lay(top, tree, where);
    }
  }

  /** What a path of a system leads to, on whichever of its volumes. */
  async #find(path: string, tree: number): Promise<VolumeFolder | undefined> {
    const wanted = toLayerPath(path);
    const isOn = (mount: string): boolean =>
      mount === '' || wanted === mount || wanted.startsWith(`${mount}/`);
    const [deepest] = this.#placed
      .filter((one) => one.tree === tree && one.mount !== undefined && isOn(one.mount))
      .sort((a, b) => (b.mount ?? '').length - (a.mount ?? '').length);
    if (deepest === undefined) return undefined;
    return below(deepest, wanted.slice((deepest.mount ?? '').length).replace(/^\//, ''));
  }

  /** Into a system's tree. */
  #lay(folder: VolumeFolder, tree: number, where: string): void {
    const places = this.#placesOf(folder);
    if (places.some((one) => one.tree === tree && one.mount === where)) return;
    // A second time only where it makes a difference.
    if (places.length > 0 && !OF_SYSTEM.test(where)) return;
    if (places.length >= MOST_PLACES)
      this.#unlaid(`${folder.volume.name} in more than ${MOST_PLACES} places, at /${where} too`);
    else if (this.#mounts++ >= MOST_MOUNTS) this.#unlaid(`more than ${MOST_MOUNTS} things, at /${where} too`);
    else this.#place({ ...folder, tree, mount: where });
  }

  /** Where it may be, in a tree of its own. */
  #layApart(folder: VolumeFolder, where: string): void {
    if (this.#placesOf(folder).some(({ mount }) => mount === where)) return;
    if (this.#guessed.size < MOST_GUESSES)
      this.#guessed.add(this.#place({ ...folder, tree: this.#tree++, mount: where }));
    else this.#tooManyGuesses(where);
  }

  #tooManyGuesses(where: string): void {
    this.#unlaid(
      `more than ${MOST_GUESSES} things of which it cannot be told what they are, at /${where} too`,
    );
  }

  #placesOf({ fileSystem, start }: VolumeFolder): Placed[] {
    return this.#placed.filter((one) => one.fileSystem === fileSystem && one.start.id === start.id);
  }

  #unlaid(what: string): void {
    if (this.#told++ < MOST_TOLD) this.#flaw(new Unreadable('UNKNOWN_CONTENT', `a system mounts ${what}`));
  }

  /** What nothing mounts, and what does something by itself though something mounts it. */
  async #placeAlone(volume: OpenedVolume): Promise<void> {
    const top = await topOf(volume);
    if (top === undefined) return;
    const { usualMount } = volume.volume.names;
    const places = this.#placesOf(top).filter((one) => !this.#guessed.has(one));
    if (places.some(({ mount }) => mount === '')) return;
    if (places.length === 0 && usualMount !== undefined)
      places.push(this.#place({ ...top, tree: this.#tree++, mount: usualMount }));
    const names = places.length === 0 ? [] : await namesIn(top);
    if (places.every(({ mount = '' }) => actsAlone(names, mount)))
      this.#place({ ...top, tree: this.#tree++, mount: undefined });
  }

  #place(one: Placed): Placed {
    this.#placed.push(one);
    return one;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** A mount point comes after what it lies in. */
function byTreeAndDepth(a: Placement, b: Placement): number {
  const depth = ({ mount = '' }: Placement): number => (mount === '' ? 0 : mount.split('/').length);
  return a.tree - b.tree || depth(a) - depth(b);
}
