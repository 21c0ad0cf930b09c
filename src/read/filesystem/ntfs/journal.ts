import { Unreadable } from '../../disk/unreadable.ts';
import { DATA, VOLUME_INFORMATION } from './attribute.ts';
import { attributeOf, type File, residentOf } from './file.ts';
import { restoreSectors } from './fixup.ts';
import { openStream } from './stream.ts';
import type { Volume } from './volume.ts';

/*
 * Whether the volume is as its files say: when changes wait in $LogFile, the system that mounts it makes them first, and then sees
 * other files than those that were inspected.
 */

const DIRTY = 0x0001;
const CLEAN = 0x0002;
const NO_CLIENT = 0xffff;
const PAGE_BYTES = 4096;

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
  if (stream.size < 2 * PAGE_BYTES) return malformed(`$LogFile has ${stream.size} bytes`);
  const pages = Buffer.from(await stream.read(0, 2 * PAGE_BYTES));
  // A journal that was emptied is all ones.
  if (pages.every((byte) => byte === 0xff)) return undefined;
  const restarts = [0, PAGE_BYTES]
    .map((at) => parseRestart(pages.subarray(at, at + PAGE_BYTES)))
    .filter((restart) => restart !== undefined);
  const [one, other] = restarts;
  if (one === undefined) return malformed('$LogFile has no restart page that can be read');
  const latest = other !== undefined && other.position > one.position ? other : one;
  return latest.isClean ? undefined : malformed('$LogFile has changes that were not made yet');
}

/** Undefined for a page that cannot be used: there are two. */
function parseRestart(page: Buffer): { readonly position: bigint; readonly isClean: boolean } | undefined {
  try {
    if (restoreSectors(page, ['RSTR', 'CHKD'], 'a restart page') !== undefined) return undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
  const at = page.readUInt16LE(24);
  if (at + 16 > page.length) return undefined;
  const isClean = page.readUInt16LE(at + 12) === NO_CLIENT || (page.readUInt16LE(at + 14) & CLEAN) !== 0;
  return { position: page.readBigUInt64LE(at), isClean };
}

function malformed(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message);
}
