import { type Dynamic, readDynamic } from './dynamic.ts';
import { ElfReader } from './reader.ts';

/*
 * The parts of an ELF file (System V ABI, "Object Files") that say how it is built and what it loads.
 *
 * Everything here is the file author's claim. The kernel and the loader only obey the program headers; section headers
 * are for tools and may lie or be gone, so what matters at run time (interpreter, libraries, search paths) is read
 * through the program headers. All counts are bounded, nothing is followed twice, and a table that lies outside the
 * bytes at hand is said to be unread rather than empty: a large file is seen in windows, and its section table is
 * in the last one.
 */

/** More than the 16 bits of the header hold are linkers' of huge programs; a table of megabytes is said to be unread. */
const MAX_SECTIONS = 2 ** 17;
const MAX_NAME = 64;
const MAX_INTERPRETER = 4096;

const TYPES = ['other', 'object', 'executable', 'shared', 'core'] as const;

/** Program header types, `p_type`. */
const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
const PT_INTERP = 3;
/** Section header types, `sh_type`. */
const SHT_SYMTAB = 2;

export interface Segment {
  readonly type: number;
  /** `PF_X` 1, `PF_W` 2, `PF_R` 4. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

export class Elf {
  readonly reader: ElfReader;
  readonly type: (typeof TYPES)[number];
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  readonly machine: number;
  readonly segments: readonly Segment[];
  /** Where the program headers end in the file: packers keep their own header there. */
  readonly headersEnd: number;
  readonly #tableOffset: number;
  readonly #tableCount: number;
  readonly #nameIndex: number;
  #sections: readonly Section[] | undefined;
  #dynamic: Dynamic | undefined;

  constructor(reader: ElfReader) {
    const wide = reader.bits === 64;
    this.reader = reader;
    this.type = TYPES[reader.u16(16)] ?? 'other';
    this.machine = reader.u16(18);
    const headers = reader.word(wide ? 32 : 28);
    const count = reader.u16(wide ? 56 : 44);
    this.headersEnd = headers + count * (wide ? 56 : 32);
    this.segments = readSegments(reader, headers, count);
    this.#tableOffset = reader.word(wide ? 40 : 32);
    const declared = reader.u16(wide ? 60 : 48);
    // More sections than a 16-bit number holds: the true count is the size of section 0.
    const extended = reader.word(this.#tableOffset + (wide ? 32 : 20));
    this.#tableCount = declared === 0 && this.#tableOffset !== 0 ? extended : declared;
    this.#nameIndex = reader.u16(wide ? 62 : 50);
  }

  /** Whether the section table is there and could be read whole. */
  get sectionTable(): 'absent' | 'read' | 'unread' {
    if (this.#tableOffset === 0 || this.#tableCount === 0) return 'absent';
    if (this.#tableCount > MAX_SECTIONS) return 'unread';
    return this.reader.has(this.#tableOffset, this.#tableCount * this.#sectionSize) ? 'read' : 'unread';
  }

  /** Empty unless `sectionTable` is `read`. */
  get sections(): readonly Section[] {
    this.#sections ??= this.#readSections();
    return this.#sections;
  }

  /** What PT_DYNAMIC says; empty for a file without one. */
  get dynamic(): Dynamic {
    this.#dynamic ??= readDynamic(this);
    return this.#dynamic;
  }

  get interpreter(): string | undefined {
    const segment = this.segments.find(({ type }) => type === PT_INTERP);
    if (segment === undefined) return undefined;
    return this.reader.string(segment.offset, Math.min(segment.fileSize, MAX_INTERPRETER));
  }

  /** A program that starts without a dynamic loader, position-independent or not. */
  get isStaticProgram(): boolean {
    const program = this.type === 'executable' || (this.type === 'shared' && this.reader.word(24) !== 0);
    if (!program || this.interpreter !== undefined || this.#dynamicIsOutOfReach) return false;
    return this.dynamic.needed.length === 0 && this.dynamic.soname === undefined;
  }

  /** True when the file surely has no symbol table. */
  get isStripped(): boolean {
    if (this.sectionTable === 'unread') return false;
    return !this.sections.some(({ type }) => type === SHT_SYMTAB);
  }

  /** File offset of an address, by the PT_LOAD segment that holds it. */
  offsetOf(address: number): number | undefined {
    const segment = this.segments.find(
      ({ type, address: start, fileSize }) =>
        type === PT_LOAD && start <= address && address < start + fileSize,
    );
    return segment === undefined ? undefined : address - segment.address + segment.offset;
  }

  get #dynamicIsOutOfReach(): boolean {
    const segment = this.segments.find(({ type }) => type === PT_DYNAMIC);
    return segment !== undefined && !this.reader.has(segment.offset, segment.fileSize);
  }

  get #sectionSize(): number {
    return this.reader.bits === 64 ? 64 : 40;
  }

  #readSections(): Section[] {
    if (this.sectionTable !== 'read') return [];
    const { reader } = this;
    const wide = reader.bits === 64;
    const at = (index: number): number => this.#tableOffset + index * this.#sectionSize;
    const names = reader.word(at(this.#nameIndex) + (wide ? 24 : 16));
    return Array.from({ length: this.#tableCount }, (_, index) => ({
      name: reader.string(names + reader.u32(at(index)), MAX_NAME),
      type: reader.u32(at(index) + 4),
      offset: reader.word(at(index) + (wide ? 24 : 16)),
      size: reader.word(at(index) + (wide ? 32 : 20)),
    }));
  }
}

/** Parses the head of an ELF file; undefined when `bytes` do not start with a whole ELF header. Never throws. */
export function readElf(bytes: Uint8Array): Elf | undefined {
  if (bytes.length < 52 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46)
    return undefined;
  const bits = bytes[4] === 1 ? 32 : bytes[4] === 2 ? 64 : undefined;
  if (bits === undefined || (bytes[5] !== 1 && bytes[5] !== 2)) return undefined;
  if (bits === 64 && bytes.length < 64) return undefined;
  return new Elf(new ElfReader(bytes, bits, bytes[5] === 1));
}

function readSegments(reader: ElfReader, start: number, count: number): Segment[] {
  const wide = reader.bits === 64;
  const size = wide ? 56 : 32;
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const at = start + index * size;
    if (!reader.has(at, size)) break;
    segments.push({
      type: reader.u32(at),
      flags: reader.u32(at + (wide ? 4 : 24)),
      offset: reader.word(at + (wide ? 8 : 4)),
      address: reader.word(at + (wide ? 16 : 8)),
      fileSize: reader.word(at + (wide ? 32 : 16)),
      memorySize: reader.word(at + (wide ? 40 : 20)),
    });
  }
  return segments;
}
