import { Unreadable } from '../disk/unreadable.ts';
import { type Mount, parseFstab } from './fstab.ts';
import { parseMountUnit } from './mount-unit.ts';
import { below, namesIn, type VolumeFolder } from './opened-volume.ts';
import type { TextBudget } from './text-budget.ts';

/*
 * The tables that say what a system mounts. One that is too long to be read, or that cannot be, says nothing to us and much to the
 * system: that is a flaw, never an empty table.
 */

const MAX_BYTES = 1024 * 1024;
const MAX_MOUNTS = 1000;
const MAX_UNITS = 512;

/** Unit folders (systemd.unit(5)), in any order: what one has of another's is read twice. */
const UNIT_FOLDERS = [
  'etc/systemd/system',
  'etc/systemd/system.control',
  'etc/systemd/system.attached',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
];

type Flaw = (flaw: Unreadable) => void;

/**
 * @param at where the folder is in the system: what is only there is read
 * @param budget of all tables of the image
 * @throws Failure of the source
 */
export async function mountsOf(
  folder: VolumeFolder,
  at: '' | 'usr',
  budget: TextBudget,
  flaw: Flaw,
): Promise<Mount[]> {
  const read: ReadText = (from, path) => textIn(from, path, budget, flaw);
  const mounts = at === '' ? parseFstab(await read(folder, 'etc/fstab')) : [];
  const units = UNIT_FOLDERS.filter((path) => at === '' || path.startsWith('usr/'));
  for (const path of units) mounts.push(...(await mountUnits(folder, path.slice(at.length), read, flaw)));
  // `lib` is a link to `usr/lib`, mostly.
  const distinct = [...new Map(mounts.map((mount) => [JSON.stringify(mount), mount])).values()];
  if (distinct.length > MAX_MOUNTS)
    flaw(
      new Unreadable(
        'LIMIT_FILES',
        `a system mounts more than ${MAX_MOUNTS} things: the rest were not laid out`,
      ),
    );
  return distinct.slice(0, MAX_MOUNTS);
}

type ReadText = (folder: VolumeFolder, path: string) => Promise<string>;

async function mountUnits(system: VolumeFolder, path: string, read: ReadText, flaw: Flaw): Promise<Mount[]> {
  const folder = await below(system, path);
  if (folder?.start.kind !== 'directory') return [];
  const all = await namesIn(folder);
  const names = all.filter((name) => /\.mount(?:\.d)?$/.test(name));
  if (names.length > MAX_UNITS)
    flaw(
      new Unreadable('LIMIT_FILES', `${path} has ${names.length} mount units: only ${MAX_UNITS} were read`),
    );
  const mounts: Mount[] = [];
  for (const unit of new Set(names.slice(0, MAX_UNITS).map((name) => name.replace(/\.d$/, '')))) {
    const texts: string[] = all.includes(unit) ? [await read(folder, unit)] : [];
    // What is dropped in may say all, or only what a unit of another folder does not.
    const dropped = await below(folder, `${unit}.d`);
    for (const name of dropped?.start.kind === 'directory' ? (await namesIn(dropped)).sort() : [])
      if (name.endsWith('.conf') && texts.length < MAX_UNITS)
        texts.push(await read(folder, `${unit}.d/${name}`));
    mounts.push(...parseMountUnit([`[Mount]\nWhere=${toWhere(unit)}\n`, ...texts]));
  }
  return mounts;
}

/** systemd-escape(1): a unit is called as what it mounts. */
function toWhere(unit: string): string {
  const path = unit.replace(/\.mount$/, '').replaceAll('-', '/');
  return `/${path.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))}`;
}

async function textIn(folder: VolumeFolder, path: string, budget: TextBudget, flaw: Flaw): Promise<string> {
  const found = await below(folder, path);
  if (found?.start.kind !== 'file') return '';
  try {
    const { size } = found.start;
    if (size > MAX_BYTES)
      throw new Unreadable('LIMIT_BYTES', `it has ${size} bytes: ${MAX_BYTES} are read at most`);
    budget.take(size);
    return (await found.start.read(0, size)).toString('utf8');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaw(
      new Unreadable(
        error.code,
        `/${found.base}, which says what is mounted, was not read: ${error.message}`,
      ),
    );
    return '';
  }
}
