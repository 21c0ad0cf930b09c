import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';

const SIGNATURE = 0xbeda107f;
const SIGNATURE_AT = 64;
const HEADER_BYTES = 512;
const SECTOR = 512;
const LARGEST_BLOCK = 256 * 2 ** 20;
/** What version 1.1 has, with the 72 bytes before. */
const SMALLEST_HEADER = 72 + 384;

/** Little-endian, as VirtualBox and QEMU write it: version 1.1. */
export interface Header {
  readonly kind: 'dynamic' | 'static' | 'undo' | 'differencing';
  readonly mapOffset: number;
  readonly dataOffset: number;
  readonly blockSize: number;
  readonly size: number;
  readonly blocks: number;
}

export function hasSignature(head: Buffer): boolean {
  return head.length >= SIGNATURE_AT + 4 && head.readUInt32LE(SIGNATURE_AT) === SIGNATURE;
}

const KINDS: ReadonlyMap<number, Header['kind']> = new Map([
  [1, 'dynamic'],
  [2, 'static'],
  [3, 'undo'],
  [4, 'differencing'],
]);

/** @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source */
export async function readHeader(source: BlockSource): Promise<Header> {
  const bytes = await source.read(0, HEADER_BYTES);
  const version = bytes.readUInt32LE(68);
  if (version !== 0x00010001)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has VDI version ${version >>> 16}.${version & 0xffff}: only 1.1 is read`,
    );
  const type = bytes.readUInt32LE(76);
  const kind = KINDS.get(type);
  if (kind === undefined)
    throw new Unreadable('UNSUPPORTED', `${source.name} is a VDI of the unknown type ${type}`);
  const extra = bytes.readUInt32LE(380);
  if (extra !== 0)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has ${extra} bytes before each block, which programs differ on`,
    );
  const size = bytes.readBigUInt64LE(368);
  if (size > BigInt(Number.MAX_SAFE_INTEGER - SECTOR))
    throw new Unreadable('MALFORMED_DISK', `${source.name} has the size ${size}: no disk is that large`, 368);
  const header: Header = {
    kind,
    mapOffset: bytes.readUInt32LE(340),
    dataOffset: bytes.readUInt32LE(344),
    blockSize: bytes.readUInt32LE(376),
    // Old VirtualBox wrote sizes that are no whole sectors: QEMU rounds them up.
    size: Math.ceil(Number(size) / SECTOR) * SECTOR,
    blocks: bytes.readUInt32LE(384),
  };
  requireSane(source, header);
  return header;
}

function requireSane(source: BlockSource, { blockSize, mapOffset, dataOffset, size, blocks }: Header): void {
  if (blockSize < SECTOR || blockSize > LARGEST_BLOCK || (blockSize & (blockSize - 1)) !== 0)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has VDI blocks of ${blockSize} bytes`, 376);
  if (mapOffset < SMALLEST_HEADER || dataOffset < mapOffset) {
    const message = `${source.name} has its block map at ${mapOffset} and its blocks at ${dataOffset}`;
    throw new Unreadable('MALFORMED_DISK', message, 340);
  }
  if (Math.ceil(size / blockSize) > blocks)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has ${size} bytes in only ${blocks} blocks`, 384);
}
