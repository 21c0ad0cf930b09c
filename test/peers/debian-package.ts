import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PEER_FOLDER } from './debian.ts';
import { run } from './run.ts';

/** The folder of a Debian package's files, downloaded once. @throws Error where there is no apt, or no network */
export async function debianPackage(name: string): Promise<string> {
  const folder = join(PEER_FOLDER, 'packages', name);
  if (existsSync(folder)) return folder;
  await mkdir(join(PEER_FOLDER, 'packages'), { recursive: true });
  const draft = await mkdtemp(`${folder}.part-`);
  try {
    run('apt-get', ['download', '-q', name], { cwd: draft });
    run('sh', ['-c', `dpkg-deb -x ./${name}_*.deb files`], { cwd: draft });
    await rename(join(draft, 'files'), folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}
