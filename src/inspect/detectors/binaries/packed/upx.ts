import type { Elf } from '../../../content/elf/elf.ts';

/*
 * UPX (src/p_unix.h, src/p_lx_elf.cpp) puts three headers right behind the program headers of a packed ELF:
 *
 *   l_info  checksum u32, magic u32 "UPX!", loader size u16, version u8, format u8
 *   p_info  program id u32, file size u32, block size u32
 *   b_info  unpacked u32, packed u32, method u8, filter u8, …
 *
 * and writes "UPX!" once more near the end. `upx -d` needs them; the program itself does not. Malware overwrites the
 * magic or zeroes the sizes in p_info so that tools cannot unpack it: nobody does that by accident.
 */
export type Upx = 'plain' | 'altered';

const MAGIC = 'UPX!';
const NOTICES = ['$Info: This file is packed with the UPX', '$Id: UPX '];
/** `UPX_F_LINUX_*`: i386, ELF for i386, shell, AMD64, ARM, ARM big-endian, PowerPC, MIPS, AArch64, … */
const FORMATS: ReadonlySet<number> = new Set([
  10, 12, 14, 20, 22, 23, 24, 30, 32, 34, 35, 37, 39, 40, 42, 43, 132, 137,
]);
const METHODS: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15]);
const TAIL = 4096;

/** Whether, and how, UPX packed the file; `size` is the whole file's. */
export function upxOf(elf: Elf, size: number): Upx | undefined {
  const { reader } = elf;
  const at = elf.headersEnd;
  if (!reader.has(at, 36)) return undefined;
  const magic = latin1(reader.bytes.subarray(at + 4, at + 8)) === MAGIC;
  const fileSize = reader.u32(at + 16);
  const blockSize = reader.u32(at + 20);
  if (magic) return fileSize === 0 || blockSize === 0 ? 'altered' : 'plain';
  const shaped =
    FORMATS.has(reader.u8(at + 11)) &&
    fileSize > size &&
    blockSize > 0 &&
    reader.u32(at + 24) <= blockSize &&
    reader.u32(at + 28) <= reader.u32(at + 24) &&
    reader.u32(at + 28) > 0 &&
    METHODS.has(reader.u8(at + 32));
  if (shaped) return 'altered';
  // UPX leaves no section table; a program that has one may well talk about UPX.
  return elf.sectionTable !== 'read' && hasTraces(reader.bytes) ? 'altered' : undefined;
}

/** The notice near the start, or the second magic near the end, in a file whose first magic is gone. */
function hasTraces(bytes: Uint8Array): boolean {
  const head = latin1(bytes.subarray(0, TAIL));
  const tail = latin1(bytes.subarray(-TAIL));
  return NOTICES.some((notice) => head.includes(notice) || tail.includes(notice)) || tail.includes(MAGIC);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
