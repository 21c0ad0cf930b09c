import { SECTOR } from './memory-disk.ts';

export interface MdText {
  readonly level: number;
  readonly disks: number;
  readonly role: number;
  /** Bytes. */
  readonly dataOffset?: number;
  readonly dataSize: number;
  readonly name?: string;
  readonly events?: number;
  readonly chunk?: number;
  readonly array?: number;
}

/** Version 1.x. @param at 0, 4096, or near the end: 1.1, 1.2, 1.0 */
export function putMd(disk: Buffer, at: number, md: MdText): void {
  const {
    level,
    disks,
    role,
    dataOffset = 0,
    dataSize,
    name = 'host:0',
    events = 7,
    chunk = 0,
    array = 0xaa,
  } = md;
  const block = disk.subarray(at, at + 4096);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(1, 4);
  block.fill(array, 16, 32);
  block.write(name, 32, 'latin1');
  block.writeInt32LE(level, 72);
  block.writeBigUInt64LE(BigInt(dataSize / SECTOR), 80);
  block.writeUInt32LE(chunk / SECTOR, 88);
  block.writeUInt32LE(disks, 92);
  block.writeBigUInt64LE(BigInt(dataOffset / SECTOR), 128);
  block.writeBigUInt64LE(BigInt(dataSize / SECTOR), 136);
  block.writeBigUInt64LE(BigInt(at / SECTOR), 144);
  block.writeUInt32LE(0, 160);
  block.writeBigUInt64LE(BigInt(events), 200);
  block.writeBigUInt64LE(2n ** 64n - 1n, 208);
  block.writeUInt32LE(2, 220);
  block.writeUInt16LE(role, 256);
  block.writeUInt16LE(0xffff, 258);
  block.writeUInt32LE(sumOf(block.subarray(0, 260), 216), 216);
}

/** Version 0.90, at the end. */
export function putLegacyMd(
  disk: Buffer,
  { level, disks, role, dataSize, events = 7, chunk = 0 }: MdText,
): void {
  const at = disk.length - (disk.length % 65536) - 65536;
  const block = disk.subarray(at, at + 4096);
  const words: Readonly<Record<number, number>> = {
    0: 0xa92b4efc,
    2: 90,
    5: 0x11111111,
    8: dataSize / 1024,
    9: disks,
    10: disks,
    11: 3,
    13: 0x22222222,
    33: 1,
    39: events,
    65: chunk,
    [128 + role * 32]: role,
    [128 + role * 32 + 3]: role,
    [128 + role * 32 + 4]: 6,
    992: role,
    995: role,
    996: 6,
  };
  for (const [word, value] of Object.entries(words)) block.writeUInt32LE(value, Number(word) * 4);
  block.writeInt32LE(level, 28);
  block.writeUInt32LE(sumOf(block, 152), 152);
}

function sumOf(bytes: Buffer, without: number): number {
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 4) if (at !== without) sum += BigInt(bytes.readUInt32LE(at));
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn);
}
