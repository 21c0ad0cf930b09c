import { type Elf, PT_DYNAMIC } from './elf.ts';

/** No detector asks which libraries are needed, only whether any are. */
const MAX_NEEDED = 1024;
const MAX_NAME = 4096;
const MAX_SYMBOL_NAME = 256;

/** Dynamic array tags, `d_tag` (System V ABI, "Dynamic Section"). */
const DT_NEEDED = 1;
const DT_HASH = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const READ: ReadonlySet<number> = new Set([DT_HASH, DT_STRTAB, DT_SYMTAB, DT_SONAME, DT_RPATH, DT_RUNPATH]);

export interface Dynamic {
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  /** As written: folders separated by `:`. */
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** File offsets of the tables that the loader uses; undefined where they are not in the bytes at hand. */
  readonly strings: number | undefined;
  readonly symbols: number | undefined;
  readonly hash: number | undefined;
}

export interface DynamicSymbol {
  readonly name: string;
  /** False for what the file asks others for. */
  readonly defined: boolean;
}

export function readDynamic(elf: Elf): Dynamic {
  const { needed, last } = readEntries(elf);
  const offset = (tag: number): number | undefined => {
    const address = last.get(tag);
    return address === undefined ? undefined : elf.offsetOf(address);
  };
  const strings = offset(DT_STRTAB);
  const stringAt = (value: number | undefined, limit: number): string | undefined =>
    strings === undefined || value === undefined ? undefined : elf.reader.string(strings + value, limit);
  return {
    needed: needed.map((value) => stringAt(value, MAX_NAME) ?? ''),
    soname: stringAt(last.get(DT_SONAME), MAX_NAME),
    // A search path ends with its string, however many folders are in it.
    rpath: stringAt(last.get(DT_RPATH), elf.reader.bytes.length),
    runpath: stringAt(last.get(DT_RUNPATH), elf.reader.bytes.length),
    strings,
    symbols: offset(DT_SYMTAB),
    hash: offset(DT_HASH),
  };
}

/** The dynamic symbols as the loader finds them: without section headers, which may be gone. */
export function* dynamicSymbols(elf: Elf): Generator<DynamicSymbol> {
  const { strings, symbols } = elf.dynamic;
  if (strings === undefined || symbols === undefined) return;
  const wide = elf.reader.bits === 64;
  const size = wide ? 24 : 16;
  const count = countSymbols(elf, size);
  for (let index = 1; index < count; index++) {
    const at = symbols + index * size;
    if (!elf.reader.has(at, size)) return;
    const name = elf.reader.string(strings + elf.reader.u32(at), MAX_SYMBOL_NAME);
    yield { name, defined: elf.reader.u16(at + (wide ? 6 : 14)) !== 0 };
  }
}

/**
 * DT_HASH holds the count; without it (GNU hash only) linkers put the strings right behind the symbols. Loaders obey
 * neither, so the larger one counts, and without both the bytes at hand end the table.
 */
function countSymbols(elf: Elf, size: number): number {
  const { strings, symbols, hash } = elf.dynamic;
  const told = hash === undefined ? 0 : elf.reader.u32(hash + 4);
  const room =
    strings !== undefined && symbols !== undefined && strings > symbols ? (strings - symbols) / size : 0;
  return Math.max(told, room) || Number.POSITIVE_INFINITY;
}

interface Entries {
  /** Values of the first DT_NEEDED entries. */
  readonly needed: readonly number[];
  /** The value of each other tag; of one that occurs again the last, as the loader takes it. */
  readonly last: ReadonlyMap<number, number>;
}

function readEntries(elf: Elf): Entries {
  const needed: number[] = [];
  const last = new Map<number, number>();
  const segment = elf.segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return { needed, last };
  const word = elf.reader.bits / 8;
  const count = Math.floor(segment.fileSize / (2 * word));
  for (let index = 0; index < count; index++) {
    const at = segment.offset + index * 2 * word;
    const tag = elf.reader.word(at);
    if (tag === 0) break;
    const value = elf.reader.word(at + word);
    if (tag !== DT_NEEDED) {
      if (READ.has(tag)) last.set(tag, value);
    } else if (needed.length < MAX_NEEDED) needed.push(value);
  }
  return { needed, last };
}
