import type { Problem } from '../../core/problem.ts';
import { openImage } from './inner-images.ts';
import { below, namesIn, topOf, type VolumeFolder } from './opened-volume.ts';

/*
 * System extensions (systemd-sysext(8)): folders and images that are laid over `/usr`, `/opt` and `/etc` at boot. A job in
 * `/var/lib/confexts/x/etc/cron.d` is one in `/etc/cron.d`. Each is looked at as a root of its own.
 */

const HOLDERS = ['etc', 'run', 'var/lib', 'usr/lib', 'usr/local/lib'].flatMap((folder) =>
  ['extensions', 'confexts', 'extensions.mutable', 'confexts.mutable'].map((name) => `${folder}/${name}`),
);
const MAX_EXTENSIONS = 16;

/** @param find what a path of the system leads to. @throws Failure of the source */
export async function* extensionsOf(
  find: (path: string) => Promise<VolumeFolder | undefined>,
): AsyncGenerator<{ readonly found: readonly VolumeFolder[]; readonly problems: readonly Problem[] }> {
  for (const holder of HOLDERS) {
    const folder = await find(holder);
    if (folder?.start.kind !== 'directory') continue;
    // What was changed on top of the extensions is not in one of them.
    if (holder.endsWith('.mutable')) {
      yield { found: [folder], problems: [] };
      continue;
    }
    const names = await namesIn(folder);
    for (const name of names.slice(0, MAX_EXTENSIONS)) {
      const one = await below(folder, name);
      if (one?.start.kind === 'directory') yield { found: [one], problems: [] };
      if (one?.start.kind === 'file') yield openExtension(one);
    }
    if (names.length > MAX_EXTENSIONS) yield { found: [], problems: [tooMany(folder, names.length)] };
  }
}

async function openExtension(file: VolumeFolder) {
  const { opened, problems } = await openImage(file);
  const found: VolumeFolder[] = [];
  for (const volume of opened) {
    const top = await topOf(volume);
    if (top !== undefined) found.push(top);
  }
  return { found, problems };
}

function tooMany({ volume, base }: VolumeFolder, count: number): Problem {
  const message = `/${base} of ${volume.name} has ${count} system extensions: only ${MAX_EXTENSIONS} were looked into`;
  return { code: 'LIMIT_FILES', message, effect: 'incomplete' };
}
