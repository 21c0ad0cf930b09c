import type { BlockSource } from '../../disk/block-source.ts';
import type { Volume } from '../contract.ts';
import { findVolumes } from '../find-volumes.ts';
import { PROBES, toDisk } from './memory-disk.ts';

/** Disks as a test has them; what was found as a test reads it: each volume and each flaw in one line. */
export async function summarise(...disks: readonly (Buffer | BlockSource)[]): Promise<{
  readonly volumes: readonly string[];
  readonly flaws: readonly string[];
}> {
  const sources = disks.map((disk) => (Buffer.isBuffer(disk) ? toDisk(disk) : disk));
  const { volumes, flaws } = await findVolumes(sources, PROBES);
  return {
    volumes: volumes.map((volume) => `${volume.name}: ${wordsOf(volume)}`),
    flaws: flaws.map(({ code, message }) => `${code}: ${message}`),
  };
}

function wordsOf({ content }: Volume): string {
  if (content.kind === 'file-system') return content.driver;
  if (content.kind === 'accounted') return content.what;
  if (content.kind === 'unread') return content.problem.code;
  return content.kind;
}

export async function findVolume(name: string, ...disks: readonly Buffer[]): Promise<Volume> {
  const { volumes } = await findVolumes(
    disks.map((disk) => toDisk(disk)),
    PROBES,
  );
  const found = volumes.find((volume) => volume.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${volumes.map((volume) => volume.name).join(', ')}`);
  return found;
}
