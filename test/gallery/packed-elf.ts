import { createHash } from 'node:crypto';
import { buildElf } from '../../src/inspect/testing/elf-builder.ts';

/** Bytes that look compressed, the same every time. */
const NOISE = Buffer.concat(
  Array.from({ length: 512 }, (_, index) => createHash('sha256').update(String(index)).digest()),
);

/** An ELF file with the header that UPX leaves, under the given magic; nothing is packed in it. */
export function upxElf(magic: string): Uint8Array {
  const header = Buffer.alloc(40);
  header.write(magic, 4, 'latin1');
  header.writeUInt16LE(0x6d8, 8);
  header.set([13, 22], 10);
  for (const at of [16, 20]) header.writeUInt32LE(100_000, at);
  header.writeUInt32LE(0x1000, 24);
  header.writeUInt32LE(0x800, 28);
  header[32] = 14;
  return buildElf({ sections: 'none', afterHeaders: header, payload: NOISE });
}

/** An ELF file without sections whose content has high entropy. */
export function denseElf(): Uint8Array {
  return buildElf({ sections: 'none', payload: NOISE });
}
