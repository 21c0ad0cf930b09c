import type { Problem } from '../../core/problem.ts';
import { toProblem, Unreadable } from '../disk/unreadable.ts';
import { DRIVERS } from '../filesystem/all.ts';
import type { Volume } from '../partition/contract.ts';
import type { OpenedVolume } from './opened-volume.ts';

/**
 * Opens the file systems; what is none, or cannot be opened, is a problem.
 * @throws Failure of the source
 */
export async function openVolumes(
  volumes: readonly Volume[],
): Promise<{ opened: OpenedVolume[]; problems: Problem[] }> {
  const opened: OpenedVolume[] = [];
  const problems: Problem[] = [];
  for (const volume of volumes) {
    const { content } = volume;
    if (content.kind === 'unread') problems.push(naming(volume, content.problem));
    if (content.kind === 'accounted') problems.push(accountFor(volume, content.what));
    if (content.kind !== 'file-system') continue;
    try {
      const driver = DRIVERS.find(({ name }) => name === content.driver);
      if (driver === undefined) throw new Unreadable('UNSUPPORTED', `${content.driver} is not read`);
      opened.push({ volume, fileSystem: await driver.open(volume.source) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(naming(volume, error));
    }
  }
  return { opened, problems };
}

export function naming({ name }: Volume, flaw: Unreadable): Problem {
  const message = flaw.message.startsWith(name) ? flaw.message : `${name} was not read: ${flaw.message}`;
  return toProblem(new Unreadable(flaw.code, message, flaw.offset));
}

function accountFor({ name }: Volume, what: string): Problem {
  return {
    code: 'UNKNOWN_CONTENT',
    message: `${name} is ${what}: it has no files of its own`,
    effect: 'notice',
  };
}
