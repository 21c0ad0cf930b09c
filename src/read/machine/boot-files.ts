import { requireUnreadable, Unreadable } from '../disk/unreadable.ts';
import { below, namesIn, type OpenedVolume, topOf, type VolumeFolder } from './opened-volume.ts';
import type { NamedSubvolumes } from './systems.ts';
import { TextBudget } from './text-budget.ts';

/*
 * Which subvolumes boot loaders start from. A subvolume may be anywhere in a btrfs, and most are snapshots that nothing starts: those
 * that a boot loader's files name are systems wherever they are.
 */

const FOLDERS = ['', 'boot/', 'efi/', '@/boot/', 'root/boot/', '@boot/'];
const FILES = ['grub/grub.cfg', 'grub2/grub.cfg', 'extlinux/extlinux.conf', 'loader/entries', 'EFI'];
const MAX_BYTES = 4 * 2 ** 20;
/** Over all files and volumes. */
const MAX_ALL_BYTES = 64 * 2 ** 20;
const MAX_FILES = 128;
const MAX_NAMES = 64;

/** @throws Failure of the source */
export async function subvolumesThatBoot(
  volumes: readonly OpenedVolume[],
  flaw: (flaw: Unreadable) => void,
): Promise<NamedSubvolumes> {
  const named = new Set<string | number>();
  const budget = new TextBudget(MAX_ALL_BYTES);
  if (!volumes.some(({ fileSystem }) => fileSystem.kind === 'btrfs')) return named;
  for (const volume of volumes) {
    for await (const text of bootTexts(volume, budget, flaw)) {
      for (const [, key, value = ''] of text.matchAll(/\bsubvol(id)?=([^\s,"']{1,500})/g)) {
        if (named.size >= MAX_NAMES) {
          const what = `the boot loader names more than ${MAX_NAMES} subvolumes: only those were looked at as systems`;
          flaw(new Unreadable('LIMIT_FILES', what));
          return named;
        }
        named.add(key === undefined ? value.replace(/^\/+/, '') : Number(value));
      }
    }
  }
  return named;
}

async function* bootTexts(
  volume: OpenedVolume,
  budget: TextBudget,
  flaw: (flaw: Unreadable) => void,
): AsyncGenerator<string> {
  const top = await topOf(volume);
  if (top === undefined) return;
  for (const file of FOLDERS.flatMap((folder) => FILES.map((name) => folder + name))) {
    const found = await below(top, file);
    if (found === undefined) continue;
    const isFolder = found.start.kind === 'directory';
    const names = isFolder ? (await namesIn(found)).slice(0, MAX_FILES) : [''];
    for (const name of names) {
      const path = isFolder ? `${file}/${name}${file.endsWith('EFI') ? '/grub.cfg' : ''}` : file;
      const one = isFolder ? await below(top, path) : found;
      if (one?.start.kind === 'file') yield await textOf(one, budget, flaw);
    }
  }
}

async function textOf(
  { volume, base, start }: VolumeFolder,
  budget: TextBudget,
  flaw: (flaw: Unreadable) => void,
): Promise<string> {
  try {
    if (start.size > MAX_BYTES)
      throw new Unreadable('LIMIT_BYTES', `it has ${start.size} bytes: ${MAX_BYTES} are read at most`);
    budget.take(start.size);
    return (await start.read(0, start.size)).toString('utf8');
  } catch (error) {
    const { code, message } = requireUnreadable(error);
    flaw(
      new Unreadable(
        code,
        `/${base} of ${volume.name}, which may say what is booted, was not read: ${message}`,
      ),
    );
    return '';
  }
}
