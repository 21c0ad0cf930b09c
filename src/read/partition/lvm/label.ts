import type { BlockSource } from '../../disk/block-source.ts';
import type { FlawList } from '../../disk/flaw-list.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { u64 } from '../integers.ts';
import { lvmChecksum } from './checksum.ts';

/*
 * What LVM2 writes on a physical volume: a label in one of the first four sectors, which leads to metadata areas, each with
 * the text that describes the whole volume group in a ring.
 */

const SECTOR = 512;
const LABEL_SECTORS = 4;
const MAX_AREAS = 8;
const MAX_TEXT_BYTES = 4 * 2 ** 20;
const AREA_MAGIC = ' LVM2 x[5A%r0N*>';
/** Of a copy that is kept out of use. */
const IGNORED = 1;

export interface PhysicalVolume {
  /** 32 letters, without the dashes that it is shown with. */
  readonly id: string;
  /** Bytes from the start. */
  readonly areas: readonly { readonly offset: number; readonly size: number }[];
  /** What is wrong with the label; then nothing else of it is to be trusted. */
  readonly damage?: Unreadable;
}

/** Undefined where none of the sectors has a label. Never throws. */
export function findLabel(head: Buffer, name: string): PhysicalVolume | undefined {
  for (let sector = 0; sector < LABEL_SECTORS; sector++) {
    const at = sector * SECTOR;
    if (head.length < at + SECTOR) return undefined;
    if (head.toString('latin1', at, at + 8) === 'LABELONE')
      return parseLabel(head.subarray(at, at + SECTOR), sector, name);
  }
  return undefined;
}

function parseLabel(label: Buffer, sector: number, name: string): PhysicalVolume {
  const damaged = (
    code: 'CHECKSUM_MISMATCH' | 'MALFORMED_DISK' | 'UNSUPPORTED',
    what: string,
  ): PhysicalVolume => ({
    id: '',
    areas: [],
    damage: new Unreadable(code, `the LVM2 label of ${name} ${what}`, sector * SECTOR),
  });
  if (lvmChecksum(label.subarray(20)) !== label.readUInt32LE(16))
    return damaged('CHECKSUM_MISMATCH', 'does not have its checksum');
  if (u64(label, 8) !== sector) return damaged('MALFORMED_DISK', 'is not in the sector that it says');
  const type = label.toString('latin1', 24, 32);
  if (type !== 'LVM2 001') return damaged('UNSUPPORTED', `is of type ${JSON.stringify(type)}`);
  const header = label.readUInt32LE(20);
  if (header < 32 || header + 40 > SECTOR)
    return damaged('MALFORMED_DISK', `has its header at byte ${header}`);
  const id = label.toString('latin1', header, header + 32);
  let at = header + 40;
  const next = () => {
    const area = at + 16 > SECTOR ? undefined : { offset: u64(label, at), size: u64(label, at + 8) };
    at += 16;
    return area === undefined || area.offset === 0 ? undefined : area;
  };
  while (next() !== undefined); // Data areas: the text says more of them.
  const areas: { offset: number; size: number }[] = [];
  for (let area = next(); area !== undefined && areas.length < MAX_AREAS; area = next()) areas.push(area);
  return { id, areas };
}

/**
 * The text of each area that is whole: a system goes by the newest, which need not be in the first. None where the volume has none: others
 * of its group have it.
 * @throws Unreadable where it has some and none can be read; Failure of the source
 */
export async function readMetadata(
  source: BlockSource,
  { areas }: PhysicalVolume,
  flaws: FlawList,
): Promise<readonly string[]> {
  const damage: Unreadable[] = [];
  const texts: string[] = [];
  for (const { offset, size } of areas) {
    try {
      const text = await readArea(source, offset, size);
      if (text !== undefined) texts.push(text);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      damage.push(error);
    }
  }
  if (texts.length === 0 && damage[0] !== undefined) throw damage[0];
  flaws.addAll(damage);
  return texts;
}

async function readArea(source: BlockSource, start: number, size: number): Promise<string | undefined> {
  const where = `the LVM2 metadata area at byte ${start} of ${source.name}`;
  const malformed = (what: string) => new Unreadable('MALFORMED_DISK', `${where} ${what}`, start);
  if (size <= SECTOR || start + size > source.size) throw malformed('is not on it');
  const header = await source.read(start, SECTOR);
  if (header.toString('latin1', 4, 20) !== AREA_MAGIC) throw malformed('has no magic');
  if (lvmChecksum(header.subarray(4)) !== header.readUInt32LE(0))
    throw new Unreadable('CHECKSUM_MISMATCH', `${where} does not have its checksum`, start);
  if (header.readUInt32LE(20) !== 1)
    throw new Unreadable('UNSUPPORTED', `${where} is of version ${header.readUInt32LE(20)}`, start);
  if (u64(header, 24) !== start || u64(header, 32) !== size) throw malformed('says that it is elsewhere');
  const offset = u64(header, 40);
  const length = u64(header, 48);
  if (offset === 0 || length === 0 || (header.readUInt32LE(60) & IGNORED) !== 0) return undefined;
  if (offset < SECTOR || offset >= size || length > size - SECTOR)
    throw malformed('has its text outside of it');
  if (length > MAX_TEXT_BYTES)
    throw malformed(`has ${length} bytes of text: ${MAX_TEXT_BYTES} are read at most`);
  const straight = Math.min(length, size - offset);
  const text = Buffer.concat([
    await source.read(start + offset, straight),
    await source.read(start + SECTOR, length - straight),
  ]);
  if (lvmChecksum(text) !== header.readUInt32LE(56))
    throw new Unreadable(
      'CHECKSUM_MISMATCH',
      `the text of ${where} does not have its checksum`,
      start + offset,
    );
  return text.toString('utf8');
}
