import { Unreadable } from '../../disk/unreadable.ts';
import { DATA, VOLUME_INFORMATION } from './attribute.ts';
import { attributeOf, type File, residentOf } from './file.ts';
import { restoreSectors } from './fixup.ts';
import { openStream, type Stream } from './stream.ts';
import type { Volume } from './volume.ts';

/*
 * Whether the volume is as its files say: when changes wait in $LogFile, the system that mounts it makes them first, and then sees
 * other files than those that were inspected.
 *
 * Two restart pages say how the journal was left; the later one counts. Where they are depends on the size of its pages, so that
 * systems look at its beginning, and then at each power of two. Who looks in the two usual places alone can be shown two that are empty.
 */

const DIRTY = 0x0001;
const CLEAN = 0x0002;
const NO_CLIENT = 0xffff;
const SECTOR = 512;
const MAX_PAGE = 2 ** 16;
/** What is filled with ones when a journal is emptied, at the least. */
const EMPTIED = 8192;

/** @param file that of `$Volume` */
export function dirtyVolume(file: File): Unreadable | undefined {
  const information = residentOf(file, VOLUME_INFORMATION);
  if (information === undefined || information.length < 12)
    return malformed('$Volume has no information of the volume');
  if ((information.readUInt16LE(10) & DIRTY) === 0) return undefined;
  return malformed('the volume is marked as dirty: it was not unmounted, or has errors');
}

/**
 * @param file that of `$LogFile`
 * @throws Unreadable when the journal cannot be used, Failure of the source
 */
export async function pendingChanges(volume: Volume, file: File): Promise<Unreadable | undefined> {
  const data = attributeOf(file, DATA);
  if (data === undefined) return malformed('$LogFile has no content');
  const stream = openStream(volume, data.source);
  if (stream.size < EMPTIED) return malformed(`$LogFile has ${stream.size} bytes`);
  const restarts = await readRestarts(stream);
  if (restarts === 'none')
    return (await stream.read(0, EMPTIED)).every((byte) => byte === 0xff)
      ? undefined
      : malformed('$LogFile has no restart page that can be read');
  const [one, other] = restarts;
  const latest = other !== undefined && other.position > one.position ? other : one;
  return latest.isClean ? undefined : malformed('$LogFile has changes that were not made yet');
}

interface Restart {
  readonly position: bigint;
  readonly isClean: boolean;
}

/** The first two that can be used; one alone where the first is not at the beginning. */
async function readRestarts(stream: Stream): Promise<[Restart, Restart?] | 'none'> {
  let first: Restart | undefined;
  for (let at = 0; at + SECTOR <= stream.size; at = at === 0 ? SECTOR : at * 2) {
    const restart = await readRestart(stream, at);
    if (restart === undefined) continue;
    if (first !== undefined) return [first, restart];
    first = restart;
    if (at > 0) return [first];
  }
  return first === undefined ? 'none' : [first];
}

/** Undefined for a page that cannot be used. */
async function readRestart(stream: Stream, at: number): Promise<Restart | undefined> {
  const head = await stream.read(at, SECTOR);
  const magic = head.toString('latin1', 0, 4);
  if (magic !== 'RSTR' && magic !== 'CHKD') return undefined;
  const size = (head.readUInt16LE(6) - 1) * SECTOR;
  if (size < SECTOR || size > Math.min(MAX_PAGE, stream.size - at)) return undefined;
  return parseRestart(Buffer.from(await stream.read(at, size)), magic === 'CHKD');
}

/** @param wasChecked by chkdsk, after which a system begins the journal anew */
function parseRestart(page: Buffer, wasChecked: boolean): Restart | undefined {
  try {
    if (restoreSectors(page, ['RSTR', 'CHKD'], 'a restart page') !== undefined) return undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
  if (wasChecked) return { position: page.readBigUInt64LE(8), isClean: true };
  const at = page.readUInt16LE(24);
  if (at + 16 > page.length) return undefined;
  const isClean = page.readUInt16LE(at + 12) === NO_CLIENT || (page.readUInt16LE(at + 14) & CLEAN) !== 0;
  return { position: page.readBigUInt64LE(at), isClean };
}

function malformed(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message);
}
