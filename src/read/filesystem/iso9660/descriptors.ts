import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { both32 } from './both-orders.ts';

/** ECMA-119, 8: what the volume descriptors from sector 16 on tell. */
export interface Descriptors {
  readonly primary: VolumeDescriptor;
  /** With names in UCS-2. */
  readonly joliet: VolumeDescriptor | undefined;
  /** Where the boot catalogue is, in sectors of 2048 bytes. */
  readonly bootCatalogue: number | undefined;
  readonly flaws: readonly Unreadable[];
}

export interface VolumeDescriptor {
  readonly blockBytes: number;
  readonly label: Buffer;
  /** As `/dev/disk/by-uuid` has it: a date with dashes. */
  readonly uuid: string | undefined;
  readonly root: { readonly block: number; readonly bytes: number };
}

export const SECTOR = 2048;
const FIRST = 16 * SECTOR;
/** Images have up to five; the recognition sequence of UDF is behind them. */
const MAX_DESCRIPTORS = 48;
/** Sectors in which a first descriptor is looked for, as Linux does when another is in front. */
const PROBED = 8;
const JOLIET = ['%/@', '%/C', '%/E'];
const EL_TORITO = 'EL TORITO SPECIFICATION';

export function isIso9660(head: Buffer): boolean {
  for (let at = FIRST; at < FIRST + PROBED * SECTOR && at + SECTOR <= head.length; at += SECTOR) {
    if (isStandard(head.subarray(at)) || isHighSierra(head.subarray(at))) return true;
  }
  return head.length >= FIRST + SECTOR && identifierOf(head.subarray(FIRST)) === 'BEA01';
}

/** @throws Unreadable, Failure of the source */
export async function readDescriptors(source: BlockSource): Promise<Descriptors> {
  const available = Math.floor((source.size - FIRST) / SECTOR);
  const bytes = await source.read(FIRST, Math.max(0, Math.min(MAX_DESCRIPTORS, available)) * SECTOR);
  const found = new Found();
  for (let at = 0; at < bytes.length; at += SECTOR) found.take(bytes.subarray(at, at + SECTOR), FIRST + at);
  return found.result();
}

class Found {
  readonly #flaws: Unreadable[] = [];
  readonly #volumes: { readonly descriptor: VolumeDescriptor; readonly isJoliet: boolean }[] = [];
  #primary: VolumeDescriptor | undefined;
  #bootCatalogue: number | undefined;
  #isUdf = false;
  #isHighSierra = false;
  /** After the last of them, which systems heed. */
  #ended = false;

  take(sector: Buffer, at: number): void {
    if (identifierOf(sector).startsWith('NSR0')) this.#isUdf = true;
    if (isHighSierra(sector)) this.#isHighSierra = true;
    if (this.#ended || !isStandard(sector)) return;
    switch (sector[0]) {
      case 0:
        this.#takeBoot(sector);
        break;
      case 1:
        this.#takePrimary(parseVolume(sector, at, this.#flaws), at);
        break;
      case 2:
        this.#volumes.push({ descriptor: parseVolume(sector, at, this.#flaws), isJoliet: isJoliet(sector) });
        break;
      case 255:
        this.#ended = true;
        break;
    }
  }

  /** @throws Unreadable */
  result(): Descriptors {
    if (this.#primary === undefined) throw this.#nothing();
    if (this.#isUdf) {
      const message = 'it also has a UDF file system, whose files were not read: systems prefer it';
      this.#flaws.push(new Unreadable('UNSUPPORTED', message, FIRST));
    }
    const joliet = this.#volumes.find(({ isJoliet }) => isJoliet)?.descriptor;
    const read = new Set([this.#primary.root.block, joliet?.root.block]);
    for (const { descriptor } of this.#volumes) {
      if (read.has(descriptor.root.block)) continue;
      const message = `it has another tree, from block ${descriptor.root.block} on, which was not read`;
      this.#flaws.push(new Unreadable('UNSUPPORTED', message, descriptor.root.block * descriptor.blockBytes));
    }
    return { primary: this.#primary, joliet, bootCatalogue: this.#bootCatalogue, flaws: this.#flaws };
  }

  #takeBoot(sector: Buffer): void {
    if (!sector.toString('latin1', 7, 39).startsWith(EL_TORITO)) return;
    this.#bootCatalogue ??= sector.readUInt32LE(71);
  }

  #takePrimary(descriptor: VolumeDescriptor, at: number): void {
    if (this.#primary === undefined) this.#primary = descriptor;
    else if (this.#primary.root.block !== descriptor.root.block) {
      const message = 'it has a second primary descriptor with another tree, which was not read';
      this.#flaws.push(new Unreadable('UNSUPPORTED', message, at));
    }
  }

  #nothing(): Unreadable {
    if (this.#isUdf) return new Unreadable('UNSUPPORTED', 'UDF is not read', FIRST);
    if (this.#isHighSierra) return new Unreadable('UNSUPPORTED', 'High Sierra is not read', FIRST);
    return new Unreadable('MALFORMED_FILE_SYSTEM', 'there is no primary volume descriptor', FIRST);
  }
}

function parseVolume(sector: Buffer, at: number, flaws: Unreadable[]): VolumeDescriptor {
  const blockBytes = sector.readUInt16LE(128);
  if (blockBytes !== 512 && blockBytes !== 1024 && blockBytes !== SECTOR)
    throw new Unreadable('UNSUPPORTED', `blocks of ${blockBytes} bytes are not read`, at + 128);
  return {
    blockBytes,
    label: sector.subarray(40, 72),
    uuid: toUuid(sector.toString('latin1', 830, 846)) ?? toUuid(sector.toString('latin1', 813, 829)),
    root: {
      block: both32(sector, 158, 'the block of the root folder', at, flaws) + (sector[157] ?? 0),
      bytes: both32(sector, 166, 'the size of the root folder', at, flaws),
    },
  };
}

function toUuid(digits: string): string | undefined {
  if (!/^\d{16}$/.test(digits) || digits.startsWith('0000')) return undefined;
  const [year, ...rest] = [digits.slice(0, 4), ...(digits.slice(4).match(/../g) ?? [])];
  return [year, ...rest].join('-');
}

function isJoliet(sector: Buffer): boolean {
  return JOLIET.includes(sector.toString('latin1', 88, 91));
}

function identifierOf(sector: Buffer): string {
  return sector.toString('latin1', 1, 6);
}

function isStandard(sector: Buffer): boolean {
  return identifierOf(sector) === 'CD001';
}

function isHighSierra(sector: Buffer): boolean {
  return sector.toString('latin1', 9, 14) === 'CDROM';
}
